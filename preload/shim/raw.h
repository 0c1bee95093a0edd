// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// System calls without libc: they neither touch errno nor pass through a hook. Each returns the
// kernel's answer, -errno when it failed.

#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include <cstddef>
#include <cstdint>

namespace strait::preload::raw {

#if defined(__x86_64__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                 long f = 0) noexcept {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                 long f = 0) noexcept {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}
#else
#error "the shim knows the system calls of x86-64 and aarch64"
#endif

inline long as_long(const void* pointer) noexcept { return reinterpret_cast<long>(pointer); }

inline int open(const char* path, int flags, unsigned mode = 0) noexcept {
    return static_cast<int>(call(SYS_openat, AT_FDCWD, as_long(path), flags, mode));
}
inline int close(int fd) noexcept { return static_cast<int>(call(SYS_close, fd)); }
inline long read(int fd, void* out, size_t count) noexcept {
    return call(SYS_read, fd, as_long(out), static_cast<long>(count));
}
inline long pread(int fd, void* out, size_t count, long offset) noexcept {
    return call(SYS_pread64, fd, as_long(out), static_cast<long>(count), offset);
}
inline long write(int fd, const void* in, size_t count) noexcept {
    return call(SYS_write, fd, as_long(in), static_cast<long>(count));
}
inline int dup3(int fd, int target, int flags) noexcept {
    return static_cast<int>(call(SYS_dup3, fd, target, flags));
}
inline long fcntl(int fd, int command, long argument = 0) noexcept {
    return call(SYS_fcntl, fd, command, argument);
}
inline long readlink(const char* path, char* out, size_t room) noexcept {
    return call(SYS_readlinkat, AT_FDCWD, as_long(path), as_long(out), static_cast<long>(room));
}
// MAP_FAILED is -errno here: test with failed().
inline void* mmap(void* at, size_t length, int protection, int flags, int fd,
                  long offset) noexcept {
    return reinterpret_cast<void*>(
        call(SYS_mmap, as_long(at), static_cast<long>(length), protection, flags, fd, offset));
}
inline bool failed(const void* mapped) noexcept {
    return reinterpret_cast<unsigned long>(mapped) > ~4095ul;
}
inline void munmap(void* at, size_t length) noexcept {
    call(SYS_munmap, as_long(at), static_cast<long>(length));
}
inline long futex_wait(uint32_t* word, uint32_t expected, const timespec* timeout) noexcept {
    return call(SYS_futex, as_long(word), FUTEX_WAIT, expected, as_long(timeout));
}
// Until `deadline` (CLOCK_MONOTONIC). Unlike futex_wait with a timeout it goes on after a handler
// that was installed with SA_RESTART, and says -EINTR after any other. Before Linux 5.16: -ENOSYS.
inline long futex_wait_until(uint32_t* word, uint32_t expected, const timespec& deadline) noexcept {
    struct {
        uint64_t value, address;
        uint32_t flags, reserved;
    } wait{expected, reinterpret_cast<uint64_t>(word), 2 /* 32 bits, shared */, 0};
    constexpr long futex_waitv = 449;
    return call(futex_waitv, as_long(&wait), 1, 0, as_long(&deadline), CLOCK_MONOTONIC);
}
inline void futex_wake(uint32_t* word, int count) noexcept {
    call(SYS_futex, as_long(word), FUTEX_WAKE, count);
}

// While in scope no handler of the program runs on this thread: what it must not find half done.
// Signals that end or stop the process still do.
class HandlersHeld {
  public:
    HandlersHeld() noexcept {
        uint64_t held = ~uint64_t{0};
        constexpr int standard_signals = 31;
        for (int signal = 1; signal <= standard_signals; ++signal) {
            long action[16] = {};  // the kernel's struct sigaction; the handler comes first
            call(SYS_rt_sigaction, signal, 0, as_long(action), 8);
            if (action[0] == 0) held &= ~(uint64_t{1} << (signal - 1));  // SIG_DFL
        }
        call(SYS_rt_sigprocmask, SIG_BLOCK, as_long(&held), as_long(&before_), 8);
    }
    ~HandlersHeld() { call(SYS_rt_sigprocmask, SIG_SETMASK, as_long(&before_), 0, 8); }

  private:
    uint64_t before_ = 0;
};

}  // namespace strait::preload::raw
