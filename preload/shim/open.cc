// SPDX-License-Identifier: LGPL-2.1-or-later
// open, close, dup and the other calls that change which descriptors there are.

#include <string.h>
#include <unistd.h>

#include "preload/shim/meeting.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

uint32_t known_umask = ~0u;  // ~0: not asked yet

uint32_t open_flags(int flags) noexcept {
    uint32_t out = 0;
    int access = flags & O_ACCMODE;
    if (access != O_WRONLY) out |= shm::flag_read;
    if (access != O_RDONLY) out |= shm::flag_write;
    if (flags & O_CREAT) out |= shm::flag_create;
    if (flags & O_EXCL) out |= shm::flag_exclusive;
    if (flags & O_TRUNC) out |= shm::flag_truncate;
    if (flags & O_APPEND) out |= shm::flag_append;
    if (flags & O_DIRECTORY) out |= shm::flag_directory;
    if (flags & O_NOFOLLOW) out |= shm::flag_no_follow;
    if (flags & O_PATH) out |= shm::flag_path_only;
    if (flags & (O_SYNC | O_DSYNC)) out |= shm::flag_sync;
    return out;
}

// The errno value of what was written and not yet reported; 0 where nothing can be lost.
int tell_closed(Open& last) noexcept {
    if (last.instance != agent_instance()) return last.written ? EIO : 0;
    Call call(shm::Op::close);
    call.on(last);
    if (call.error()) return last.written ? call.error() : 0;
    if (!last.written && !may_hold_locks()) {
        // Of what was known to its end the agent has nothing open at the server.
        call.post(!last.whole);
        return 0;
    }
    if (last.written) call.request().flags |= shm::flag_written;
    return call.run();
}

int open_or_real(int dirfd, const char* path, int flags, mode_t mode) noexcept {
    Where where;
    if (!locate(where, dirfd, path)) return real.openat(dirfd, path, flags, mode);
    int fd = open_at(where, flags, mode);
    return where.redirected ? real.open(where.buffer, flags, mode) : fd;
}

// After the kernel has put something else at `fd`, or nothing.
void forget(int fd) noexcept {
    Open last;
    if (take_out(fd, last)) tell_closed(last);
}

}  // namespace

mode_t current_umask() noexcept {
    uint32_t mask = __atomic_load_n(&known_umask, __ATOMIC_RELAXED);
    if (mask != ~0u) return mask;
    mask = static_cast<uint32_t>(raw::call(SYS_umask, 077));
    raw::call(SYS_umask, mask);
    __atomic_store_n(&known_umask, mask, __ATOMIC_RELAXED);
    return mask;
}

mode_t shim_umask(mode_t mask) {
    __atomic_store_n(&known_umask, mask & 0777, __ATOMIC_RELAXED);
    return real.umask(mask);
}

int open_at(Where& where, int flags, mode_t mode) noexcept {
    if ((flags & O_TMPFILE) == O_TMPFILE) return failed(EOPNOTSUPP);
    Call call(shm::Op::open);
    call.at(where, !(flags & O_NOFOLLOW));
    if (call.error()) return failed(call.error());
    call.request().flags |= open_flags(flags);
    call.request().mode = mode & 07777 & ~current_umask();
    int error = call.run(where);
    if (error == EINVAL || error == ENXIO) error = open_fifo_instead(where, flags, error);
    if (error || where.redirected) return failed(error);
    constexpr int done_at_open = O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY;
    constexpr unsigned large_file = 0100000;  // as the kernel shows it in F_GETFL
    int fd = install(call, static_cast<unsigned>(flags & ~done_at_open) | large_file, where.path);
    if (fd >= 0) return fd;
    Open orphan{.token = call.reply().value, .instance = agent_instance()};
    tell_closed(orphan);
    return failed(-fd);
}

int release(int fd) noexcept {
    Open last;
    return take_out(fd, last) ? tell_closed(last) : 0;
}

int shim_open(const char* path, int flags, mode_t mode) {
    if (!path || !maybe_ours(AT_FDCWD, path)) return real.open(path, flags, mode);
    return open_or_real(AT_FDCWD, path, flags, mode);
}

int shim_openat(int dirfd, const char* path, int flags, mode_t mode) {
    if (!path || !maybe_ours(dirfd, path)) return real.openat(dirfd, path, flags, mode);
    return open_or_real(dirfd, path, flags, mode);
}

int shim_creat(const char* path, mode_t mode) {
    return shim_open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int shim_close(int fd) {
    if (!find(fd)) return real.close(fd);
    int error = release(fd);
    raw::close(fd);
    return done(error);
}

int shim_close_range(unsigned first, unsigned last, int flags) {
    constexpr int only_mark = 4;  // CLOSE_RANGE_CLOEXEC
    if (!(flags & only_mark) && open_count() && first <= static_cast<unsigned>(INT32_MAX))
        for (int fd = static_cast<int>(first); (fd = next_ours(fd)) >= 0; ++fd)
            if (static_cast<unsigned>(fd) <= last) release(fd);
    return real.close_range(first, last, flags);
}

void shim_closefrom(int first) {
    if (open_count())
        for (int fd = first; (fd = next_ours(fd)) >= 0; ++fd) release(fd);
    real.closefrom(first);
}

int shim_dup(int fd) {
    int made = real.dup(fd);
    if (made >= 0)
        if (Open* open = find(fd)) share(*open, made);
    return made;
}

int shim_dup2(int fd, int target) {
    int made = real.dup2(fd, target);
    if (made < 0 || fd == target) return made;
    Open* open = find(fd);
    if (find(target)) forget(target);
    if (open) share(*open, target);
    return made;
}

int shim_dup3(int fd, int target, int flags) {
    int made = real.dup3(fd, target, flags);
    if (made < 0) return made;
    Open* open = find(fd);
    if (find(target)) forget(target);
    if (open) share(*open, target);
    return made;
}

}  // namespace strait::preload
