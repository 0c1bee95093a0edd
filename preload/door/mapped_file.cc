// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/mapped_file.h"

#include <unistd.h>

#include <algorithm>

#include "preload/door/mapped_files.h"

namespace strait::preload {

namespace {

constexpr size_t chunks_at_once = 4;  // before others have their turn

constexpr uint64_t up_to(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

// The end of a range that must not wrap.
uint64_t end_of(uint64_t offset, uint64_t length) {
    uint64_t end;
    return __builtin_add_overflow(offset, length, &end) ? ~uint64_t{0} : end;
}

}  // namespace

Mapping::Mapping(MappedFiles& owner, uint64_t number, Ref<MappedFile> mapped, TokenRef opened)
    : table(&owner), id(number), file(std::move(mapped)), token(std::move(opened)) {
    table->mappings_.emplace(id, this);
}
Mapping::~Mapping() {
    if (writable) file->remove_writer(*this);
    table->mappings_.erase(id);
}

MappedFile::MappedFile(MappedFiles& owner, std::string identity, Descriptor memfd)
    : table_(owner), identity_(std::move(identity)), memfd_(std::move(memfd)) {
    table_.files_.emplace(identity_, this);
}
MappedFile::~MappedFile() {
    table_.give_memory(memory_);
    table_.files_.erase(identity_);
}

bool MappedFile::filled(uint64_t offset) const {
    return offset < size_ && filled_[offset / chunk_bytes];
}
uint64_t MappedFile::end_of_chunk(uint64_t offset) const {
    return std::min(size_, (offset / chunk_bytes + 1) * chunk_bytes);
}

// Chunks wholly behind the old end hold zeros, as the file does: they count as filled.
void MappedFile::set_size(uint64_t size) {
    if (ftruncate(memfd_.get(), static_cast<off_t>(size)) != 0) return;
    if (size > size_ && size_ % page_bytes != 0) {
        // What programs stored behind the end is not part of the file.
        static constexpr std::byte zeros[page_bytes] = {};
        uint64_t gap = std::min(size, up_to(size_, page_bytes)) - size_;
        (void)put(size_, Bytes(zeros).first(gap));
    }
    size_t chunks = up_to(size, chunk_bytes) / chunk_bytes;
    filled_.resize(chunks, true);
    if (!writers_.empty()) {
        static const PageHash of_zeros = hash_page({});
        pages_.resize(up_to(size, page_bytes) / page_bytes, of_zeros);
        if (size < size_ && size % page_bytes) pages_.back() = {};
    }
    size_ = size;
}

Result<> MappedFile::put(uint64_t offset, Bytes data) {
    while (!data.empty()) {
        ssize_t count = pwrite(memfd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
        if (count <= 0) return fail(count < 0 ? from_errno(errno) : Errc::nospc);
        data = data.subspan(static_cast<size_t>(count));
        offset += static_cast<uint64_t>(count);
    }
    return {};
}

// A program with the memfd may have cut it: what is missing reads as zeros.
Result<Buffer> MappedFile::get(uint64_t offset, size_t count) const {
    Buffer bytes = Buffer::allocate(count);
    size_t got = 0;
    while (got < count) {
        ssize_t more =
            pread(memfd_.get(), bytes.data() + got, count - got, static_cast<off_t>(offset + got));
        if (more < 0) return fail(from_errno(errno));
        if (more == 0) break;
        got += static_cast<size_t>(more);
    }
    std::fill(bytes.data() + got, bytes.data() + count, std::byte{0});
    return bytes;
}

void MappedFile::hash_chunk(uint64_t offset) {
    auto bytes = get(offset, end_of_chunk(offset) - offset);
    for (size_t at = 0; at < end_of_chunk(offset) - offset; at += page_bytes) {
        PageHash& page = pages_[(offset + at) / page_bytes];
        page = bytes ? hash_page(bytes->bytes().subspan(at).first(
                           std::min(page_bytes, bytes->size() - at)))
                     : PageHash{};
    }
}

void MappedFile::note(const vfs::OpenFile& file) { version_ = file.data_version(); }

// --- filling

// The size is the file's; what another client changed is read again.
Task<> MappedFile::meet(vfs::OpenFile& file) {
    vfs::Attributes now = co_await file.stat(vfs::Attr::size);
    if (std::exchange(met_, true) && file.data_version() == version_) co_return;
    uint64_t before = size_;
    set_size(now.size);
    // Unlike after a change of ours, what is new is not known.
    size_t first_new = up_to(before, chunk_bytes) / chunk_bytes;
    if (first_new < filled_.size())
        std::fill(filled_.begin() + static_cast<ptrdiff_t>(first_new), filled_.end(), false);
    note(file);
    for (uint64_t at = 0; at < before && at < size_; at += chunk_bytes)
        if (filled(at)) co_await refresh_chunk(file, at);
    uint64_t end = std::min(size_, mapped_end_);
    for (uint64_t at = first_new * chunk_bytes; at < end; at += chunk_bytes)
        co_await fill_chunk(file, at);
}

Task<> MappedFile::fill(vfs::OpenFile& file, uint64_t offset, uint64_t length) {
    co_await meet(file);
    mapped_end_ = std::max(mapped_end_, end_of(offset, length));
    size_t done = 0;
    uint64_t end = std::min(size_, end_of(offset, length));
    for (uint64_t at = offset / chunk_bytes * chunk_bytes; at < end; at += chunk_bytes)
        if (!filled(at)) {
            co_await fill_chunk(file, at);
            if (++done % chunks_at_once == 0) co_await table_.pause();
        }
}

Task<> MappedFile::fill_chunk(vfs::OpenFile& file, uint64_t offset) {
    if (!table_.take_memory(chunk_bytes)) co_await Errc::nomem;
    memory_ += chunk_bytes;
    uint64_t at = offset;
    while (at < end_of_chunk(offset)) {
        BufferChain data = co_await file.read_at(at, end_of_chunk(offset) - at);
        if (data.empty()) break;
        for (const Buffer& part : data.parts()) {
            co_await put(at, part.bytes());
            at += part.size();
        }
    }
    filled_[offset / chunk_bytes] = true;
    if (!writers_.empty()) hash_chunk(offset);
}

// Only the words in which the file has changed, so that a store into any other beside us stays.
Result<> MappedFile::put_changes(uint64_t offset, Bytes fresh, Bytes held) {
    constexpr size_t word = 8;
    auto differs = [&](size_t at) {
        size_t count = std::min(word, fresh.size() - at);
        return !std::ranges::equal(fresh.subspan(at, count), held.subspan(at, count));
    };
    for (size_t at = 0; at < fresh.size(); at += word) {
        size_t end = at;
        while (end < fresh.size() && differs(end)) end = std::min(end + word, fresh.size());
        if (end == at) continue;
        auto done = put(offset + at, fresh.subspan(at, end - at));
        if (!done) return done;
        at = up_to(end, word);
    }
    return {};
}

// A page that a program stored into since keeps what it has: that is newer.
Task<> MappedFile::refresh_chunk(vfs::OpenFile& file, uint64_t offset) {
    BufferChain chain = co_await file.read_at(offset, end_of_chunk(offset) - offset);
    Buffer fresh = chain.flatten();
    if (writers_.empty()) {
        co_await put(offset, fresh.bytes());
        co_return;
    }
    Buffer held = co_await get(offset, fresh.size());
    for (size_t at = 0; at < fresh.size(); at += page_bytes) {
        size_t count = std::min(page_bytes, fresh.size() - at);
        PageHash& known = pages_[(offset + at) / page_bytes];
        PageHash now = hash_page(fresh.bytes().subspan(at, count));
        Bytes before = held.bytes().subspan(at, count);
        if (now == known || hash_page(before) != known) continue;
        co_await put_changes(offset + at, fresh.bytes().subspan(at, count), before);
        known = now;
    }
}

Task<> MappedFile::refresh(vfs::OpenFile& file, uint64_t offset, uint64_t length) {
    vfs::Attributes now = co_await file.stat(vfs::Attr::size);
    resized(file, now.size);
    uint64_t end = std::min(size_, end_of(offset, length));
    for (uint64_t at = offset / chunk_bytes * chunk_bytes; at < end; at += chunk_bytes)
        if (filled(at)) co_await refresh_chunk(file, at);
    note(file);
}

// --- storing

void MappedFile::add_writer(Mapping& mapping) {
    if (std::exchange(mapping.writable, true)) return;
    writers_.push_back(&mapping);
    if (writers_.size() > 1) return;
    pages_.assign(up_to(size_, page_bytes) / page_bytes, {});
    for (uint64_t at = 0; at < size_; at += chunk_bytes)
        if (filled(at)) hash_chunk(at);
}

void MappedFile::remove_writer(Mapping& mapping) {
    mapping.writable = false;
    std::erase(writers_, &mapping);
    if (writers_.empty()) pages_ = {};
}

Task<> MappedFile::write_back(uint64_t offset, uint64_t length) {
    Result<> first;
    size_t done = 0;
    uint64_t end = std::min(size_, up_to(std::min(size_, end_of(offset, length)), page_bytes));
    for (uint64_t at = offset / page_bytes * page_bytes; at < end && !writers_.empty();) {
        uint64_t next = std::min(end_of_chunk(at), end);
        if (next <= at) break;
        if (filled(at)) {
            auto outcome = co_await write_back_piece(at, next - at).result();
            if (!outcome && first) first = outcome;
        }
        at = next;
        if (++done % chunks_at_once == 0) co_await table_.pause();
    }
    co_await first;
}

// Runs of pages that differ, each as one write. What is written is what was compared: a store that
// comes meanwhile is found the next time.
Task<> MappedFile::write_back_piece(uint64_t offset, size_t count) {
    Buffer bytes = co_await get(offset, count);
    Result<> first;
    for (size_t at = 0; at < count;) {
        size_t end = at;
        while (end < count) {
            size_t size = std::min(page_bytes, count - end);
            PageHash now = hash_page(bytes.bytes().subspan(end, size));
            PageHash& known = pages_[(offset + end) / page_bytes];
            if (now == known) break;
            known = now;
            end += size;
        }
        if (end > at) {
            auto outcome = co_await send(offset + at, bytes.slice(at, end - at)).result();
            for (size_t page = at; !outcome && page < end; page += page_bytes)
                if ((offset + page) / page_bytes < pages_.size())
                    pages_[(offset + page) / page_bytes] = {};
            if (!outcome && first) first = outcome;
        }
        at = end + page_bytes;
    }
    co_await first;
}

Task<> MappedFile::send(uint64_t offset, Buffer data) {
    TokenRef token = writers_.front()->token;
    vfs::OpenFile& file = *token->file;
    bool append = file.flags().append;
    if (append) file.set_append(false);
    auto outcome = co_await file.write_at(offset, BufferChain(std::move(data))).result();
    if (append) file.set_append(true);
    token->written = true;
    note(file);
    if (!outcome) co_await outcome.error();
}

void MappedFile::resized(vfs::OpenFile& file, uint64_t size) {
    if (size != size_) set_size(size);
    note(file);
}

// A page that was written in part counts as stored into: its other part may have been.
void MappedFile::wrote(vfs::OpenFile& file, uint64_t offset, const BufferChain& data) {
    uint64_t end = offset + data.size();
    if (end > size_) set_size(end);
    uint64_t at = offset;
    for (const Buffer& part : data.parts()) {
        for (size_t done = 0; done < part.size();) {
            size_t count = std::min<uint64_t>(part.size() - done, end_of_chunk(at) - at);
            if (filled(at)) (void)put(at, part.bytes().subspan(done, count));
            done += count;
            at += count;
        }
    }
    for (uint64_t page = offset / page_bytes; !writers_.empty() && page * page_bytes < end; ++page)
        pages_[page] = {};
    note(file);
}

}  // namespace strait::preload
