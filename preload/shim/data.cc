// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes in and out of Strait files, positions and sizes.

#include <errno.h>
#include <execinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/known.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

size_t at_most(size_t count, size_t limit) noexcept { return count < limit ? count : limit; }

// EBADF, EISDIR or 0: whether data may move this way.
int refuse(const Open& open, bool write) noexcept {
    int access = static_cast<int>(open.flags & O_ACCMODE);
    if (open.flags & O_PATH) return EBADF;
    if (access == (write ? O_RDONLY : O_WRONLY)) return EBADF;
    return S_ISDIR(open.type) ? EISDIR : 0;
}

// The sum of the parts, or -1 when it is more than a call may move.
ssize_t total_of(const iovec* parts, int count) noexcept {
    if (count < 0 || count > IOV_MAX) return -1;
    size_t total = 0;
    for (int i = 0; i < count; ++i) {
        total += parts[i].iov_len;
        if (total > static_cast<size_t>(SSIZE_MAX)) return -1;
    }
    return static_cast<ssize_t>(total);
}

ssize_t read_parts(Open& open, const iovec* parts, int count, uint64_t offset) noexcept {
    if (total_of(parts, count) < 0) return failed(EINVAL);
    ssize_t all = 0;
    for (int i = 0; i < count; ++i) {
        ssize_t got = read_open(open, parts[i].iov_base, parts[i].iov_len, offset);
        if (got < 0) return all ? all : got;
        all += got;
        if (static_cast<size_t>(got) < parts[i].iov_len) break;
        if (offset != shm::at_position) offset += static_cast<uint64_t>(got);
    }
    return all;
}

// What fits a window goes as one write, so that appends of several processes do not mix.
ssize_t write_gathered(Open& open, const iovec* parts, int count, uint64_t offset) noexcept {
    Call call(shm::Op::write);
    call.on(open);
    if (call.error()) return failed(call.error());
    size_t size = 0;
    for (int i = 0; i < count; ++i) {
        memcpy(call.window() + size, parts[i].iov_base, parts[i].iov_len);
        size += parts[i].iov_len;
    }
    // Linux appends whatever the offset says, and leaves the position alone.
    bool append = (open.flags & O_APPEND) && offset != shm::at_position;
    call.request().offset = offset;
    call.request().flags |= append ? shm::flag_append : 0;
    call.request().data_bytes = static_cast<uint32_t>(size);
    open.written = 1;
    if (int error = call.run()) return failed(error);
    return static_cast<ssize_t>(call.reply().value);
}

ssize_t write_parts(Open& open, const iovec* parts, int count, uint64_t offset) noexcept {
    ssize_t total = total_of(parts, count);
    if (total < 0) return failed(EINVAL);
    if (int error = refuse(open, true)) return failed(error);
    if (total > 0 && static_cast<size_t>(total) <= shm::window_bytes)
        return write_gathered(open, parts, count, offset);
    ssize_t all = 0;
    for (int i = 0; i < count; ++i) {
        ssize_t put = write_open(open, parts[i].iov_base, parts[i].iov_len, offset);
        if (put < 0) return all ? all : put;
        all += put;
        if (static_cast<size_t>(put) < parts[i].iov_len) break;
        if (offset != shm::at_position) offset += static_cast<uint64_t>(put);
    }
    return all;
}

int plain(shm::Op op, Open& open, uint32_t arg = 0) noexcept {
    Call call(op);
    call.on(open);
    if (call.error()) return call.error();
    call.request().arg = arg;
    return call.run();
}

int set_size(Call& call, off_t size) noexcept {
    if (size < 0) return EINVAL;
    if (call.error()) return call.error();
    call.request().flags |= shm::flag_size;
    call.request().offset = static_cast<uint64_t>(size);
    return 0;
}

int allocate(Open& open, shm::Op op, uint32_t mode, off_t offset, off_t length) noexcept {
    if (offset < 0 || length <= 0) return EINVAL;
    if (int error = refuse(open, true)) return error;
    Call call(op);
    call.on(open);
    if (call.error()) return call.error();
    call.request().offset = static_cast<uint64_t>(offset);
    call.request().count = static_cast<uint64_t>(length);
    call.request().arg = mode;
    open.written = 1;
    return call.run();
}

}  // namespace

ssize_t read_open(Open& open, void* out, size_t count, uint64_t offset) noexcept {
    if (int error = refuse(open, false)) return failed(error);
    size_t got = 0;
    if (known_read(open, out, count, offset, got)) return static_cast<ssize_t>(got);
    got = 0;
    while (got < count) {
        Call call(shm::Op::read);
        call.on(open);
        if (call.error()) return got ? static_cast<ssize_t>(got) : failed(call.error());
        size_t wanted = at_most(count - got, shm::window_bytes);
        call.request().offset = offset == shm::at_position ? offset : offset + got;
        call.request().count = wanted;
        if (int error = call.run()) return got ? static_cast<ssize_t>(got) : failed(error);
        size_t here = at_most(call.reply().data_bytes, wanted);
        memcpy(static_cast<char*>(out) + got, call.window(), here);
        got += here;
        if (here < wanted) break;
    }
    return static_cast<ssize_t>(got);
}

ssize_t write_open(Open& open, const void* in, size_t count, uint64_t offset) noexcept {
    if (int error = refuse(open, true)) return failed(error);
    size_t put = 0;
    while (put < count) {
        size_t here = at_most(count - put, shm::window_bytes);
        iovec part{const_cast<char*>(static_cast<const char*>(in)) + put, here};
        uint64_t at = offset == shm::at_position ? offset : offset + put;
        ssize_t wrote = write_gathered(open, &part, 1, at);
        if (wrote < 0) return put ? static_cast<ssize_t>(put) : wrote;
        put += static_cast<size_t>(wrote);
        if (static_cast<size_t>(wrote) < here) break;
    }
    return static_cast<ssize_t>(put);
}

ssize_t ours_read(Open& open, int, void* out, size_t count) {
    return read_open(open, out, count, shm::at_position);
}
ssize_t ours_write(Open& open, int, const void* in, size_t count) {
    return write_open(open, in, count, shm::at_position);
}
ssize_t ours_pread(Open& open, int, void* out, size_t count, off_t offset) {
    if (offset < 0) return failed(EINVAL);
    return read_open(open, out, count, static_cast<uint64_t>(offset));
}
ssize_t ours_pwrite(Open& open, int, const void* in, size_t count, off_t offset) {
    if (offset < 0) return failed(EINVAL);
    return write_open(open, in, count, static_cast<uint64_t>(offset));
}
ssize_t ours_readv(Open& open, int, const iovec* parts, int count) {
    return read_parts(open, parts, count, shm::at_position);
}
ssize_t ours_writev(Open& open, int, const iovec* parts, int count) {
    return write_parts(open, parts, count, shm::at_position);
}
ssize_t ours_preadv(Open& open, int, const iovec* parts, int count, off_t offset) {
    if (offset < 0) return failed(EINVAL);
    return read_parts(open, parts, count, static_cast<uint64_t>(offset));
}
ssize_t ours_pwritev(Open& open, int, const iovec* parts, int count, off_t offset) {
    if (offset < 0) return failed(EINVAL);
    return write_parts(open, parts, count, static_cast<uint64_t>(offset));
}
ssize_t ours_preadv2(Open& open, int fd, const iovec* parts, int count, off_t offset, int flags) {
    if (flags & ~1) return failed(EOPNOTSUPP);  // RWF_HIPRI is a hint
    return offset == -1 ? ours_readv(open, fd, parts, count)
                        : ours_preadv(open, fd, parts, count, offset);
}
ssize_t ours_pwritev2(Open& open, int fd, const iovec* parts, int count, off_t offset, int flags) {
    constexpr int synchronous = 2 | 4;  // RWF_DSYNC | RWF_SYNC
    if (flags & ~(1 | synchronous)) return failed(EOPNOTSUPP);
    ssize_t put = offset == -1 ? ours_writev(open, fd, parts, count)
                               : ours_pwritev(open, fd, parts, count, offset);
    if (put > 0 && (flags & synchronous) && ours_fsync(open, fd) != 0) return -1;
    return put;
}
ssize_t ours___read_chk(Open& open, int fd, void* out, size_t count, size_t room) {
    if (count > room) abort();
    return ours_read(open, fd, out, count);
}
ssize_t ours___pread_chk(Open& open, int fd, void* out, size_t count, off_t offset, size_t room) {
    if (count > room) abort();
    return ours_pread(open, fd, out, count, offset);
}

off_t ours_lseek(Open& open, int, off_t offset, int whence) {
    if (off_t known; known_seek(open, offset, whence, known)) return known;
    Call call(shm::Op::seek);
    call.on(open);
    if (call.error()) return failed(call.error());
    call.request().offset = static_cast<uint64_t>(offset);
    call.request().arg = static_cast<uint32_t>(whence);
    if (int error = call.run()) return failed(error);
    return static_cast<off_t>(call.reply().value);
}

int ours_ftruncate(Open& open, int, off_t size) {
    if ((open.flags & O_ACCMODE) == O_RDONLY) return failed(EINVAL);
    Call call(shm::Op::setattr);
    call.on(open);
    if (int error = set_size(call, size)) return failed(error);
    open.written = 1;
    return done(call.run());
}
int ours_truncate(Where& where, const char*, off_t size) {
    Call call(shm::Op::setattr);
    call.at(where, true);
    if (int error = set_size(call, size)) return failed(error);
    return done(call.run(where));
}

int ours_fallocate(Open& open, int, int mode, off_t offset, off_t length) {
    constexpr int keep_size = 1, punch_hole = 2;
    if (mode == (keep_size | punch_hole))
        return done(allocate(open, shm::Op::deallocate, 0, offset, length));
    if (mode & ~keep_size) return failed(EOPNOTSUPP);
    return done(allocate(open, shm::Op::allocate, static_cast<uint32_t>(mode), offset, length));
}
int ours_posix_fallocate(Open& open, int fd, off_t offset, off_t length) {
    int error = allocate(open, shm::Op::allocate, 0, offset, length);
    if (error != EOPNOTSUPP) return error;
    // The space cannot be promised; the size can.
    struct stat attributes;
    if (stat_open(open, &attributes) != 0) return errno;
    if (attributes.st_size >= offset + length) return 0;
    return ours_ftruncate(open, fd, offset + length) == 0 ? 0 : errno;
}
int ours_posix_fadvise(Open&, int, off_t, off_t, int) { return 0; }
ssize_t ours_readahead(Open&, int, off_t, size_t) { return 0; }
int ours_sync_file_range(Open& open, int fd, off_t, off_t, unsigned) {
    return ours_fdatasync(open, fd);
}
int ours_fsync(Open& open, int) { return done(plain(shm::Op::fsync, open)); }
int ours_fdatasync(Open& open, int) { return done(plain(shm::Op::fsync, open, 1)); }
int ours_syncfs(Open& open, int) { return done(plain(shm::Op::flush, open)); }
void shim_sync() {
    if (open_count()) {
        Call call(shm::Op::flush);
        call.run();
    }
    real.sync();
}

void ours_backtrace_symbols_fd(Open& open, void* const* frames, int count, int) {
    char** lines = backtrace_symbols(frames, count);
    for (int i = 0; lines && i < count; ++i) {
        write_open(open, lines[i], strlen(lines[i]), shm::at_position);
        write_open(open, "\n", 1, shm::at_position);
    }
    free(lines);
}

}  // namespace strait::preload
