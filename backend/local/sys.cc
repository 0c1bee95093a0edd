// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/sys.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cstdio>

namespace strait::local {

ProcPath::ProcPath(int fd) { std::snprintf(text_, sizeof text_, "/proc/self/fd/%d", fd); }

Result<Fd> open_entry(int directory, const char* name) {
    open_how how{};
    how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
    long fd = ::syscall(SYS_openat2, directory, name, &how, sizeof how);
    if (fd < 0 && errno == ENOSYS) fd = ::openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return fail(last_error());
    return Fd(static_cast<int>(fd));
}

Result<struct statx> stat_entry(int directory, const char* name) {
    struct statx st;
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*name ? 0 : AT_EMPTY_PATH);
    if (::statx(directory, name, flags, STATX_BASIC_STATS | STATX_BTIME, &st) < 0)
        return fail(last_error());
    return st;
}

Result<struct statx> stat_fd(int fd) { return stat_entry(fd, ""); }

vfs::FileType type_of(uint32_t mode) noexcept {
    switch (mode & S_IFMT) {
        case S_IFREG:
            return vfs::FileType::regular;
        case S_IFDIR:
            return vfs::FileType::directory;
        case S_IFLNK:
            return vfs::FileType::symlink;
        case S_IFBLK:
            return vfs::FileType::block;
        case S_IFCHR:
            return vfs::FileType::character;
        case S_IFIFO:
            return vfs::FileType::fifo;
        case S_IFSOCK:
            return vfs::FileType::socket;
        default:
            return vfs::FileType::none;
    }
}

uint32_t mode_bits(vfs::FileType type) noexcept {
    switch (type) {
        case vfs::FileType::none:
            return 0;
        case vfs::FileType::regular:
            return S_IFREG;
        case vfs::FileType::directory:
            return S_IFDIR;
        case vfs::FileType::symlink:
            return S_IFLNK;
        case vfs::FileType::block:
            return S_IFBLK;
        case vfs::FileType::character:
            return S_IFCHR;
        case vfs::FileType::fifo:
            return S_IFIFO;
        case vfs::FileType::socket:
            return S_IFSOCK;
    }
    return 0;
}

uint64_t device_of(const struct statx& st) noexcept {
    return (uint64_t{st.stx_dev_major} << 32) | st.stx_dev_minor;
}

Timestamp time_of(const struct statx_timestamp& at) noexcept { return {at.tv_sec, at.tv_nsec}; }

uint64_t change_of(const struct statx& st) noexcept {
    return static_cast<uint64_t>(st.stx_ctime.tv_sec) * 1'000'000'000u + st.stx_ctime.tv_nsec;
}

}  // namespace strait::local
