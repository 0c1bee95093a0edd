// SPDX-License-Identifier: LGPL-2.1-or-later
// Making, renaming, linking and removing names; symbolic links; temporary names.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

int make(shm::Op op, Where& where, mode_t mode, dev_t device) noexcept {
    Call call(op);
    call.at(where, false);
    if (call.error()) return failed(call.error());
    call.request().mode = mode & (S_IFMT | 07777) & ~current_umask();
    call.request().rdev_major = major(device);
    call.request().rdev_minor = minor(device);
    return done(call.run(where));
}

int make_node(Where& where, mode_t mode, dev_t device) noexcept {
    return make(shm::Op::mknod, where, mode & S_IFMT ? mode : S_IFREG | mode, device);
}

int remove_at(Where& where, bool directory) noexcept {
    Call call(shm::Op::remove);
    call.at(where, false);
    if (call.error()) return failed(call.error());
    call.request().arg = directory;
    return done(call.run(where));
}

int make_link(Where& where, const char* target) noexcept {
    if (!*target) return failed(ENOENT);
    Call call(shm::Op::symlink);
    call.at(where, false).text2(target);
    return done(call.error() ? call.error() : call.run(where));
}

ssize_t read_link(Where& where, const char* path, char* out, size_t room) noexcept {
    if (room == 0) return failed(EINVAL);
    if (where.executable) {
        size_t size = strlen(where.path);
        if (size > room) size = room;
        memcpy(out, where.path, size);
        return static_cast<ssize_t>(size);
    }
    if (int error = check_empty(where, path, AT_EMPTY_PATH)) return failed(error);
    Call call(shm::Op::readlink);
    call.at(where, false);
    if (int error = call.run(where)) return failed(error);
    size_t size = call.reply().data_bytes;
    if (size > room) size = room;
    memcpy(out, call.window(), size);
    return static_cast<ssize_t>(size);
}

// Two places. Both ours: one request. One ours: no rename or link joins them. A place that leads
// out of all mounts is not ours after all.
int two_places(shm::Op op, int from_fd, const char* from, int to_fd, const char* to, bool follow,
               uint32_t arg, bool& ours) noexcept {
    Where first, second;
    bool first_ours = locate(first, from_fd, from), second_ours = locate(second, to_fd, to);
    ours = first_ours || second_ours;
    if (!ours) return 0;
    if (!first_ours || !second_ours) {
        // What is missing is told before that they are apart, as the kernel does.
        struct stat attributes;
        int missing = first_ours ? stat_at(first, &attributes, false)
                                 : real.fstatat(from_fd, from, &attributes, AT_SYMLINK_NOFOLLOW);
        return missing ? -1 : failed(EXDEV);
    }
    Call call(op);
    call.at(first, follow).at2(second, false);
    if (call.error()) return failed(call.error());
    call.request().arg = arg;
    int error = call.run();
    return done(op == shm::Op::link && error == EISDIR ? EPERM : error);
}

bool maybe_either(int from_fd, const char* from, int to_fd, const char* to) noexcept {
    return maybe_ours(from_fd, from) || maybe_ours(to_fd, to);
}

// --- temporary names

// Six random characters in place of XXXXXX before `suffix` last ones; null: there are none.
char* placeholder(char* path, int suffix) noexcept {
    size_t size = strlen(path);
    if (suffix < 0 || size < 6 + static_cast<size_t>(suffix)) return nullptr;
    char* at = path + size - static_cast<size_t>(suffix) - 6;
    return memcmp(at, "XXXXXX", 6) == 0 ? at : nullptr;
}
void fill_random(char* at) noexcept {
    constexpr char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    uint64_t random = 0;
    raw::call(SYS_getrandom, raw::as_long(&random), sizeof(random), 0);
    for (int i = 0; i < 6; ++i, random /= 62) at[i] = letters[random % 62];
}

enum class Temporary { file, directory, name };

// Tries names until one is free. A place that leads out is told by `where`, with the template as
// it was.
int make_temporary(Where& where, char* path, int suffix, int flags, Temporary kind) noexcept {
    char* at = placeholder(path, suffix);
    if (!at) return failed(EINVAL);
    for (int attempt = 0; attempt < 1000; ++attempt) {
        fill_random(at);
        where = Where();
        if (!locate(where, AT_FDCWD, path)) break;
        int result = -1;
        struct stat attributes;
        if (kind == Temporary::file)
            result = open_at(where, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
        if (kind == Temporary::directory) result = make(shm::Op::mkdir, where, 0700, 0);
        if (kind == Temporary::name && stat_at(where, &attributes, false) != 0 && errno == ENOENT)
            return 0;
        if (where.redirected) memcpy(at, "XXXXXX", 6);
        if (result >= 0 || where.redirected) return result;
        if (errno != EEXIST && !(kind == Temporary::name && errno == 0)) return -1;
    }
    return failed(EEXIST);
}

}  // namespace

int ours_mkdir(Where& where, const char*, mode_t mode) {
    return make(shm::Op::mkdir, where, mode, 0);
}
int ours_mkdirat(Where& where, int, const char*, mode_t mode) {
    return make(shm::Op::mkdir, where, mode, 0);
}
int ours_mknod(Where& where, const char*, mode_t mode, dev_t device) {
    return make_node(where, mode, device);
}
int ours_mknodat(Where& where, int, const char*, mode_t mode, dev_t device) {
    return make_node(where, mode, device);
}
int ours_mkfifo(Where& where, const char*, mode_t mode) {
    return make(shm::Op::mknod, where, S_IFIFO | (mode & 07777), 0);
}
int ours_mkfifoat(Where& where, int, const char*, mode_t mode) {
    return make(shm::Op::mknod, where, S_IFIFO | (mode & 07777), 0);
}
int ours___xmknod(Where& where, int, const char*, mode_t mode, dev_t* device) {
    return make_node(where, mode, *device);
}
int ours___xmknodat(Where& where, int, int, const char*, mode_t mode, dev_t* device) {
    return make_node(where, mode, *device);
}
int ours_rmdir(Where& where, const char*) { return remove_at(where, true); }
int ours_unlink(Where& where, const char*) { return remove_at(where, false); }
int ours_unlinkat(Where& where, int, const char*, int flags) {
    return remove_at(where, flags & AT_REMOVEDIR);
}
int ours_remove(Where& where, const char*) {
    if (remove_at(where, false) == 0) return 0;
    return errno == EISDIR ? remove_at(where, true) : -1;
}

int shim_renameat2(int from_fd, const char* from, int to_fd, const char* to, unsigned flags) {
    if (maybe_either(from_fd, from, to_fd, to)) {
        bool ours;
        int result = two_places(shm::Op::rename, from_fd, from, to_fd, to, false, flags, ours);
        if (ours) return result;
    }
    return real.renameat2(from_fd, from, to_fd, to, flags);
}
int shim_rename(const char* from, const char* to) {
    if (!maybe_either(AT_FDCWD, from, AT_FDCWD, to)) return real.rename(from, to);
    return shim_renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int shim_renameat(int from_fd, const char* from, int to_fd, const char* to) {
    if (!maybe_either(from_fd, from, to_fd, to)) return real.renameat(from_fd, from, to_fd, to);
    return shim_renameat2(from_fd, from, to_fd, to, 0);
}
int shim_linkat(int from_fd, const char* from, int to_fd, const char* to, int flags) {
    if (maybe_either(from_fd, from, to_fd, to)) {
        bool ours;
        int result =
            two_places(shm::Op::link, from_fd, from, to_fd, to, flags & AT_SYMLINK_FOLLOW, 0, ours);
        if (ours) return result;
    }
    return real.linkat(from_fd, from, to_fd, to, flags);
}
int shim_link(const char* from, const char* to) {
    if (!maybe_either(AT_FDCWD, from, AT_FDCWD, to)) return real.link(from, to);
    return shim_linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int ours_symlink(Where& where, const char* target, const char*) { return make_link(where, target); }
int ours_symlinkat(Where& where, const char* target, int, const char*) {
    return make_link(where, target);
}
ssize_t ours_readlink(Where& where, const char* path, char* out, size_t room) {
    return read_link(where, path, out, room);
}
ssize_t ours_readlinkat(Where& where, int, const char* path, char* out, size_t room) {
    return read_link(where, path, out, room);
}
ssize_t ours___readlink_chk(Where& where, const char* path, char* out, size_t room, size_t have) {
    if (room > have) abort();
    return read_link(where, path, out, room);
}
ssize_t ours___readlinkat_chk(Where& where, int, const char* path, char* out, size_t room,
                              size_t have) {
    if (room > have) abort();
    return read_link(where, path, out, room);
}

int ours_mkstemp(Where& where, char* path) {
    return make_temporary(where, path, 0, 0, Temporary::file);
}
int ours_mkostemp(Where& where, char* path, int flags) {
    return make_temporary(where, path, 0, flags, Temporary::file);
}
int ours_mkstemps(Where& where, char* path, int suffix) {
    return make_temporary(where, path, suffix, 0, Temporary::file);
}
int ours_mkostemps(Where& where, char* path, int suffix, int flags) {
    return make_temporary(where, path, suffix, flags, Temporary::file);
}
char* ours_mkdtemp(Where& where, char* path) {
    return make_temporary(where, path, 0, 0, Temporary::directory) == 0 ? path : nullptr;
}
char* ours_mktemp(Where& where, char* path) {
    if (make_temporary(where, path, 0, 0, Temporary::name) != 0) *path = 0;
    return path;
}

}  // namespace strait::preload
