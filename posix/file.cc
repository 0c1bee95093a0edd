// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls on descriptors that move data.
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

#include "posix/convert.h"

using namespace strait;
using namespace strait::posix;

namespace {

Task<int> open_file(Engine& engine, std::string place, vfs::OpenFlags flags, std::string& why) {
    std::string path = co_await engine.locate(place, why);
    vfs::OpenFileRef file = co_await engine.files().open({.path = path}, flags);
    co_return process().add(std::move(file));
}

Task<> close_file(int fd) {
    vfs::OpenFileRef file = process().take(fd);
    if (!file) co_await Errc::badf;
    co_await file->close();
}

Task<ssize_t> read_file(int fd, std::optional<uint64_t> offset, MutableBytes into) {
    vfs::OpenFileRef file = co_await process().file(fd);
    BufferChain got =
        co_await (offset ? file->read_at(*offset, into.size()) : file->read(into.size()));
    co_return static_cast<ssize_t>(got.copy_to(into));
}

Task<ssize_t> write_file(int fd, std::optional<uint64_t> offset, Bytes from) {
    vfs::OpenFileRef file = co_await process().file(fd);
    BufferChain data(Buffer::copy_of(from));
    size_t done =
        co_await (offset ? file->write_at(*offset, std::move(data)) : file->write(std::move(data)));
    co_return static_cast<ssize_t>(done);
}

Task<off_t> seek_file(int fd, off_t offset, vfs::Whence whence) {
    vfs::OpenFileRef file = co_await process().file(fd);
    uint64_t at = co_await file->seek(offset, whence);
    co_return static_cast<off_t>(at);
}

Task<> sync_file(int fd, bool data_only) {
    vfs::OpenFileRef file = co_await process().file(fd);
    co_await file->fsync(data_only);
}

Task<> allocate(int fd, bool punch, uint64_t offset, uint64_t size) {
    vfs::OpenFileRef file = co_await process().file(fd);
    if (punch) {
        co_await file->deallocate(offset, size);
    } else {
        co_await file->allocate(offset, size);
    }
}

Task<ssize_t> copy_range(int from, off_t* from_offset, int to, off_t* to_offset, size_t count) {
    vfs::OpenFileRef source = co_await process().file(from);
    vfs::OpenFileRef target = co_await process().file(to);
    uint64_t read_at = from_offset ? static_cast<uint64_t>(*from_offset)
                                   : co_await source->seek(0, vfs::Whence::current);
    uint64_t write_at = to_offset ? static_cast<uint64_t>(*to_offset)
                                  : co_await target->seek(0, vfs::Whence::current);
    uint64_t done = co_await source->copy_to(*target, read_at, write_at, count);
    auto moved = static_cast<off_t>(done);
    if (from_offset) *from_offset += moved;
    if (to_offset) *to_offset += moved;
    if (!from_offset) {
        uint64_t at = co_await source->seek(moved, vfs::Whence::current);
        (void)at;
    }
    if (!to_offset) {
        uint64_t at = co_await target->seek(moved, vfs::Whence::current);
        (void)at;
    }
    co_return static_cast<ssize_t>(done);
}

// Lock owners are open files: what tells them apart is where they are.
uint64_t owner_of(const vfs::OpenFile& file) { return reinterpret_cast<uint64_t>(&file); }

Task<> lock_range(int fd, int command, struct flock* wanted) {
    vfs::OpenFileRef file = co_await process().file(fd);
    if (wanted->l_whence != SEEK_SET || wanted->l_start < 0 || wanted->l_len < 0)
        co_await Errc::inval;
    auto offset = static_cast<uint64_t>(wanted->l_start);
    uint64_t length = wanted->l_len == 0 ? vfs::lock_to_end : static_cast<uint64_t>(wanted->l_len);
    auto kind = wanted->l_type == F_WRLCK ? vfs::LockKind::write : vfs::LockKind::read;
    if (command == F_GETLK) {
        auto conflict = co_await file->test_lock(kind, offset, length, owner_of(*file));
        wanted->l_type = F_UNLCK;
        if (!conflict) co_return;
        wanted->l_type = conflict->kind == vfs::LockKind::write ? F_WRLCK : F_RDLCK;
        wanted->l_start = static_cast<off_t>(conflict->offset);
        bool to_end = conflict->length == vfs::lock_to_end;
        wanted->l_len = to_end ? 0 : static_cast<off_t>(conflict->length);
        wanted->l_pid = -1;
    } else if (wanted->l_type == F_UNLCK) {
        co_await file->unlock(offset, length, owner_of(*file));
    } else {
        co_await file->lock(kind, offset, length, owner_of(*file), command == F_SETLKW);
    }
}

ssize_t read_call(int fd, std::optional<uint64_t> offset, void* into, size_t count) {
    STRAIT_NEED(into || count == 0);
    std::string why;
    MutableBytes room(static_cast<std::byte*>(into), count);
    auto done = posix::run<ssize_t>("read", place_of(fd), why,
                                    [&](Engine&) { return read_file(fd, offset, room); });
    return done ? *done : -1;
}

ssize_t write_call(int fd, std::optional<uint64_t> offset, const void* from, size_t count) {
    STRAIT_NEED(from || count == 0);
    std::string why;
    Bytes data(static_cast<const std::byte*>(from), count);
    auto done = posix::run<ssize_t>("write", place_of(fd), why,
                                    [&](Engine&) { return write_file(fd, offset, data); });
    return done ? *done : -1;
}

int invalid() {
    errno = EINVAL;
    return -1;
}

}  // namespace

extern "C" {

int strait_open(const char* path, int flags, ...) {
    STRAIT_NEED(path);
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list more;
        va_start(more, flags);
        mode = static_cast<mode_t>(va_arg(more, int));
        va_end(more);
    }
    auto wanted = posix::open_flags(flags, mode);
    if (!wanted) return failed("open", path, wanted.error(), "");
    std::string why;
    auto fd = posix::run<int>(
        "open", path, why, [&](Engine& engine) { return open_file(engine, path, *wanted, why); });
    return fd ? *fd : -1;
}

int strait_close(int fd) {
    std::string why;
    auto done =
        posix::run<void>("close", place_of(fd), why, [&](Engine&) { return close_file(fd); });
    return done ? 0 : -1;
}

ssize_t strait_read(int fd, void* into, size_t count) {
    return read_call(fd, std::nullopt, into, count);
}

ssize_t strait_pread(int fd, void* into, size_t count, off_t offset) {
    if (offset < 0) return invalid();
    return read_call(fd, static_cast<uint64_t>(offset), into, count);
}

ssize_t strait_write(int fd, const void* from, size_t count) {
    return write_call(fd, std::nullopt, from, count);
}

ssize_t strait_pwrite(int fd, const void* from, size_t count, off_t offset) {
    if (offset < 0) return invalid();
    return write_call(fd, static_cast<uint64_t>(offset), from, count);
}

off_t strait_lseek(int fd, off_t offset, int whence) {
    vfs::Whence how = vfs::Whence::set;
    switch (whence) {
        case SEEK_SET:
            break;
        case SEEK_CUR:
            how = vfs::Whence::current;
            break;
        case SEEK_END:
            how = vfs::Whence::end;
            break;
        case SEEK_DATA:
            how = vfs::Whence::data;
            break;
        case SEEK_HOLE:
            how = vfs::Whence::hole;
            break;
        default:
            return invalid();
    }
    std::string why;
    auto at = posix::run<off_t>("lseek", place_of(fd), why,
                                [&](Engine&) { return seek_file(fd, offset, how); });
    return at ? *at : -1;
}

int strait_fsync(int fd) {
    std::string why;
    auto done =
        posix::run<void>("fsync", place_of(fd), why, [&](Engine&) { return sync_file(fd, false); });
    return done ? 0 : -1;
}

int strait_fdatasync(int fd) {
    std::string why;
    auto done = posix::run<void>("fdatasync", place_of(fd), why,
                                 [&](Engine&) { return sync_file(fd, true); });
    return done ? 0 : -1;
}

int strait_fallocate(int fd, int mode, off_t offset, off_t size) {
    constexpr int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    if (mode != 0 && mode != punch) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (offset < 0 || size <= 0) return invalid();
    std::string why;
    auto done = posix::run<void>("fallocate", place_of(fd), why, [&](Engine&) {
        return allocate(fd, mode == punch, static_cast<uint64_t>(offset),
                        static_cast<uint64_t>(size));
    });
    return done ? 0 : -1;
}

ssize_t strait_copy_file_range(int from, off_t* from_offset, int to, off_t* to_offset, size_t count,
                               unsigned flags) {
    if (flags != 0 || (from_offset && *from_offset < 0) || (to_offset && *to_offset < 0))
        return invalid();
    std::string why;
    auto done = posix::run<ssize_t>("copy_file_range", place_of(from), why, [&](Engine&) {
        return copy_range(from, from_offset, to, to_offset, count);
    });
    return done ? *done : -1;
}

int strait_fcntl_lock(int fd, int command, struct flock* wanted) {
    STRAIT_NEED(wanted);
    if (command != F_SETLK && command != F_SETLKW && command != F_GETLK) return invalid();
    std::string why;
    auto done = posix::run<void>("lock", place_of(fd), why,
                                 [&](Engine&) { return lock_range(fd, command, wanted); });
    return done ? 0 : -1;
}
}
