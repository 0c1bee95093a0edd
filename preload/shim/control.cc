// SPDX-License-Identifier: LGPL-2.1-or-later
// fcntl, ioctl, locks, and what asks whether a descriptor is a terminal.

#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "preload/shim/connect.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

int set_flags(Open& open, int fd, long argument) noexcept {
    constexpr uint32_t settable = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | O_ASYNC;
    uint32_t wanted = static_cast<uint32_t>(argument) & settable;
    if ((wanted ^ open.flags) & O_APPEND) {
        Call call(shm::Op::set_append);
        call.on(open);
        if (call.error()) return failed(call.error());
        call.request().arg = wanted & O_APPEND ? 1 : 0;
        if (int error = call.run()) return failed(error);
    }
    open.flags = (open.flags & ~settable) | wanted;
    share_flags(fd, open.flags);
    return 0;
}

// Another process that shares the open may have changed them.
int status_flags(Open& open, int fd) noexcept {
    int flags = shared_flags(fd);
    if (flags >= 0) open.flags = static_cast<uint32_t>(flags);
    return static_cast<int>(open.flags & ~static_cast<uint32_t>(O_CLOEXEC));
}

// A lock's range from what fcntl was given: an absolute start and a length, ~0 for "to the end".
int range_of(Open& open, const struct flock& lock, uint64_t& start, uint64_t& length) noexcept {
    int64_t base = 0;
    if (lock.l_whence != SEEK_SET) {
        Call call(shm::Op::seek);
        call.on(open);
        if (call.error()) return call.error();
        struct stat attributes;
        if (lock.l_whence == SEEK_END) {
            if (stat_open(open, &attributes) != 0) return errno;
            base = attributes.st_size;
        } else {
            call.request().arg = SEEK_CUR;
            if (int error = call.run()) return error;
            base = static_cast<int64_t>(call.reply().value);
        }
    }
    int64_t from = base + lock.l_start, count = lock.l_len;
    if (count < 0) {
        from += count;
        count = -count;
    }
    if (from < 0) return EINVAL;
    start = static_cast<uint64_t>(from);
    length = count ? static_cast<uint64_t>(count) : ~uint64_t{0};
    return 0;
}

bool asked_for_locks = false;

int ask_for_lock(Open& open, uint64_t start, uint64_t length, uint32_t arg) noexcept {
    __atomic_store_n(&asked_for_locks, true, __ATOMIC_RELAXED);
    Call call(shm::Op::lock);
    call.on(open);
    if (call.error()) return call.error();
    call.request().offset = start;
    call.request().count = length;
    call.request().arg = arg;
    return arg & shm::lock_wait ? call.run_interruptibly() : call.run();
}

// Waits at the agent; where too many do already, it tries again and again.
int wait_for_lock(Open& open, uint64_t start, uint64_t length, uint32_t arg) noexcept {
    for (long pause_ms = 1;; pause_ms = pause_ms < 50 ? pause_ms * 2 : 100) {
        if (enter_long_wait()) {
            int error = ask_for_lock(open, start, length, arg);
            leave_long_wait();
            return error;
        }
        int error = ask_for_lock(open, start, length, arg & ~uint32_t{shm::lock_wait});
        if (error != EAGAIN) return error;
        if (int interrupted = pause_interruptibly(pause_ms)) return interrupted;
    }
}

int lock_call(Open& open, shm::Op op, uint64_t start, uint64_t length, uint32_t arg,
              struct flock* found) noexcept {
    if (op == shm::Op::lock)
        return done(arg & shm::lock_wait ? wait_for_lock(open, start, length, arg)
                                         : ask_for_lock(open, start, length, arg));
    Call call(op);
    call.on(open);
    if (call.error()) return failed(call.error());
    call.request().offset = start;
    call.request().count = length;
    call.request().arg = arg;
    if (int error = call.run()) return failed(error);
    if (!found) return 0;
    const shm::Reply& reply = call.reply();
    if (!reply.flags) {
        found->l_type = F_UNLCK;
        return 0;
    }
    found->l_type = reply.data_bytes ? F_WRLCK : F_RDLCK;
    found->l_whence = SEEK_SET;
    found->l_start = static_cast<off_t>(reply.value);
    found->l_len = reply.value2 == ~uint64_t{0} ? 0 : static_cast<off_t>(reply.value2);
    found->l_pid = static_cast<pid_t>(reply.stat.nlink);
    return 0;
}

int record_lock(Open& open, int command, struct flock* lock) noexcept {
    if (!lock) return failed(EFAULT);
    uint64_t start = 0, length = 0;
    if (int error = range_of(open, *lock, start, length)) return failed(error);
    bool process = command == F_SETLK || command == F_SETLKW || command == F_GETLK;
    uint32_t arg = process ? shm::lock_process : 0;
    if (lock->l_type == F_WRLCK) arg |= shm::lock_exclusive;
    if (command == F_GETLK || command == F_OFD_GETLK)
        return lock_call(open, shm::Op::test_lock, start, length, arg, lock);
    if (lock->l_type == F_UNLCK)
        return lock_call(open, shm::Op::unlock, start, length, arg, nullptr);
    int access = static_cast<int>(open.flags & O_ACCMODE);
    if (access == (lock->l_type == F_WRLCK ? O_RDONLY : O_WRONLY)) return failed(EBADF);
    if (command == F_SETLKW || command == F_OFD_SETLKW) arg |= shm::lock_wait;
    return lock_call(open, shm::Op::lock, start, length, arg, nullptr);
}

// As the kernel tells of a file on NFS: nobody but pipes, leases and signals' owners has these.
int other_command(int command) noexcept {
    switch (command) {
        case F_GETOWN:
        case F_SETOWN:
        case F_GETSIG:
        case F_SETSIG:
            return 0;
        case F_GETLEASE:
            return F_UNLCK;
        case F_GETPIPE_SZ:
        case F_SETPIPE_SZ:
            return failed(EBADF);
        default:
            return failed(EINVAL);
    }
}

// FIONREAD: what lies between the position and the end.
int unread_bytes(Open& open, int* out) noexcept {
    struct stat attributes;
    if (S_ISDIR(open.type)) return failed(ENOTTY);
    off_t at = ours_lseek(open, -1, 0, SEEK_CUR);
    if (at < 0 || stat_open(open, &attributes) != 0) return -1;
    *out = static_cast<int>(attributes.st_size - at);
    return 0;
}

int clone_from(Open& target, int source, uint64_t from, uint64_t count, uint64_t to) noexcept {
    Open* open = find(source);
    if (!open) return failed(EXDEV);
    Call call(shm::Op::clone);
    call.on(*open).on2(target);
    if (call.error()) return failed(call.error());
    call.request().offset = from;
    call.request().offset2 = to;
    call.request().count = count;
    return done(call.run());
}

}  // namespace

bool may_hold_locks() noexcept { return __atomic_load_n(&asked_for_locks, __ATOMIC_RELAXED); }

int shim_fcntl(int fd, int command, long argument) {
    Open* open = find(fd);
    if (!open) return real.fcntl(fd, command, argument);
    switch (command) {
        case F_DUPFD:
        case F_DUPFD_CLOEXEC: {
            int made = real.fcntl(fd, command, argument);
            if (made >= 0) share(*open, made);
            return made;
        }
        case F_GETFD:
        case F_SETFD:
            return real.fcntl(fd, command, argument);
        case F_GETFL:
            return status_flags(*open, fd);
        case F_SETFL:
            return set_flags(*open, fd, argument);
        case F_GETLK:
        case F_SETLK:
        case F_SETLKW:
        case F_OFD_GETLK:
        case F_OFD_SETLK:
        case F_OFD_SETLKW:
            return record_lock(*open, command, reinterpret_cast<struct flock*>(argument));
        default:
            return other_command(command);
    }
}

int ours_ioctl(Open& open, int fd, unsigned long request, void* argument) {
    switch (request) {
        case FICLONE:
            return clone_from(open, static_cast<int>(reinterpret_cast<long>(argument)), 0, 0, 0);
        case FICLONERANGE: {
            auto* range = static_cast<file_clone_range*>(argument);
            return clone_from(open, static_cast<int>(range->src_fd), range->src_offset,
                              range->src_length, range->dest_offset);
        }
        case FIOCLEX:
            return real.fcntl(fd, F_SETFD, FD_CLOEXEC);
        case FIONCLEX:
            return real.fcntl(fd, F_SETFD, 0);
        case FIONBIO:
            return 0;
        case FIONREAD:
            return unread_bytes(open, static_cast<int*>(argument));
        default:
            return failed(ENOTTY);
    }
}

int ours_isatty(Open&, int) {
    errno = ENOTTY;
    return 0;
}
int ours_ttyname_r(Open&, int, char*, size_t) { return ENOTTY; }
int ours___ttyname_r_chk(Open&, int, char*, size_t, size_t) { return ENOTTY; }
int ours_ptsname_r(Open&, int, char*, size_t) { return errno = ENOTTY; }
int ours___ptsname_r_chk(Open&, int, char*, size_t, size_t) { return errno = ENOTTY; }
char* ours_ptsname(Open&, int) {
    errno = ENOTTY;
    return nullptr;
}
char* ours_ttyname(Open&, int) {
    errno = ENOTTY;
    return nullptr;
}
int ours_tcgetattr(Open&, int, void*) { return failed(ENOTTY); }
int ours_tcsetattr(Open&, int, int, const void*) { return failed(ENOTTY); }

int ours_flock(Open& open, int, int operation) {
    uint32_t arg = operation & LOCK_NB ? 0 : shm::lock_wait;
    switch (operation & ~LOCK_NB) {
        case LOCK_SH:
            return lock_call(open, shm::Op::lock, 0, ~uint64_t{0}, arg, nullptr);
        case LOCK_EX:
            return lock_call(open, shm::Op::lock, 0, ~uint64_t{0}, arg | shm::lock_exclusive,
                             nullptr);
        case LOCK_UN:
            return lock_call(open, shm::Op::unlock, 0, ~uint64_t{0}, arg, nullptr);
        default:
            return failed(EINVAL);
    }
}

int ours_lockf(Open& open, int, int command, off_t length) {
    struct flock lock{};
    lock.l_whence = SEEK_CUR;
    lock.l_len = length;
    lock.l_type = F_WRLCK;
    switch (command) {
        case F_LOCK:
            return record_lock(open, F_SETLKW, &lock);
        case F_TLOCK:
            return record_lock(open, F_SETLK, &lock);
        case F_ULOCK:
            lock.l_type = F_UNLCK;
            return record_lock(open, F_SETLK, &lock);
        case F_TEST:
            if (record_lock(open, F_GETLK, &lock) != 0) return -1;
            return lock.l_type == F_UNLCK ? 0 : failed(EACCES);
        default:
            return failed(EINVAL);
    }
}

}  // namespace strait::preload
