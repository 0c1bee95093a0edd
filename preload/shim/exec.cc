// SPDX-License-Identifier: LGPL-2.1-or-later
// The exec family. A program under a prefix runs from a memfd that holds its bytes; a script there
// is handed to its interpreter, which opens it through the shim.

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "preload/shim/map.h"
#include "preload/shim/ours.h"
#include "preload/shim/process.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

size_t count_of(char* const* argv) noexcept {
    size_t count = 0;
    while (argv && argv[count]) ++count;
    return count;
}

// The file's bytes in a memfd, or -1 and errno.
int fetch(int fd, const char* name) noexcept {
    int memory = static_cast<int>(raw::call(SYS_memfd_create, raw::as_long(name), MFD_CLOEXEC));
    if (memory < 0) return failed(-memory);
    char piece[32768];
    off_t at = 0;
    for (;;) {
        ssize_t got = pread(fd, piece, sizeof(piece), at);
        if (got == 0) return memory;
        if (got < 0 || raw::write(memory, piece, static_cast<size_t>(got)) != got) {
            int error = got < 0 ? errno : ENOSPC;
            raw::close(memory);
            return failed(error);
        }
        at += got;
    }
}

// "#! interpreter [argument]" in the first line. execve(2): one argument at most.
int run_script(char* line, const char* path, char* const* argv, char* const* envp) noexcept {
    line[strcspn(line, "\n")] = 0;
    char* interpreter = line + 2 + strspn(line + 2, " \t");
    char* end = interpreter + strcspn(interpreter, " \t");
    char* argument = end + strspn(end, " \t");
    *end = 0;
    for (size_t size = strlen(argument); size && strchr(" \t", argument[size - 1]);)
        argument[--size] = 0;
    if (!*interpreter) return failed(ENOEXEC);
    size_t given = count_of(argv);
    if (given > 100'000) return failed(E2BIG);
    size_t bytes = (given + 4) * sizeof(char*);
    auto** arguments = static_cast<char**>(
        raw::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (raw::failed(arguments)) return failed(ENOMEM);
    size_t at = 0;
    arguments[at++] = interpreter;
    if (*argument) arguments[at++] = argument;
    arguments[at++] = const_cast<char*>(path);
    for (size_t i = 1; i < given; ++i) arguments[at++] = argv[i];
    execute(interpreter, arguments, envp);
    raw::munmap(arguments, bytes);
    return -1;
}

int run_open_file(int fd, const char* path, char* const* argv, char* const* envp) noexcept {
    char head[256] = {};
    ssize_t size = pread(fd, head, sizeof(head) - 1, 0);
    if (size < 0) return -1;
    if (size >= 2 && head[0] == '#' && head[1] == '!') return run_script(head, path, argv, envp);
    const char* name = strrchr(path, '/');
    int memory = fetch(fd, name ? name + 1 : path);
    if (memory < 0) return -1;
    Environment environment(envp);
    long result = raw::call(SYS_execveat, memory, raw::as_long(""), raw::as_long(argv),
                            raw::as_long(environment.get()), AT_EMPTY_PATH);
    raw::close(memory);
    return failed(static_cast<int>(-result));
}

int run_ours(Where& where, const char* path, char* const* argv, char* const* envp) noexcept {
    struct stat attributes;
    if (stat_at(where, &attributes, true) != 0) return -1;
    if (!S_ISREG(attributes.st_mode)) return failed(EACCES);
    if (ours_access(where, path, X_OK) != 0) return -1;
    int fd = open_at(where, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return -1;
    int result = run_open_file(fd, path, argv, envp);
    int error = errno;
    shim_close(fd);
    errno = error;
    return result;
}

// The shell runs what the kernel does not know, as execvp(3) says.
int run_by_shell(const char* path, char* const* argv, char* const* envp) noexcept {
    char line[] = "#!/bin/sh";
    return run_script(line, path, argv, envp);
}

int search(const char* file, char* const* argv, char* const* envp) noexcept {
    if (!*file) return failed(ENOENT);
    if (strchr(file, '/')) {
        execute(file, argv, envp);
        return errno == ENOEXEC ? run_by_shell(file, argv, envp) : -1;
    }
    const char* path = "/bin:/usr/bin";
    for (char** entry = environ; entry && *entry; ++entry)
        if (strncmp(*entry, "PATH=", 5) == 0) path = *entry + 5;
    size_t name = strlen(file);
    bool refused = false;
    char candidate[PATH_MAX];
    for (;; ++path) {
        size_t size = strcspn(path, ":");
        if (size + name + 2 <= sizeof(candidate)) {
            memcpy(candidate, path, size);
            if (size) candidate[size] = '/';
            memcpy(candidate + size + (size ? 1 : 0), file, name + 1);
            execute(candidate, argv, envp);
            if (errno == ENOEXEC) return run_by_shell(candidate, argv, envp);
            refused |= errno == EACCES;
            if (errno != ENOENT && errno != ENOTDIR && errno != EACCES && errno != ESTALE)
                return -1;
        }
        path += size;
        if (!*path) break;
    }
    return failed(refused ? EACCES : ENOENT);
}

// The arguments of execl and its like, gathered from the stack.
template <class Run>
int run_list(const char* first, va_list& list, Run run) noexcept {
    va_list again;
    va_copy(again, list);
    size_t count = 1;
    if (first)
        while (va_arg(again, char*)) ++count;
    va_end(again);
    auto** argv = static_cast<char**>(__builtin_alloca((count + 1) * sizeof(char*)));
    argv[0] = const_cast<char*>(first);
    if (first)
        for (size_t i = 1; i <= count; ++i) argv[i] = va_arg(list, char*);
    return run(argv);
}

}  // namespace

int execute(const char* path, char* const* argv, char* const* envp) noexcept {
    write_back_mappings();
    Where where;
    const char* local = path;
    if (path && maybe_ours(AT_FDCWD, path) && locate(where, AT_FDCWD, path)) {
        int result = run_ours(where, path, argv, envp);
        if (!where.redirected) return result;
        local = where.buffer;
    }
    explain_program(local, argv);
    Environment environment(envp);
    return real.execve(local, argv, environment.get());
}

int shim_execve(const char* path, char* const* argv, char* const* envp) {
    return execute(path, argv, envp);
}
int shim_execv(const char* path, char* const* argv) { return execute(path, argv, environ); }
int shim_execvp(const char* file, char* const* argv) { return search(file, argv, environ); }
int shim_execvpe(const char* file, char* const* argv, char* const* envp) {
    return search(file, argv, envp);
}
int shim_fexecve(int fd, char* const* argv, char* const* envp) {
    if (find(fd)) return run_open_file(fd, "strait", argv, envp);
    Environment environment(envp);
    return real.fexecve(fd, argv, environment.get());
}

#define EXPORT(name) __asm__(name) __attribute__((visibility("default"), used))
extern "C" int exported_execl(const char* path, const char* first, ...) EXPORT("execl");
extern "C" int exported_execlp(const char* file, const char* first, ...) EXPORT("execlp");
extern "C" int exported_execle(const char* path, const char* first, ...) EXPORT("execle");

int exported_execl(const char* path, const char* first, ...) {
    va_list list;
    va_start(list, first);
    int result =
        run_list(first, list, [path](char** argv) { return execute(path, argv, environ); });
    va_end(list);
    return result;
}
int exported_execlp(const char* file, const char* first, ...) {
    va_list list;
    va_start(list, first);
    int result = run_list(first, list, [file](char** argv) { return search(file, argv, environ); });
    va_end(list);
    return result;
}
int exported_execle(const char* path, const char* first, ...) {
    va_list list;
    va_start(list, first);
    int result = run_list(first, list, [path, &list](char** argv) {
        return execute(path, argv, va_arg(list, char* const*));
    });
    va_end(list);
    return result;
}

}  // namespace strait::preload
