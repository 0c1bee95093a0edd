// SPDX-License-Identifier: LGPL-2.1-or-later
// One regular file's way through the copier.
#include <algorithm>
#include <random>

#include "tool/copier.h"
#include "tool/ends.h"

namespace strait::tool {

using vfs::Attr;
using vfs::Attributes;
using vfs::FileType;

namespace {

constexpr size_t piece_bytes = 1u << 20;
constexpr uint64_t small_bytes = 256u << 10;         // go whole, in one compound
constexpr uint64_t server_copy_bytes = 64ull << 20;  // by one COPY: so often it can be called off
constexpr uint64_t hole_worth_keeping = 64u << 10;
constexpr Duration cleaning_patience = 5s;

bool has_holes(const Attributes& of) {
    return of.has(Attr::space_used) && of.space_used + hole_worth_keeping <= of.size;
}

// Beside the final one, hidden, and not to be met twice.
Place temporary_beside(const Place& to) {
    static std::mt19937_64 random(std::random_device{}());
    Place made = to;
    std::string name(to.name());
    made.path.resize(made.path.size() - name.size());
    // Leaves room for what is added, as a name holds 255 bytes.
    made.path +=
        fmt::format(".{}.{:08x}.strait-part", name.substr(0, 200), static_cast<uint32_t>(random()));
    return made;
}

}  // namespace

Task<> Copier::copy_regular(Work& work) {
    const Attributes& known = *work.known;
    uint32_t mode = known.mode & 0777 & ~umask_;
    if (work.fresh) {
        bool done = co_await copy_small(work, mode);
        if (!done) co_await copy_by_rename(work.from, work.to, known, mode);
        co_return;
    }
    std::optional<Attributes> there = co_await look(work.to, false);
    if (!there) {
        bool done = co_await copy_small(work, mode);
        if (!done) co_await copy_by_rename(work.from, work.to, known, mode);
        co_return;
    }
    Place to = work.to;
    if (there->type == FileType::symlink) {
        to = co_await resolve_links(work.to);
        there = co_await look(to, false);
        if (!there) co_await Errc::noent;
    }
    if (there->type == FileType::directory) co_await Errc::isdir;
    bool same =
        to.files == work.from.files && there->fileid == known.fileid && there->fsid == known.fsid;
    if (same) co_await Errc::exist;
    if (there->type != FileType::regular) {
        auto source = co_await open_source(job_.reactor(), work.from);
        auto target = co_await open_target(job_.reactor(), to, 0, true);
        co_await copy_stream(*source, *target);
        co_await source->close();
        co_return;
    }
    co_await copy_by_rename(work.from, to, known, there->mode);
}

// True when it was small and is done. A new file only: one that is there is not touched.
Task<bool> Copier::copy_small(const Work& work, uint32_t mode) {
    const Attributes& known = *work.known;
    if (work.to.local() || known.size > std::min(small_bytes, work.to.max_write)) co_return false;
    std::unique_ptr<DataSource> source = co_await open_source(job_.reactor(), work.from);
    BufferChain data = co_await source->read(0, known.size + 1);
    co_await source->close();
    if (data.size() != known.size) co_return false;  // it grows just now
    vfs::OpenFlags flags{.create = true, .exclusive = true, .mode = mode};
    auto written =
        co_await work.to.files->write_file(work.to.at(), std::move(data), flags).result();
    if (!written && written.error() == Errc::exist) co_return false;
    if (!written) {
        // Refused data (no space left) leaves the empty file that the same compound made.
        if (written.error() == Errc::nospc || written.error() == Errc::dquot ||
            written.error() == Errc::io)
            co_await drop(work.to);
        co_return written.error();
    }
    progress_.state.bytes_done += known.size;
    co_await keep_attributes(work.to, known);
    co_return true;
}

Task<> Copier::drop(const Place& temporary) {
    static const Scope unstoppable{};
    auto dropped = co_await job_.reactor()
                       .with_deadline(remove_file(temporary), MonoClock::now() + cleaning_patience)
                       .within(unstoppable)
                       .result();
    if (!dropped && dropped.error() != Errc::noent)
        complain(fmt::format("{} is left beside {}: {}", temporary.name(), temporary.text,
                             errc_text(dropped.error().code)));
}

Task<> Copier::copy_by_rename(const Place& from, const Place& to, const Attributes& known,
                              uint32_t mode) {
    Place temporary = temporary_beside(to);
    std::unique_ptr<DataSource> source = co_await open_source(job_.reactor(), from);
    std::unique_ptr<DataTarget> target =
        co_await open_target(job_.reactor(), temporary, mode | 0200, false);
    auto copied = co_await copy_data(*source, *target, known.size, has_holes(known)).result();
    static const Scope unstoppable{};
    auto closed = co_await target->close().within(unstoppable).result();
    auto source_closed = co_await source->close().within(unstoppable).result();
    (void)source_closed;  // nothing was written to it
    if (copied) copied = closed;
    if (copied && options_.preserve) copied = co_await keep_attributes(temporary, known).result();
    if (copied && !options_.preserve) {
        // The umask has no say when a file is replaced: it keeps its mode.
        vfs::SetAttributes exact;
        exact.mode = mode;
        if (temporary.local() || (mode & 0200) == 0)
            copied = co_await set_attributes(temporary, exact).result();
    }
    if (copied) copied = co_await rename_over(temporary, to).result();
    if (!copied) co_await drop(temporary);
    co_await copied;
}

Task<> Copier::copy_on_server(vfs::OpenFile& source, vfs::OpenFile& target, uint64_t size) {
    for (uint64_t at = 0; at < size;) {
        uint64_t some =
            co_await source.copy_to(target, at, at, std::min(server_copy_bytes, size - at));
        if (some == 0) co_return;
        at += some;
        progress_.state.bytes_done += some;
    }
}

Task<> Copier::copy_data(DataSource& source, DataTarget& target, uint64_t size, bool sparse) {
    if (source.remote() && target.remote()) {
        co_await copy_on_server(*source.remote(), *target.remote(), size);
        co_return;
    }
    Extent extent{0, sparse ? 0 : ~uint64_t{0}};
    uint64_t at = 0;
    for (;;) {
        if (sparse && at >= extent.end) {
            std::optional<Extent> next = co_await source.next_data(at);
            if (!next) {
                if (size > at) co_await target.set_size(size);
                progress_.state.bytes_done += size - std::min(size, at);
                co_return;
            }
            progress_.state.bytes_done += next->begin - at;
            extent = *next;
            at = extent.begin;
        }
        BufferChain data =
            co_await source.read(at, std::min<uint64_t>(piece_bytes, extent.end - at));
        if (data.empty()) co_return;
        at += data.size();
        progress_.state.bytes_done += data.size();
        co_await target.write(at - data.size(), std::move(data));
    }
}

Task<> Copier::copy_stream(DataSource& source, DataTarget& target) {
    uint64_t at = 0;
    for (;;) {
        BufferChain data = co_await source.read(at, piece_bytes);
        if (data.empty()) break;
        size_t size = data.size();
        co_await target.write(at, std::move(data));
        at += size;
    }
    co_await target.close();
}

Task<> Copier::copy_input(Place to) {
    std::optional<Attributes> there = co_await look(to, true);
    if (there && there->type == FileType::directory) co_await Errc::isdir;
    std::unique_ptr<DataSource> source = standard_input(job_.reactor());
    if (there && there->type != FileType::regular) {
        auto target = co_await open_target(job_.reactor(), to, 0, true);
        co_await copy_stream(*source, *target);
        co_return;
    }
    if (there) to = co_await resolve_links(to);
    Place temporary = temporary_beside(to);
    uint32_t mode = there ? there->mode : 0666 & ~umask_;
    std::unique_ptr<DataTarget> target =
        co_await open_target(job_.reactor(), temporary, mode | 0200, false);
    auto copied = co_await copy_stream(*source, *target).result();
    if (copied) copied = co_await rename_over(temporary, to).result();
    if (!copied) co_await drop(temporary);
    co_await copied;
}

}  // namespace strait::tool
