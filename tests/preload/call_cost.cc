// SPDX-License-Identifier: LGPL-2.1-or-later
// What the shim adds to a call that is not its own: each call through the symbol the process sees
// and through libc's own, in turns; the quickest of many rounds of each. Prints "NAME SEEN LIBC",
// in ns a call. Run under `strait run`, with no argument.

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace {

constexpr int rounds = 400, calls = 250;

double now_ns() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e9 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec);
}

template <class Function, class Body>
double once(Function function, Body body) {
    double start = now_ns();
    for (int i = 0; i < calls; ++i) body(function);
    return (now_ns() - start) / calls;
}

template <class Function, class Body>
void measure(const char* name, Function*, Body body) {
    static void* libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    auto* seen = reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
    auto* plain = reinterpret_cast<Function*>(dlsym(libc, name));
    double by_seen = 1e9, by_libc = 1e9;
    for (int i = 0; i < rounds; ++i) {
        by_seen = std::min(by_seen, once(seen, body));
        by_libc = std::min(by_libc, once(plain, body));
    }
    printf("%s %.1f %.1f\n", name, by_seen, by_libc);
}
#define MEASURE(name, ...) \
    measure(#name, static_cast<decltype(&name)>(nullptr), [&](auto* call) { __VA_ARGS__; })

}  // namespace

int main() {
    int null = open("/dev/null", O_RDWR);
    char byte = 0;
    struct stat found;
    pollfd waits{null, POLLIN, 0};
    MEASURE(read, (void)call(null, &byte, 1));
    MEASURE(write, (void)call(null, &byte, 1));
    MEASURE(pread, (void)call(null, &byte, 1, 0));
    MEASURE(lseek, call(null, 0, SEEK_CUR));
    MEASURE(fcntl, call(null, F_GETFD, 0));
    MEASURE(fstat, call(null, &found));
    MEASURE(stat, call("/dev/null", &found));
    MEASURE(fstatat, call(AT_FDCWD, "/dev/null", &found, 0));
    MEASURE(access, call("missing", R_OK));
    MEASURE(open, close(call("/dev/null", O_RDONLY, 0)));
    MEASURE(close, call(-1));
    MEASURE(dup, close(call(null)));
    MEASURE(poll, call(&waits, 1, 0));
    MEASURE(syscall, call(SYS_getppid));
    return 0;
}
