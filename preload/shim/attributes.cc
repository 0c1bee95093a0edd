// SPDX-License-Identifier: LGPL-2.1-or-later
// Changing mode, owner and times; extended attributes.

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "preload/shim/ours.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

// --- mode, owner, times: one request each, at an open or a place

int run(Call& call, Where* where) noexcept {
    if (call.error()) return failed(call.error());
    return done(where ? call.run(*where) : call.run());
}

int set_mode(Call& call, Where* where, mode_t mode) noexcept {
    if (!call.error()) {
        call.request().flags |= shm::flag_mode;
        call.request().mode = mode & 07777;
    }
    return run(call, where);
}

int set_owner(Call& call, Where* where, uid_t uid, gid_t gid) noexcept {
    if (!call.error()) {
        if (uid != static_cast<uid_t>(-1)) call.request().flags |= shm::flag_uid;
        if (gid != static_cast<gid_t>(-1)) call.request().flags |= shm::flag_gid;
        call.request().uid = uid;
        call.request().gid = gid;
    }
    return run(call, where);
}

int set_times(Call& call, Where* where, const timespec* times) noexcept {
    constexpr timespec now{0, UTIME_NOW};
    const timespec access = times ? times[0] : now, change = times ? times[1] : now;
    auto valid = [](const timespec& t) {
        return t.tv_nsec == UTIME_NOW || t.tv_nsec == UTIME_OMIT ||
               (t.tv_nsec >= 0 && t.tv_nsec < 1'000'000'000);
    };
    if (!valid(access) || !valid(change)) return failed(EINVAL);
    if (call.error()) return failed(call.error());
    shm::Request& request = call.request();
    if (access.tv_nsec != UTIME_OMIT) {
        request.flags |= access.tv_nsec == UTIME_NOW ? shm::flag_atime_now : shm::flag_atime;
        request.atime_s = access.tv_sec;
        request.atime_ns = static_cast<uint32_t>(access.tv_nsec);
    }
    if (change.tv_nsec != UTIME_OMIT) {
        request.flags |= change.tv_nsec == UTIME_NOW ? shm::flag_mtime_now : shm::flag_mtime;
        request.mtime_s = change.tv_sec;
        request.mtime_ns = static_cast<uint32_t>(change.tv_nsec);
    }
    return run(call, where);
}

struct Times {
    timespec pair[2];
    const timespec* get = nullptr;
    Times() = default;
    explicit Times(const timeval* from) noexcept {
        if (!from) return;
        // Out of range becomes out of range.
        for (int i = 0; i < 2; ++i) {
            bool valid = from[i].tv_usec >= 0 && from[i].tv_usec < 1'000'000;
            pair[i] = {from[i].tv_sec, valid ? from[i].tv_usec * 1000 : -1};
        }
        get = pair;
    }
    explicit Times(const utimbuf* from) noexcept {
        if (!from) return;
        pair[0] = {from->actime, 0};
        pair[1] = {from->modtime, 0};
        get = pair;
    }
};

int chmod_at(Where& where, mode_t mode, bool follow) noexcept {
    if (!follow) {  // links have no mode of their own
        struct stat attributes;
        if (stat_at(where, &attributes, false) != 0) return -1;
        if (S_ISLNK(attributes.st_mode)) return failed(EOPNOTSUPP);
    }
    return set_mode(Call(shm::Op::setattr).at(where, follow), &where, mode);
}
int chown_at(Where& where, uid_t uid, gid_t gid, bool follow) noexcept {
    return set_owner(Call(shm::Op::setattr).at(where, follow), &where, uid, gid);
}
int times_at(Where& where, const timespec* times, bool follow) noexcept {
    return set_times(Call(shm::Op::setattr).at(where, follow), &where, times);
}

// --- extended attributes: only user.* travels; NFS carries no other (RFC 8276 section 4)

bool travels(const char* name) noexcept { return strncmp(name, "user.", 5) == 0 && name[5]; }

// What getxattr and listxattr share: the window's bytes, or their count when there is no room.
ssize_t hand_over(Call& call, void* out, size_t room) noexcept {
    size_t size = call.reply().data_bytes;
    if (room == 0) return static_cast<ssize_t>(size);
    if (size > room) return failed(ERANGE);
    memcpy(out, call.window(), size);
    return static_cast<ssize_t>(size);
}

ssize_t get(Call& call, Where* where, const char* name, void* out, size_t room) noexcept {
    if (name) {
        if (!travels(name)) return failed(EOPNOTSUPP);
        call.text2(name);
    }
    if (run(call, where) != 0) return -1;
    return hand_over(call, out, room);
}

int set(Call& call, Where* where, const char* name, const void* value, size_t size,
        int flags) noexcept {
    if (!travels(name)) return failed(EOPNOTSUPP);
    if (flags & ~(XATTR_CREATE | XATTR_REPLACE)) return failed(EINVAL);
    if (size > 65536) return failed(E2BIG);
    call.text2(name);
    if (call.error()) return failed(call.error());
    memcpy(call.window(), value, size);
    call.request().data_bytes = static_cast<uint32_t>(size);
    call.request().arg = static_cast<uint32_t>(flags);
    return run(call, where);
}

int remove_name(Call& call, Where* where, const char* name) noexcept {
    if (!travels(name)) return failed(EOPNOTSUPP);
    return run(call.text2(name), where);
}

}  // namespace

int ours_chmod(Where& where, const char*, mode_t mode) { return chmod_at(where, mode, true); }
int ours_lchmod(Where& where, const char*, mode_t mode) { return chmod_at(where, mode, false); }
int ours_fchmod(Open& open, int, mode_t mode) {
    return set_mode(Call(shm::Op::setattr).on(open), nullptr, mode);
}
int ours_fchmodat(Where& where, int, const char* path, mode_t mode, int flags) {
    if (int error = check_empty(where, path, flags)) return failed(error);
    return chmod_at(where, mode, !(flags & AT_SYMLINK_NOFOLLOW));
}

int ours_chown(Where& where, const char*, uid_t uid, gid_t gid) {
    return chown_at(where, uid, gid, true);
}
int ours_lchown(Where& where, const char*, uid_t uid, gid_t gid) {
    return chown_at(where, uid, gid, false);
}
int ours_fchown(Open& open, int, uid_t uid, gid_t gid) {
    return set_owner(Call(shm::Op::setattr).on(open), nullptr, uid, gid);
}
int ours_fchownat(Where& where, int, const char* path, uid_t uid, gid_t gid, int flags) {
    if (int error = check_empty(where, path, flags)) return failed(error);
    return chown_at(where, uid, gid, !(flags & AT_SYMLINK_NOFOLLOW));
}

int ours_utime(Where& where, const char*, const utimbuf* times) {
    return times_at(where, Times(times).get, true);
}
int ours_utimes(Where& where, const char*, const timeval* times) {
    return times_at(where, Times(times).get, true);
}
int ours_lutimes(Where& where, const char*, const timeval* times) {
    return times_at(where, Times(times).get, false);
}
int ours_futimesat(Where& where, int, const char*, const timeval* times) {
    return times_at(where, Times(times).get, true);
}
int ours_futimes(Open& open, int, const timeval* times) {
    return set_times(Call(shm::Op::setattr).on(open), nullptr, Times(times).get);
}
int ours_futimens(Open& open, int, const timespec* times) {
    return set_times(Call(shm::Op::setattr).on(open), nullptr, times);
}
int ours_utimensat(Where& where, int, const char* path, const timespec* times, int flags) {
    if (int error = check_empty(where, path, flags)) return failed(error);
    return times_at(where, times, !(flags & AT_SYMLINK_NOFOLLOW));
}

ssize_t ours_getxattr(Where& where, const char*, const char* name, void* out, size_t room) {
    if (!travels(name)) return failed(EOPNOTSUPP);
    return get(Call(shm::Op::getxattr).at(where, true), &where, name, out, room);
}
ssize_t ours_lgetxattr(Where& where, const char*, const char* name, void* out, size_t room) {
    if (!travels(name)) return failed(EOPNOTSUPP);
    return get(Call(shm::Op::getxattr).at(where, false), &where, name, out, room);
}
ssize_t ours_fgetxattr(Open& open, int, const char* name, void* out, size_t room) {
    if (!travels(name)) return failed(EOPNOTSUPP);
    return get(Call(shm::Op::getxattr).on(open), nullptr, name, out, room);
}
ssize_t ours_listxattr(Where& where, const char*, char* out, size_t room) {
    return get(Call(shm::Op::listxattr).at(where, true), &where, nullptr, out, room);
}
ssize_t ours_llistxattr(Where& where, const char*, char* out, size_t room) {
    return get(Call(shm::Op::listxattr).at(where, false), &where, nullptr, out, room);
}
ssize_t ours_flistxattr(Open& open, int, char* out, size_t room) {
    return get(Call(shm::Op::listxattr).on(open), nullptr, nullptr, out, room);
}
int ours_setxattr(Where& where, const char*, const char* name, const void* value, size_t size,
                  int flags) {
    return set(Call(shm::Op::setxattr).at(where, true), &where, name, value, size, flags);
}
int ours_lsetxattr(Where& where, const char*, const char* name, const void* value, size_t size,
                   int flags) {
    return set(Call(shm::Op::setxattr).at(where, false), &where, name, value, size, flags);
}
int ours_fsetxattr(Open& open, int, const char* name, const void* value, size_t size, int flags) {
    return set(Call(shm::Op::setxattr).on(open), nullptr, name, value, size, flags);
}
int ours_removexattr(Where& where, const char*, const char* name) {
    return remove_name(Call(shm::Op::removexattr).at(where, true), &where, name);
}
int ours_lremovexattr(Where& where, const char*, const char* name) {
    return remove_name(Call(shm::Op::removexattr).at(where, false), &where, name);
}
int ours_fremovexattr(Open& open, int, const char* name) {
    return remove_name(Call(shm::Op::removexattr).on(open), nullptr, name);
}

// A handle could not be opened again: the agent's opens are by path.
int ours_name_to_handle_at(Where&, int, const char*, file_handle*, int*, int) {
    return failed(EOPNOTSUPP);
}

key_t ours_ftok(Where& where, const char*, int project) {
    struct stat found;
    if (stat_at(where, &found, true) != 0) return -1;
    auto number = static_cast<unsigned>(found.st_ino & 0xffff);
    auto device = static_cast<unsigned>(found.st_dev & 0xff) << 16;
    return static_cast<key_t>(number | device | static_cast<unsigned>(project & 0xff) << 24);
}

}  // namespace strait::preload
