// SPDX-License-Identifier: LGPL-2.1-or-later
// The exec family. A program under a prefix runs from its copy in the agent's folder (mirror.h), or
// where nothing there may be executed from a memfd; a script there is handed to its interpreter,
// which opens it through the shim.

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "preload/shim/count.h"
#include "preload/shim/map.h"
#include "preload/shim/mirror.h"
#include "preload/shim/ours.h"
#include "preload/shim/process.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"
#include "preload/shim/text.h"
#include "preload/shim/way.h"

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

int run_memfd(int fd, const char* name, char* const* argv, char* const* envp) noexcept {
    int memory = fetch(fd, name);
    if (memory < 0) return -1;
    Environment environment(envp);
    write_counts();
    long result = raw::call(SYS_execveat, memory, raw::as_long(""), raw::as_long(argv),
                            raw::as_long(environment.get()), AT_EMPTY_PATH);
    raw::close(memory);
    return failed(static_cast<int>(-result));
}

// The folders of libraries that the loader would not find by $ORIGIN, for LD_LIBRARY_PATH.
struct Folders final : Mirrored {
    void library(const char* copy, bool by_origin) noexcept override {
        if (by_origin) return;
        size_t size = static_cast<size_t>(strrchr(copy, '/') - copy);
        if (list.size) list.add(":");
        list.add(copy, size);
    }
    Text list;
};

int run_copy(const char* path, char* const* argv, char* const* envp) noexcept {
    char copy[shm::path_max];
    Folders folders;
    if (int error = mirror(path, copy, sizeof(copy), folders)) return failed(error);
    Environment environment(envp, folders.list.text);
    write_counts();
    return real.execve(copy, argv, environment.get());
}

bool is_script(int fd, char (&head)[256]) noexcept {
    memset(head, 0, sizeof(head));
    ssize_t size = pread(fd, head, sizeof(head) - 1, 0);
    return size >= 2 && head[0] == '#' && head[1] == '!';
}

int run_ours(Where& where, const char* path, char* const* argv, char* const* envp) noexcept {
    struct stat attributes;
    if (stat_at(where, &attributes, true) != 0) return -1;
    if (!S_ISREG(attributes.st_mode)) return failed(EACCES);
    if (ours_access(where, path, X_OK) != 0) return -1;
    int fd = open_at(where, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return -1;
    char head[256];
    if (is_script(fd, head)) {
        run_script(head, path, argv, envp);
    } else {
        run_copy(where.path, argv, envp);
        const char* name = strrchr(path, '/');
        // A folder that nothing may be executed from looks like this.
        if (errno == EACCES || errno == EPERM || errno == ENOENT || errno == ENAMETOOLONG ||
            errno == ENOSPC)
            run_memfd(fd, name ? name + 1 : path, argv, envp);
    }
    int error = errno;
    shim_close(fd);
    return failed(error);
}

// A local script whose interpreter lies under a prefix: the kernel does not find that.
bool read_script_of_ours(const char* path, char (&head)[256]) noexcept {
    char interpreter[256];
    if (way_of(path, interpreter, sizeof(interpreter)) != Way::script) return false;
    if (!maybe_ours(AT_FDCWD, interpreter)) return false;
    int fd = raw::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    memset(head, 0, sizeof(head));
    long size = raw::read(fd, head, sizeof(head) - 1);
    raw::close(fd);
    return size > 2;
}

// The shell runs what the kernel does not know, as execvp(3) says.
int run_by_shell(const char* path, char* const* argv, char* const* envp) noexcept {
    char line[] = "#!/bin/sh";
    return run_script(line, path, argv, envp);
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

const char* search_path() noexcept {
    for (char** entry = environ; entry && *entry; ++entry)
        if (strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
    return "/bin:/usr/bin";
}

bool script_of_ours(const char* path) noexcept {
    char head[256];
    return read_script_of_ours(path, head);
}

int execute_found(const char* file, char* const* argv, char* const* envp) noexcept {
    if (!*file) return failed(ENOENT);
    if (strchr(file, '/')) {
        execute(file, argv, envp);
        return errno == ENOEXEC ? run_by_shell(file, argv, envp) : -1;
    }
    const char* path = search_path();
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
    {
        Environment environment(envp);
        write_counts();
        real.execve(local, argv, environment.get());
    }
    char head[256];
    if (errno != ENOENT || !local || !read_script_of_ours(local, head)) return -1;
    return run_script(head, local, argv, envp);
}

int shim_execve(const char* path, char* const* argv, char* const* envp) {
    return execute(path, argv, envp);
}
int shim_execv(const char* path, char* const* argv) { return execute(path, argv, environ); }
int shim_execvp(const char* file, char* const* argv) { return execute_found(file, argv, environ); }
int shim_execvpe(const char* file, char* const* argv, char* const* envp) {
    return execute_found(file, argv, envp);
}
// By the path that the descriptor was opened at where that still leads to it, so that a script's
// interpreter can open it; else from its bytes.
int shim_fexecve(int fd, char* const* argv, char* const* envp) {
    write_back_mappings();
    if (!find(fd)) {
        Environment environment(envp);
        write_counts();
        return real.fexecve(fd, argv, environment.get());
    }
    char head[256];
    if (!is_script(fd, head)) return run_memfd(fd, "strait", argv, envp);
    raw::fcntl(fd, F_SETFD, 0);
    Text path = Text().add("/dev/fd/").add_decimal(static_cast<unsigned>(fd));
    return run_script(head, path.text, argv, envp);
}

int shim_execveat(int dirfd, const char* path, char* const* argv, char* const* envp, int flags) {
    if (path && !*path && (flags & AT_EMPTY_PATH)) return shim_fexecve(dirfd, argv, envp);
    Where where;
    if (path && maybe_ours(dirfd, path) && locate(where, dirfd, path)) {
        if (flags & AT_SYMLINK_NOFOLLOW) {
            struct stat found;
            if (stat_at(where, &found, false) == 0 && S_ISLNK(found.st_mode)) return failed(ELOOP);
        }
        char whole[shm::path_max];
        if (path[0] != '/' && dirfd != AT_FDCWD) {  // the folder may have moved: ask where it is
            if (!ours_realpath(where, path, whole)) return -1;
            path = whole;
        }
        return execute(path, argv, envp);
    }
    write_back_mappings();
    Environment environment(envp);
    write_counts();
    return real.execveat(dirfd, path, argv, environment.get(), flags);
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
    int result =
        run_list(first, list, [file](char** argv) { return execute_found(file, argv, environ); });
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
