// SPDX-License-Identifier: LGPL-2.1-or-later
// What stat(2), statfs(2), access(2) and pathconf(3) and their many names ask.

#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "preload/shim/known.h"
#include "preload/shim/ours.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

constexpr uint32_t nfs_super_magic = 0x6969;

void fill_statx(const shm::Stat& from, struct statx* out) noexcept {
    memset(out, 0, sizeof(*out));
    out->stx_mask = STATX_BASIC_STATS | (from.has_btime ? STATX_BTIME : 0);
    out->stx_blksize = from.block_bytes;
    out->stx_nlink = from.nlink;
    out->stx_uid = from.uid;
    out->stx_gid = from.gid;
    out->stx_mode = static_cast<uint16_t>(from.mode);
    out->stx_ino = from.ino;
    out->stx_size = from.size;
    out->stx_blocks = from.blocks;
    out->stx_atime = {from.atime_s, from.atime_ns, {}};
    out->stx_mtime = {from.mtime_s, from.mtime_ns, {}};
    out->stx_ctime = {from.ctime_s, from.ctime_ns, {}};
    out->stx_btime = {from.btime_s, from.btime_ns, {}};
    out->stx_rdev_major = from.rdev_major;
    out->stx_rdev_minor = from.rdev_minor;
    out->stx_dev_major = from.dev_major;
    out->stx_dev_minor = from.dev_minor;
}

void fill_statfs(const shm::StatFs& from, struct statfs* out) noexcept {
    memset(out, 0, sizeof(*out));
    out->f_type = nfs_super_magic;
    out->f_bsize = from.block_bytes;
    out->f_frsize = from.block_bytes;
    out->f_blocks = from.total / from.block_bytes;
    out->f_bfree = from.free / from.block_bytes;
    out->f_bavail = from.available / from.block_bytes;
    out->f_files = from.files;
    out->f_ffree = from.files_free;
    memcpy(&out->f_fsid, &from.fsid, sizeof(out->f_fsid));
    out->f_namelen = from.name_max;
}

void fill_statvfs(const shm::StatFs& from, struct statvfs* out) noexcept {
    memset(out, 0, sizeof(*out));
    out->f_bsize = from.block_bytes;
    out->f_frsize = from.block_bytes;
    out->f_blocks = from.total / from.block_bytes;
    out->f_bfree = from.free / from.block_bytes;
    out->f_bavail = from.available / from.block_bytes;
    out->f_files = from.files;
    out->f_ffree = from.files_free;
    out->f_favail = from.files_free;
    out->f_fsid = from.fsid;
    out->f_namemax = from.name_max;
}

// Runs the call at an open or a place and hands its answer over.
template <class Part, class Out>
int ask_open(shm::Op op, Open& open, const Part shm::Reply::* part, void (*fill)(const Part&, Out*),
             Out* out) noexcept {
    Call call(op);
    call.on(open);
    if (int error = call.run()) return failed(error);
    fill(call.reply().*part, out);
    return 0;
}
template <class Part, class Out>
int ask_at(shm::Op op, Where& where, bool follow, const Part shm::Reply::* part,
           void (*fill)(const Part&, Out*), Out* out) noexcept {
    Call call(op);
    call.at(where, follow);
    if (int error = call.run(where)) return failed(error);
    fill(call.reply().*part, out);
    return 0;
}

int access_at(Where& where, int mode, bool follow) noexcept {
    if (mode & ~(R_OK | W_OK | X_OK)) return failed(EINVAL);
    Call call(shm::Op::access);
    call.at(where, follow);
    if (call.error()) return failed(call.error());
    call.request().arg = static_cast<uint32_t>(mode);
    return done(call.run(where));
}

long limit(int name) noexcept {
    switch (name) {
        case _PC_LINK_MAX:
            return 32000;
        case _PC_NAME_MAX:
            return 255;
        case _PC_PATH_MAX:
        case _PC_PIPE_BUF:
            return 4096;
        case _PC_CHOWN_RESTRICTED:
        case _PC_NO_TRUNC:
        case _PC_2_SYMLINKS:
            return 1;
        case _PC_VDISABLE:
            return 0;
        case _PC_FILESIZEBITS:
            return 64;
        case _PC_REC_MIN_XFER_SIZE:
        case _PC_REC_XFER_ALIGN:
        case _PC_ALLOC_SIZE_MIN:
            return 4096;
        default:
            return -1;  // no limit, errno as it was
    }
}

// The descriptor itself is meant, and what is known of it.
bool known_itself(int fd, const char* path, int flags, shm::Stat& out) noexcept {
    const Open* open = path && !*path && (flags & AT_EMPTY_PATH) ? find(fd) : nullptr;
    return open && known_stat(*open, out);
}

int stat_of(Where& where, int fd, const char* path, struct stat* out, int flags) noexcept {
    shm::Stat known;
    if (known_itself(fd, path, flags, known)) {
        fill_stat(known, out);
        return 0;
    }
    if (int error = check_empty(where, path, flags)) return failed(error);
    return stat_at(where, out, !(flags & AT_SYMLINK_NOFOLLOW));
}

}  // namespace

int check_empty(Where& where, const char* path, int flags) noexcept {
    if (path && *path) return 0;
    if (path && !(flags & AT_EMPTY_PATH)) return ENOENT;
    if (where.token) return 0;
    where.path = settings.cwd;
    where.from_cwd = true;
    return 0;
}

void fill_stat(const shm::Stat& from, struct stat* out) noexcept {
    memset(out, 0, sizeof(*out));
    out->st_dev = makedev(from.dev_major, from.dev_minor);
    out->st_ino = from.ino;
    out->st_nlink = from.nlink;
    out->st_mode = from.mode;
    out->st_uid = from.uid;
    out->st_gid = from.gid;
    out->st_rdev = makedev(from.rdev_major, from.rdev_minor);
    out->st_size = static_cast<off_t>(from.size);
    out->st_blksize = from.block_bytes;
    out->st_blocks = static_cast<blkcnt_t>(from.blocks);
    out->st_atim = {from.atime_s, from.atime_ns};
    out->st_mtim = {from.mtime_s, from.mtime_ns};
    out->st_ctim = {from.ctime_s, from.ctime_ns};
}

int stat_open(Open& open, struct stat* out) noexcept {
    shm::Stat known;
    if (known_stat(open, known)) {
        fill_stat(known, out);
        return 0;
    }
    return ask_open(shm::Op::stat, open, &shm::Reply::stat, fill_stat, out);
}
int stat_at(Where& where, struct stat* out, bool follow) noexcept {
    return ask_at(shm::Op::stat, where, follow, &shm::Reply::stat, fill_stat, out);
}

int ours_stat(Where& where, const char*, struct stat* out) { return stat_at(where, out, true); }
int ours_lstat(Where& where, const char*, struct stat* out) { return stat_at(where, out, false); }
int ours_fstat(Open& open, int, struct stat* out) { return stat_open(open, out); }
int ours_fstatat(Where& where, int fd, const char* path, struct stat* out, int flags) {
    return stat_of(where, fd, path, out, flags);
}
int ours___xstat(Where& where, int, const char*, struct stat* out) {
    return stat_at(where, out, true);
}
int ours___lxstat(Where& where, int, const char*, struct stat* out) {
    return stat_at(where, out, false);
}
int ours___fxstat(Open& open, int, int, struct stat* out) { return stat_open(open, out); }
int ours___fxstatat(Where& where, int, int fd, const char* path, struct stat* out, int flags) {
    return stat_of(where, fd, path, out, flags);
}

int ours_statx(Where& where, int fd, const char* path, int flags, unsigned, struct statx* out) {
    shm::Stat known;
    if (known_itself(fd, path, flags, known)) {
        fill_statx(known, out);
        return 0;
    }
    if (int error = check_empty(where, path, flags)) return failed(error);
    return ask_at(shm::Op::stat, where, !(flags & AT_SYMLINK_NOFOLLOW), &shm::Reply::stat,
                  fill_statx, out);
}

int ours_statfs(Where& where, const char*, struct statfs* out) {
    return ask_at(shm::Op::statfs, where, true, &shm::Reply::statfs, fill_statfs, out);
}
int ours_fstatfs(Open& open, int, struct statfs* out) {
    return ask_open(shm::Op::statfs, open, &shm::Reply::statfs, fill_statfs, out);
}
int ours_statvfs(Where& where, const char*, struct statvfs* out) {
    return ask_at(shm::Op::statfs, where, true, &shm::Reply::statfs, fill_statvfs, out);
}
int ours_fstatvfs(Open& open, int, struct statvfs* out) {
    return ask_open(shm::Op::statfs, open, &shm::Reply::statfs, fill_statvfs, out);
}

long ours_pathconf(Where& where, const char*, int name) {
    struct stat ignored;
    return stat_at(where, &ignored, true) == 0 ? limit(name) : -1;
}
long ours_fpathconf(Open&, int, int name) { return limit(name); }

int ours_isfdtype(Open& open, int, int type) {
    return (open.type & S_IFMT) == static_cast<unsigned>(type);
}

int ours_access(Where& where, const char*, int mode) { return access_at(where, mode, true); }
int ours_euidaccess(Where& where, const char*, int mode) { return access_at(where, mode, true); }
int ours_faccessat(Where& where, int, const char* path, int mode, int flags) {
    if (int error = check_empty(where, path, flags)) return failed(error);
    return access_at(where, mode, !(flags & AT_SYMLINK_NOFOLLOW));
}

}  // namespace strait::preload
