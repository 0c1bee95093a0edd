// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A claim is a function that runs in a process and an empty working directory of its own.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

struct Claim {
    const char* name;
    void (*run)();
    Claim* next;
    Claim(const char* named, void (*function)()) : name(named), run(function), next(all) {
        all = this;
    }
    static inline Claim* all = nullptr;
};
#define CLAIM(name)                         \
    static void name();                     \
    static Claim claim_##name(#name, name); \
    static void name()

// Ends the claim when `condition` does not hold; errno is told.
#define must(condition)                                                           \
    do {                                                                          \
        if (!(condition)) {                                                       \
            fprintf(stderr, "  %s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, \
                    strerror(errno));                                             \
            _exit(1);                                                             \
        }                                                                         \
    } while (0)

inline constexpr size_t page = 4096;
extern const char* library_file;  // local

// A file `name` of `size` bytes, each telling where it stands; open for reading and writing.
int make_file(const char* name, size_t size);
char byte_at(size_t offset);
std::string content(const char* name);
void write_file(const char* name, const std::string& text, mode_t mode = 0644);
void copy_file(const char* from, const char* to, mode_t mode);
char* map(int fd, size_t length, int protection, int flags, off_t offset = 0);
// Exit status of a child that does `body`; 1000 and more: a signal.
int status_of(pid_t pid);
template <class Body>
int in_child(Body body) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    return status_of(pid);
}

// One says so, the other waits for it: an order of events between processes.
class Turn {
  public:
    Turn() { must(pipe(ends_) == 0); }
    void give() { must(write(ends_[1], "x", 1) == 1); }
    void take() {
        char byte;
        must(read(ends_[0], &byte, 1) == 1);
    }

  private:
    int ends_[2];
};
