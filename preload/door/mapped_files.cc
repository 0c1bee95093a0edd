// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/mapped_files.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "base/log.h"
#include "preload/door/random_id.h"
#include "wire/shm/protocol.h"

namespace strait::preload {

namespace {

constexpr uint64_t whole = ~uint64_t{0};

uint64_t half_of_memory() {
    struct sysinfo all{};
    if (sysinfo(&all) != 0) return uint64_t{1} << 30;
    return uint64_t{all.totalram} * all.mem_unit / 2;
}

// Shown in /proc/PID/maps; the end of the path says most.
std::string name_of(const vfs::OpenFile& file) {
    constexpr size_t most = 230;
    std::string_view path = file.path();
    if (path.size() > most) path.remove_prefix(path.size() - most);
    return "strait-map:" + std::string(path);
}

}  // namespace

MappedFiles::MappedFiles(std::function<Task<>()> pause)
    : most_(half_of_memory()), pause_(std::move(pause)) {}

bool MappedFiles::take_memory(uint64_t more) noexcept {
    if (used_ + more > most_) return false;
    used_ += more;
    return true;
}

MappedFileRef MappedFiles::of(const vfs::OpenFile& file) const {
    if (files_.empty()) return {};
    auto at = files_.find(file.identity());
    return at == files_.end() ? MappedFileRef() : MappedFileRef(at->second);
}

Mapping* MappedFiles::find(uint64_t id) const {
    auto at = mappings_.find(id);
    return at == mappings_.end() ? nullptr : at->second;
}

Result<MappedFileRef> MappedFiles::enter(const vfs::OpenFile& file) {
    if (MappedFileRef known = of(file)) return known;
    std::string identity = file.identity();
    if (identity.empty()) return fail(Errc::nodev);
    Descriptor memfd(memfd_create(name_of(file).c_str(), MFD_CLOEXEC));
    if (!memfd) return fail(from_errno(errno));
    return make_ref<MappedFile>(*this, std::move(identity), std::move(memfd));
}

Task<MappingRef> MappedFiles::map(TokenRef token, uint64_t offset, uint64_t length, bool writable) {
    MappedFileRef file = co_await enter(*token->file);
    auto held = co_await file->mutex.lock();
    co_await file->fill(*token->file, offset, length);
    uint64_t id = co_await random_id(mappings_);
    auto mapping = make_ref<Mapping>(*this, id, file, std::move(token));
    if (writable) file->add_writer(*mapping);
    co_return mapping;
}

// One whose pages cannot be written has nothing to say: the kernel refuses the program.
Task<> MappedFiles::make_writable(Mapping& mapping) {
    if (mapping.token->file->flags().access != vfs::OpenAccess::both) co_return;
    auto held = co_await mapping.file->mutex.lock();
    mapping.file->add_writer(mapping);
}

Task<> MappedFiles::sync(Mapping& mapping, uint64_t offset, uint64_t length, bool stable) {
    if (!mapping.file->has_writers()) co_return;
    {
        auto held = co_await mapping.file->mutex.lock();
        co_await mapping.file->write_back(offset, length);
    }
    if (stable) co_await mapping.token->file->fsync(true);
    co_await tell_late(*mapping.token);
}

Task<> MappedFiles::give_up(MappingRef mapping) {
    TokenRef token = mapping->token;
    MappedFileRef file = mapping->file;
    Result<> outcome;
    {
        auto held = co_await file->mutex.lock();
        if (mapping->writable) outcome = co_await file->write_back(0, whole).result();
        mapping = {};
    }
    if (token->ref_count() > 1) {
        // Somebody has the file open still, and asks later: what is told now nobody hears.
        if (outcome && token->written) outcome = co_await token->file->flush().result();
        if (!outcome) token->late = outcome.error();
        co_await outcome;
        co_return;
    }
    auto closed = co_await preload::give_up(std::move(token), 0).result();
    co_await outcome;
    co_await closed;
}

Task<> MappedFiles::give_up_all(Mappings mappings) {
    Result<> first;
    for (auto at = mappings.begin(); at != mappings.end(); at = mappings.begin()) {
        auto node = mappings.extract(at);
        auto outcome = co_await give_up(std::move(node.mapped())).result();
        if (!outcome && first) first = outcome;
    }
    co_await first;
}

bool MappedFiles::stored_into(const vfs::OpenFile& file) const {
    if (empty()) return false;
    MappedFileRef mapped = of(file);
    return mapped && mapped->has_writers();
}

Task<> MappedFiles::before_read(vfs::OpenFile& file, uint64_t offset, uint64_t length) const {
    MappedFileRef mapped = of(file);
    if (!mapped || !mapped->has_writers()) co_return;
    if (offset == shm::at_position) offset = co_await file.seek(0, vfs::Whence::current);
    auto held = co_await mapped->mutex.lock();
    co_await mapped->write_back(offset, length);
}

Task<size_t> MappedFiles::write(vfs::OpenFile& file, uint64_t offset, BufferChain data) const {
    bool at_position = offset == shm::at_position;
    MappedFileRef mapped = of(file);
    Mutex::Hold held;
    if (mapped) held = co_await mapped->mutex.lock();
    const BufferChain kept = mapped ? data : BufferChain();
    size_t count = 0;
    if (at_position)
        count = co_await file.write(std::move(data));
    else
        count = co_await file.write_at(offset, std::move(data));
    if (!mapped || count == 0) co_return count;
    if (file.flags().append) {
        vfs::Attributes now = co_await file.stat(vfs::Attr::size);
        offset = now.size - count;
    } else if (at_position) {
        uint64_t end = co_await file.seek(0, vfs::Whence::current);
        offset = end - count;
    }
    mapped->wrote(file, offset, kept.slice(0, count));
    co_return count;
}

Task<> MappedFiles::resized(vfs::OpenFile& file) const {
    MappedFileRef mapped = of(file);
    if (!mapped) co_return;
    auto held = co_await mapped->mutex.lock();
    vfs::Attributes now = co_await file.stat(vfs::Attr::size);
    mapped->resized(file, now.size);
}

Task<> MappedFiles::changed(vfs::OpenFile& file, uint64_t offset, uint64_t length) const {
    MappedFileRef mapped = of(file);
    if (!mapped) co_return;
    auto held = co_await mapped->mutex.lock();
    co_await mapped->refresh(file, offset, length);
}

}  // namespace strait::preload
