// SPDX-License-Identifier: LGPL-2.1-or-later
#include "posix/convert.h"

#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace strait::posix {

namespace {

mode_t type_bits(vfs::FileType type) {
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

timespec as_timespec(const Timestamp& time) {
    return {static_cast<time_t>(time.seconds), static_cast<long>(time.nanoseconds)};
}

// The umask, without the moment without one that umask(2) would need.
mode_t current_umask() {
    mode_t mask = 022;
    FILE* status = std::fopen("/proc/self/status", "re");
    if (!status) return mask;
    char line[128];
    unsigned found = 0;
    while (std::fgets(line, sizeof line, status))
        if (std::sscanf(line, "Umask: %o", &found) == 1) mask = found;
    std::fclose(status);
    return mask;
}

Result<std::optional<vfs::SetTime>> set_time(const timespec& time) {
    if (time.tv_nsec == UTIME_OMIT) return std::nullopt;
    if (time.tv_nsec == UTIME_NOW) return vfs::SetTime{};
    if (time.tv_nsec < 0 || time.tv_nsec > 999'999'999) return fail(Errc::inval);
    return vfs::SetTime{false, {time.tv_sec, static_cast<uint32_t>(time.tv_nsec)}};
}

}  // namespace

void fill(struct stat& into, const vfs::Attributes& from) {
    std::memset(&into, 0, sizeof into);
    into.st_dev = from.fsid.major * 0x9e3779b97f4a7c15 ^ from.fsid.minor;
    into.st_ino = from.fileid;
    into.st_mode = type_bits(from.type) | from.mode;
    into.st_nlink = from.nlink;
    into.st_uid = from.uid;
    into.st_gid = from.gid;
    into.st_rdev = makedev(from.rdev.major, from.rdev.minor);
    into.st_size = static_cast<off_t>(from.size);
    into.st_blksize = 1 << 20;
    into.st_blocks = static_cast<blkcnt_t>((from.space_used + 511) / 512);
    into.st_atim = as_timespec(from.atime);
    into.st_mtim = as_timespec(from.mtime);
    into.st_ctim = as_timespec(from.ctime);
}

void fill(struct statvfs& into, const vfs::Attributes& from) {
    std::memset(&into, 0, sizeof into);
    constexpr uint64_t unit = 4096;
    into.f_bsize = 1 << 20;
    into.f_frsize = unit;
    into.f_blocks = from.space_total / unit;
    into.f_bfree = from.space_free / unit;
    into.f_bavail = from.space_available / unit;
    into.f_files = from.files_total;
    into.f_ffree = from.files_free;
    into.f_favail = from.files_available;
    into.f_fsid = from.fsid.major ^ from.fsid.minor;
    into.f_namemax = from.max_name ? from.max_name : 255;
}

Result<vfs::OpenFlags> open_flags(int flags, mode_t mode) {
    vfs::OpenFlags made;
    switch (flags & O_ACCMODE) {
        case O_RDONLY:
            made.access = vfs::OpenAccess::read;
            break;
        case O_WRONLY:
            made.access = vfs::OpenAccess::write;
            break;
        case O_RDWR:
            made.access = vfs::OpenAccess::both;
            break;
        default:
            return fail(Errc::inval);
    }
    made.create = flags & O_CREAT;
    made.exclusive = made.create && (flags & O_EXCL);
    made.truncate = flags & O_TRUNC;
    made.append = flags & O_APPEND;
    made.directory = flags & O_DIRECTORY;
    made.no_follow = flags & O_NOFOLLOW;
#ifdef O_PATH
    made.path_only = flags & O_PATH;
#endif
    made.sync = flags & (O_SYNC | O_DSYNC);
    if (made.create) made.mode = mode & 07777 & ~current_umask();
    return made;
}

Result<vfs::SetAttributes> set_times(const struct timespec times[2]) {
    vfs::SetAttributes made;
    if (!times) {
        made.atime = made.mtime = vfs::SetTime{};
        return made;
    }
    auto access = set_time(times[0]);
    auto change = set_time(times[1]);
    if (!access || !change) return fail(Errc::inval);
    made.atime = *access;
    made.mtime = *change;
    return made;
}

unsigned char dirent_type(vfs::FileType type) { return IFTODT(type_bits(type)); }

uint32_t access_bits(int mode) {
    uint32_t bits = 0;
    if (mode & R_OK) bits |= vfs::access_read;
    if (mode & W_OK) bits |= vfs::access_modify | vfs::access_extend;
    if (mode & X_OK) bits |= vfs::access_execute;
    return bits;
}

}  // namespace strait::posix
