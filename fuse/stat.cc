// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/stat.h"

#include <sys/sysmacros.h>

#include <algorithm>

#include "fuse/library.h"
#include "vfs/file_mode.h"

namespace strait::fuse {

namespace {
constexpr uint64_t block_bytes = 4096;       // of statfs
constexpr uint64_t preferred_io = 1u << 20;  // st_blksize: what one request carries

timespec time_of(const Timestamp& time) { return {time.seconds, long{time.nanoseconds}}; }

vfs::SetTime set_time(const timespec& time) {
    return {false, {time.tv_sec, static_cast<uint32_t>(time.tv_nsec)}};
}
}  // namespace

struct stat to_stat(const vfs::Attributes& of, const IdMaps& ids) {
    struct stat out{};
    out.st_ino = of.fileid;
    out.st_mode = vfs::type_bits(of.type) | (of.mode & 07777);
    out.st_nlink = of.nlink;
    out.st_uid = ids.users.to_inside(of.uid);
    out.st_gid = ids.groups.to_inside(of.gid);
    out.st_rdev = makedev(of.rdev.major, of.rdev.minor);
    out.st_size = static_cast<off_t>(of.size);
    out.st_blksize = preferred_io;
    out.st_blocks = static_cast<blkcnt_t>((of.space_used + 511) / 512);
    out.st_atim = time_of(of.atime);
    out.st_mtim = time_of(of.mtime);
    out.st_ctim = time_of(of.ctime);
    return out;
}

struct statvfs to_statvfs(const vfs::Attributes& of) {
    struct statvfs out{};
    out.f_bsize = out.f_frsize = block_bytes;
    out.f_blocks = of.space_total / block_bytes;
    out.f_bfree = of.space_free / block_bytes;
    out.f_bavail = of.space_available / block_bytes;
    out.f_files = of.files_total;
    out.f_ffree = of.files_free;
    out.f_favail = of.files_available;
    // Longer ones are refused before any server is asked (vfs/names.h).
    constexpr uint32_t longest_name = 255;
    out.f_namemax =
        of.has(vfs::Attr::max_name) ? std::min(of.max_name, longest_name) : longest_name;
    return out;
}

vfs::SetAttributes to_change(const struct stat& attributes, int to_set, const IdMaps& ids) {
    vfs::SetAttributes out;
    if (to_set & FUSE_SET_ATTR_MODE) out.mode = attributes.st_mode & 07777;
    if (to_set & FUSE_SET_ATTR_UID) out.uid = ids.users.to_outside(attributes.st_uid);
    if (to_set & FUSE_SET_ATTR_GID) out.gid = ids.groups.to_outside(attributes.st_gid);
    if (to_set & FUSE_SET_ATTR_SIZE) out.size = static_cast<uint64_t>(attributes.st_size);
    if (to_set & FUSE_SET_ATTR_ATIME) out.atime = set_time(attributes.st_atim);
    if (to_set & FUSE_SET_ATTR_MTIME) out.mtime = set_time(attributes.st_mtim);
    if (to_set & FUSE_SET_ATTR_ATIME_NOW) out.atime = vfs::SetTime{};
    if (to_set & FUSE_SET_ATTR_MTIME_NOW) out.mtime = vfs::SetTime{};
    return out;
}

}  // namespace strait::fuse
