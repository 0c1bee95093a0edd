// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading, writing, and what else is done to an open file's data.
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuse/operations.h"

namespace strait::fuse {

namespace {

Task<> read(Request& request, OpenFileRef file, uint64_t offset, size_t size) {
    BufferChain got = co_await file->file->read_at(offset, size);
    SmallVector<iovec, 8> parts;
    for (const Buffer& part : got.parts()) parts.push_back({part.data(), part.size()});
    fuse_reply_iov(request.answer(), parts.data(), static_cast<int>(parts.size()));
}

struct WriteAt {
    uint64_t offset = 0;
    bool append = false;      // the descriptor's flag
    bool write_back = false;  // of a mapping's pages: they know where they belong
};

Task<> write(Request& request, OpenFileRef file, BufferChain data, WriteAt at) {
    vfs::OpenRegular& open = *file->file;
    const size_t size = data.size();
    const bool append = at.append && !at.write_back;
    // The kernel appends where it believes the end to be. It was wrong when somebody else has
    // appended: then its pages are, too.
    const bool moved = append && open.state().size().value_or(at.offset) != at.offset;
    open.set_append(append);
    auto written = co_await open.write_at(at.offset, std::move(data)).result();
    if (!written && written.error() != Errc::fbig) file->unheard = written.error();
    if (!written) co_await written.error();
    fuse_reply_write(request.answer(), std::min(*written, size));
    if (!moved) co_return;
    Bridge& bridge = request.bridge();
    co_await bridge.notifier().drop(bridge.inodes().number(*file->inode),
                                    Notifier::What::attributes_and_pages);
}

Task<> fsync(Request& request, OpenFileRef file, bool data_only) {
    Error unheard = std::exchange(file->unheard, Errc::ok);
    co_await file->file->fsync(data_only);
    if (unheard.code != Errc::ok) co_await unheard;
    request.ok();
}

Task<> fallocate(Request& request, OpenFileRef file, int mode, uint64_t offset, uint64_t length) {
    vfs::OpenRegular& open = *file->file;
    constexpr int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    if (mode == 0) {
        co_await open.allocate(offset, length);
    } else if (mode == punch) {
        co_await open.deallocate(offset, length);
    } else if (mode == FALLOC_FL_ZERO_RANGE) {
        co_await open.deallocate(offset, length);
        co_await open.allocate(offset, length);
    } else {
        co_await Errc::notsup;  // NFSv4.2 has no word for it
    }
    request.ok();
}

Task<> lseek(Request& request, OpenFileRef file, off_t offset, int whence) {
    auto kind = whence == SEEK_DATA ? vfs::Whence::data : vfs::Whence::hole;
    uint64_t found = co_await file->file->seek(offset, kind);
    fuse_reply_lseek(request.answer(), static_cast<off_t>(found));
}

struct CopyRange {
    uint64_t from = 0, to = 0, length = 0;
};

Task<> copy(Request& request, OpenFileRef source, OpenFileRef target, CopyRange range) {
    uint64_t copied =
        co_await source->file->copy_to(*target->file, range.from, range.to, range.length);
    fuse_reply_write(request.answer(), copied);
}

}  // namespace

void do_read(fuse_req_t raw, fuse_ino_t, size_t size, off_t offset, fuse_file_info* info) {
    start(raw, read, bridge_of(raw).file(info), static_cast<uint64_t>(offset), size_t{size});
}

void do_write(fuse_req_t raw, fuse_ino_t, const char* data, size_t size, off_t offset,
              fuse_file_info* info) {
    Bridge& bridge = bridge_of(raw);
    WriteAt at{static_cast<uint64_t>(offset), (info->flags & O_APPEND) != 0, info->writepage != 0};
    start(raw, write, bridge.file(info), BufferChain(bridge.session().keep(data, size)), at);
}

void do_fsync(fuse_req_t raw, fuse_ino_t, int data_only, fuse_file_info* info) {
    start(raw, fsync, bridge_of(raw).file(info), data_only != 0);
}

void do_fallocate(fuse_req_t raw, fuse_ino_t, int mode, off_t offset, off_t length,
                  fuse_file_info* info) {
    start(raw, fallocate, bridge_of(raw).file(info), int{mode}, static_cast<uint64_t>(offset),
          static_cast<uint64_t>(length));
}

void do_lseek(fuse_req_t raw, fuse_ino_t, off_t offset, int whence, fuse_file_info* info) {
    start(raw, lseek, bridge_of(raw).file(info), off_t{offset}, int{whence});
}

void do_copy_file_range(fuse_req_t raw, fuse_ino_t, off_t from_offset, fuse_file_info* from_info,
                        fuse_ino_t, off_t to_offset, fuse_file_info* to_info, size_t length, int) {
    Bridge& bridge = bridge_of(raw);
    CopyRange range{static_cast<uint64_t>(from_offset), static_cast<uint64_t>(to_offset), length};
    start(raw, copy, bridge.file(from_info), bridge.file(to_info), range);
}

}  // namespace strait::fuse
