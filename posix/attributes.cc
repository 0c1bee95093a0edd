// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that ask for or change attributes.
#include <cerrno>

#include "posix/convert.h"

using namespace strait;
using namespace strait::posix;

namespace {

Task<vfs::Attributes> look(Engine& engine, std::string place, bool follow, std::string& why) {
    std::string path = co_await engine.locate(place, why);
    co_return co_await engine.files().stat({.path = path, .follow = follow});
}

Task<vfs::Attributes> look(int fd) {
    vfs::OpenFileRef file = co_await process().file(fd);
    co_return co_await file->stat();
}

Task<vfs::Attributes> look_at_space(Engine& engine, std::string place, std::string& why) {
    std::string path = co_await engine.locate(place, why);
    co_return co_await engine.files().statfs({.path = path});
}

Task<vfs::Attributes> look_at_space(int fd) {
    vfs::OpenFileRef file = co_await process().file(fd);
    co_return co_await file->statfs();
}

Task<> may(Engine& engine, std::string place, uint32_t bits, std::string& why) {
    std::string path = co_await engine.locate(place, why);
    co_await engine.files().access({.path = path}, bits);
}

Task<> change(Engine& engine, std::string place, vfs::SetAttributes wanted, bool follow,
              std::string& why) {
    std::string path = co_await engine.locate(place, why);
    co_await engine.files().setattr({.path = path, .follow = follow}, wanted);
}

Task<> change(int fd, vfs::SetAttributes wanted) {
    vfs::OpenFileRef file = co_await process().file(fd);
    co_await file->setattr(wanted);
}

int change_path(const char* call, const char* path, const vfs::SetAttributes& wanted,
                bool follow = true) {
    STRAIT_NEED(path);
    std::string why;
    auto done = posix::run<void>(
        call, path, why, [&](Engine& engine) { return change(engine, path, wanted, follow, why); });
    return done ? 0 : -1;
}

int change_file(const char* call, int fd, const vfs::SetAttributes& wanted) {
    std::string why;
    auto done =
        posix::run<void>(call, place_of(fd), why, [&](Engine&) { return change(fd, wanted); });
    return done ? 0 : -1;
}

int stat_path(const char* call, const char* path, bool follow, struct stat* into) {
    STRAIT_NEED(path && into);
    std::string why;
    auto got = posix::run<vfs::Attributes>(
        call, path, why, [&](Engine& engine) { return look(engine, path, follow, why); });
    if (!got) return -1;
    fill(*into, *got);
    return 0;
}

// (uid_t)-1 leaves an owner as it is.
vfs::SetAttributes owners(uid_t uid, gid_t gid) {
    vfs::SetAttributes made;
    if (uid != static_cast<uid_t>(-1)) made.uid = uid;
    if (gid != static_cast<gid_t>(-1)) made.gid = gid;
    return made;
}

int invalid() {
    errno = EINVAL;
    return -1;
}

}  // namespace

extern "C" {

int strait_stat(const char* path, struct stat* into) { return stat_path("stat", path, true, into); }
int strait_lstat(const char* path, struct stat* into) {
    return stat_path("lstat", path, false, into);
}

int strait_fstat(int fd, struct stat* into) {
    STRAIT_NEED(into);
    std::string why;
    auto got =
        posix::run<vfs::Attributes>("fstat", place_of(fd), why, [&](Engine&) { return look(fd); });
    if (!got) return -1;
    fill(*into, *got);
    return 0;
}

int strait_statvfs(const char* path, struct statvfs* into) {
    STRAIT_NEED(path && into);
    std::string why;
    auto got = posix::run<vfs::Attributes>(
        "statvfs", path, why, [&](Engine& engine) { return look_at_space(engine, path, why); });
    if (!got) return -1;
    fill(*into, *got);
    return 0;
}

int strait_fstatvfs(int fd, struct statvfs* into) {
    STRAIT_NEED(into);
    std::string why;
    auto got = posix::run<vfs::Attributes>("fstatvfs", place_of(fd), why,
                                           [&](Engine&) { return look_at_space(fd); });
    if (!got) return -1;
    fill(*into, *got);
    return 0;
}

int strait_access(const char* path, int mode) {
    STRAIT_NEED(path);
    std::string why;
    auto done = posix::run<void>("access", path, why, [&](Engine& engine) {
        return may(engine, path, access_bits(mode), why);
    });
    return done ? 0 : -1;
}

int strait_chmod(const char* path, mode_t mode) {
    return change_path("chmod", path, {.mode = mode & 07777});
}
int strait_fchmod(int fd, mode_t mode) { return change_file("fchmod", fd, {.mode = mode & 07777}); }
int strait_chown(const char* path, uid_t uid, gid_t gid) {
    return change_path("chown", path, owners(uid, gid));
}
int strait_lchown(const char* path, uid_t uid, gid_t gid) {
    return change_path("lchown", path, owners(uid, gid), false);
}
int strait_fchown(int fd, uid_t uid, gid_t gid) {
    return change_file("fchown", fd, owners(uid, gid));
}

int strait_truncate(const char* path, off_t size) {
    if (size < 0) return invalid();
    return change_path("truncate", path, {.size = static_cast<uint64_t>(size)});
}

int strait_ftruncate(int fd, off_t size) {
    if (size < 0) return invalid();
    return change_file("ftruncate", fd, {.size = static_cast<uint64_t>(size)});
}

int strait_utimens(const char* path, const struct timespec times[2], int flags) {
    auto wanted = set_times(times);
    if (!wanted || (flags & ~AT_SYMLINK_NOFOLLOW)) return invalid();
    return change_path("utimens", path, *wanted, !(flags & AT_SYMLINK_NOFOLLOW));
}

int strait_futimens(int fd, const struct timespec times[2]) {
    auto wanted = set_times(times);
    if (!wanted) return invalid();
    return change_file("futimens", fd, *wanted);
}
}
