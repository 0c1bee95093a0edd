// SPDX-License-Identifier: LGPL-2.1-or-later
// syscall(2): what programs ask of the kernel by number (libuv, Python, git and others do) is
// sorted as if they had used libc's name. Numbers that concern no file go on to the kernel.

#include <errno.h>
#include <linux/aio_abi.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <type_traits>
#include <utility>

#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

struct Arguments {
    long all[6];
    template <class T>
    T as(size_t at) const noexcept {
        if constexpr (std::is_pointer_v<T>)
            return reinterpret_cast<T>(all[at]);
        else
            return static_cast<T>(all[at]);
    }
};

template <class T>
long as_result(T value) noexcept {
    if constexpr (std::is_pointer_v<T>)
        return reinterpret_cast<long>(value);
    else
        return static_cast<long>(value);
}

// Whether a call with these parameters may concern a file of ours. What does not goes on as a
// number: libc's name may be another library's by now, which comes here again (libattr does).
template <class First, class Second = void, class Third = void, class Fourth = void, class... Rest>
bool concerns(const Arguments& from) noexcept {
    using Path = const char*;
    auto at = [&](size_t fd, size_t path) {
        return maybe_ours(from.as<int>(fd), from.as<Path>(path));
    };
    auto plain = [&](size_t path) { return maybe_ours(AT_FDCWD, from.as<Path>(path)); };
    auto open = [&](size_t fd) { return find(from.as<int>(fd)) != nullptr; };
    if constexpr (std::is_same_v<First, Path> && std::is_same_v<Second, int> &&
                  std::is_same_v<Third, Path>)
        return at(1, 2);
    else if constexpr (std::is_same_v<First, Path>)
        return plain(0) || (std::is_same_v<Second, Path> && plain(1));
    else if constexpr (std::is_same_v<Second, Path>)
        return at(0, 1) || (std::is_same_v<Fourth, Path> && at(2, 3));
    else
        return open(0) || (std::is_same_v<Second, int> && open(1)) ||
               (std::is_same_v<Third, int> && open(2));
}

// Calls a function with as many of the arguments, in order, as it takes.
template <class Result, class... Each>
long pass(Result (*function)(Each...), const Arguments& from) noexcept {
    auto run = [&]<size_t... at>(std::index_sequence<at...>) {
        return as_result(function(from.as<Each>(at)...));
    };
    return run(std::index_sequence_for<Each...>{});
}

template <class Result, class... Each>
bool pass_if_ours(Result (*function)(Each...), const Arguments& from, long& result) noexcept {
    if (!concerns<Each...>(from)) return false;
    result = pass(function, from);
    return true;
}

// --- where the kernel's call is not the name's

struct OpenHow {  // of openat2(2)
    uint64_t flags, mode, resolve;
};
long open_how(const Arguments& from) noexcept {
    OpenHow how{};
    auto dirfd = from.as<int>(0);
    auto* path = from.as<const char*>(1);
    if (!maybe_ours(dirfd, path) || from.as<size_t>(3) < sizeof(how))
        return real.syscall(SYS_openat2, from.all[0], from.all[1], from.all[2], from.all[3], 0, 0);
    memcpy(&how, from.as<const void*>(2), sizeof(how));
    // To stay below a directory is the server's walk, which does not know of it.
    if (how.resolve) return failed(uncovered("openat2(resolve)", EINVAL));
    return shim_openat(dirfd, path, static_cast<int>(how.flags), static_cast<mode_t>(how.mode));
}

long get_cwd(const Arguments& from) noexcept {
    if (!settings.cwd[0]) return real.syscall(SYS_getcwd, from.all[0], from.all[1], 0, 0, 0, 0);
    const char* out = shim_getcwd(from.as<char*>(0), from.as<size_t>(1));
    return out ? static_cast<long>(strlen(out)) + 1 : -1;
}

int ioctl_of(int fd, unsigned long request, void* argument) {
    return ::ioctl(fd, request, argument);
}
int change_mode_at(int dirfd, const char* path, mode_t mode) {
    return ::fchmodat(dirfd, path, mode, 0);
}
int access_at(int dirfd, const char* path, int mode) { return ::faccessat(dirfd, path, mode, 0); }
// The offset comes in two halves; on 64 bits the first holds it all.
ssize_t read_vector(int fd, const iovec* parts, int count, off_t offset) {
    return ::preadv(fd, parts, count, offset);
}
ssize_t write_vector(int fd, const iovec* parts, int count, off_t offset) {
    return ::pwritev(fd, parts, count, offset);
}
ssize_t read_vector2(int fd, const iovec* parts, int count, off_t offset, long, int flags) {
    return ::preadv2(fd, parts, count, offset, flags);
}
ssize_t write_vector2(int fd, const iovec* parts, int count, off_t offset, long, int flags) {
    return ::pwritev2(fd, parts, count, offset, flags);
}
int advise(int fd, off_t offset, off_t length, int advice) {
    return done(::posix_fadvise(fd, offset, length, advice));
}
// What a ring of the kernel does with a file of ours cannot be seen here, so there is none:
// programs that ask for one have another way (libuv its threads).
long no_ring(const Arguments& from) noexcept {
    if (settings.prefix_count == 0)
        return real.syscall(SYS_io_uring_setup, from.all[0], from.all[1], 0, 0, 0, 0);
    return failed(ENOSYS);
}
long submit_blocks(const Arguments& from) noexcept {
    auto** blocks = from.as<iocb**>(2);
    for (long i = 0; i < from.all[1]; ++i)
        if (find(static_cast<int>(blocks[i]->aio_fildes)))
            return failed(uncovered("io_submit", EINVAL));
    return real.syscall(SYS_io_submit, from.all[0], from.all[1], from.all[2], 0, 0, 0);
}

// --- by number; false: it is not among them

#define NAMED(name, function) \
    case SYS_##name:          \
        return pass_if_ours(function, from, result);
// Those that change what the shim knows, or look at more than the arguments.
#define ALWAYS(name, function)         \
    case SYS_##name:                   \
        result = pass(function, from); \
        return true;

// Those that only the older machines' kernels have.
bool older_call([[maybe_unused]] long number, [[maybe_unused]] const Arguments& from,
                [[maybe_unused]] long& result) noexcept {
#if defined(__x86_64__)
    switch (number) {
        NAMED(open, shim_open)
        NAMED(creat, shim_creat)
        NAMED(stat, ::stat)
        NAMED(lstat, ::lstat)
        NAMED(access, ::access)
        NAMED(chmod, ::chmod)
        NAMED(chown, ::chown)
        NAMED(lchown, ::lchown)
        NAMED(mkdir, ::mkdir)
        NAMED(mknod, ::mknod)
        NAMED(rmdir, ::rmdir)
        NAMED(unlink, ::unlink)
        NAMED(rename, shim_rename)
        NAMED(renameat, shim_renameat)
        NAMED(link, shim_link)
        NAMED(symlink, ::symlink)
        NAMED(readlink, ::readlink)
        NAMED(utime, ::utime)
        NAMED(utimes, ::utimes)
        NAMED(futimesat, ::futimesat)
        ALWAYS(dup2, shim_dup2)
        ALWAYS(poll, shim_poll)
        ALWAYS(select, shim_select)
        default:
            break;
    }
#endif
    return false;
}

bool descriptor_call(long number, const Arguments& from, long& result) noexcept {
    switch (number) {
        ALWAYS(close, shim_close)
        ALWAYS(close_range, shim_close_range)
        ALWAYS(dup, shim_dup)
        ALWAYS(dup3, shim_dup3)
        NAMED(fcntl, shim_fcntl)
        NAMED(ioctl, ioctl_of)
        NAMED(flock, ::flock)
        NAMED(read, ::read)
        NAMED(write, ::write)
        NAMED(pread64, ::pread)
        NAMED(pwrite64, ::pwrite)
        NAMED(readv, ::readv)
        NAMED(writev, ::writev)
        NAMED(preadv, read_vector)
        NAMED(pwritev, write_vector)
        NAMED(preadv2, read_vector2)
        NAMED(pwritev2, write_vector2)
        NAMED(lseek, ::lseek)
        NAMED(ftruncate, ::ftruncate)
        NAMED(fallocate, ::fallocate)
        NAMED(fadvise64, advise)
        NAMED(readahead, ::readahead)
        NAMED(sync_file_range, ::sync_file_range)
        NAMED(fsync, ::fsync)
        NAMED(fdatasync, ::fdatasync)
        NAMED(syncfs, ::syncfs)
        NAMED(copy_file_range, shim_copy_file_range)
        NAMED(sendfile, shim_sendfile)
        NAMED(splice, shim_splice)
        ALWAYS(mmap, shim_mmap)
        NAMED(getdents64, ::getdents64)
        ALWAYS(epoll_ctl, shim_epoll_ctl)
        ALWAYS(ppoll, shim_ppoll)
        default:
            return false;
    }
}

bool attribute_call(long number, const Arguments& from, long& result) noexcept {
    switch (number) {
        NAMED(fstat, ::fstat)
        NAMED(newfstatat, ::fstatat)
        NAMED(statx, ::statx)
        NAMED(statfs, ::statfs)
        NAMED(fstatfs, ::fstatfs)
        NAMED(truncate, ::truncate)
        NAMED(fchmod, ::fchmod)
        NAMED(fchmodat, change_mode_at)
#ifdef SYS_fchmodat2
        NAMED(fchmodat2, ::fchmodat)
#endif
        NAMED(fchown, ::fchown)
        NAMED(fchownat, ::fchownat)
        NAMED(utimensat, ::utimensat)
        NAMED(faccessat, access_at)
        NAMED(faccessat2, ::faccessat)
        NAMED(getxattr, ::getxattr)
        NAMED(lgetxattr, ::lgetxattr)
        NAMED(fgetxattr, ::fgetxattr)
        NAMED(listxattr, ::listxattr)
        NAMED(llistxattr, ::llistxattr)
        NAMED(flistxattr, ::flistxattr)
        NAMED(setxattr, ::setxattr)
        NAMED(lsetxattr, ::lsetxattr)
        NAMED(fsetxattr, ::fsetxattr)
        NAMED(removexattr, ::removexattr)
        NAMED(lremovexattr, ::lremovexattr)
        NAMED(fremovexattr, ::fremovexattr)
        default:
            return false;
    }
}

bool name_call(long number, const Arguments& from, long& result) noexcept {
    switch (number) {
        NAMED(openat, shim_openat)
        NAMED(mkdirat, ::mkdirat)
        NAMED(mknodat, ::mknodat)
        NAMED(unlinkat, ::unlinkat)
        NAMED(renameat2, shim_renameat2)
        NAMED(linkat, shim_linkat)
        NAMED(symlinkat, ::symlinkat)
        NAMED(readlinkat, ::readlinkat)
        ALWAYS(chdir, shim_chdir)
        ALWAYS(fchdir, shim_fchdir)
        ALWAYS(umask, shim_umask)
        NAMED(name_to_handle_at, ::name_to_handle_at)
        NAMED(inotify_add_watch, ::inotify_add_watch)
        ALWAYS(execve, shim_execve)
        case SYS_openat2:
            return result = open_how(from), true;
        case SYS_getcwd:
            return result = get_cwd(from), true;
        case SYS_io_uring_setup:
            return result = no_ring(from), true;
        case SYS_io_submit:
            return result = submit_blocks(from), true;
        default:
            return false;
    }
}
#undef NAMED
#undef ALWAYS

// Descriptors in the first place that nothing above takes care of.
const char* uncovered_number(long number) noexcept {
    switch (number) {
#if defined(__x86_64__)
        case SYS_getdents:
            return "syscall(getdents)";
#endif
#ifdef SYS_quotactl_fd
        case SYS_quotactl_fd:
            return "syscall(quotactl_fd)";
#endif
#ifdef SYS_cachestat
        case SYS_cachestat:
            return "syscall(cachestat)";
#endif
        default:
            return nullptr;
    }
}

}  // namespace

long shim_syscall(long number, long a, long b, long c, long d, long e, long f) {
    const Arguments from{{a, b, c, d, e, f}};
    long result;
    if (descriptor_call(number, from, result) || attribute_call(number, from, result) ||
        name_call(number, from, result) || older_call(number, from, result))
        return result;
    if (const char* name = uncovered_number(number); name && find(static_cast<int>(a)))
        return failed(uncovered(name, EBADF));
    return real.syscall(number, a, b, c, d, e, f);
}

}  // namespace strait::preload
