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

uint64_t device_of(const struct statx& st) noexcept {
    return (uint64_t{st.stx_dev_major} << 32) | st.stx_dev_minor;
}

Timestamp time_of(const struct statx_timestamp& at) noexcept { return {at.tv_sec, at.tv_nsec}; }

uint64_t change_of(const struct statx& st) noexcept {
    return static_cast<uint64_t>(st.stx_ctime.tv_sec) * 1'000'000'000u + st.stx_ctime.tv_nsec;
}

}  // namespace strait::local
