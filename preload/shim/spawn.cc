// SPDX-License-Identifier: LGPL-2.1-or-later
// posix_spawn: libc's where it concerns no Strait file but those inherited; else the same steps
// here, each through the shim.

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload/shim/map.h"
#include "preload/shim/ours.h"
#include "preload/shim/process.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"
#include "preload/shim/spawn_actions.h"

namespace strait::preload {

namespace {

struct Spawn {
    const char* path;
    bool search;  // posix_spawnp
    SpawnActions actions;
    const posix_spawnattr_t* attributes;
    char* const* argv;
    char* const* envp;
};

bool concerns_us(const SpawnAction& action) noexcept {
    switch (action.kind) {
        case SpawnAction::open:
            return maybe_ours(AT_FDCWD, action.opened.path);
        case SpawnAction::chdir:
            return maybe_ours(AT_FDCWD, action.path);
        case SpawnAction::fchdir:
            return find(action.fd) != nullptr;
        case SpawnAction::close:
        case SpawnAction::dup2:
        case SpawnAction::closefrom:
        case SpawnAction::tcsetpgrp:
            return false;  // placeholders are descriptors like any
    }
    return false;
}

// Whether a folder of PATH lies under a prefix.
bool path_concerns_us() noexcept {
    const char* path = search_path();
    for (;; ++path) {
        size_t size = strcspn(path, ":");
        char folder[256];
        if (size < sizeof(folder)) {
            memcpy(folder, path, size);
            folder[size] = 0;
            if (maybe_ours(AT_FDCWD, size ? folder : ".")) return true;
        }
        path += size;
        if (!*path) return false;
    }
}

bool concerns_us(const Spawn& spawn) noexcept {
    if (settings.prefix_count == 0) return false;
    for (const SpawnAction& action : spawn.actions)
        if (concerns_us(action)) return true;
    if (spawn.search && !strchr(spawn.path, '/')) return path_concerns_us();
    return maybe_ours(AT_FDCWD, spawn.path) || script_of_ours(spawn.path);
}

// --- in the child; each returns false with errno set

bool put_at(int made, int fd) noexcept {
    if (made < 0) return false;
    if (made == fd) return true;
    if (shim_dup2(made, fd) < 0) return false;
    return shim_close(made) == 0;
}

bool run(const SpawnAction& action) noexcept {
    switch (action.kind) {
        case SpawnAction::close:
            shim_close(action.fd);  // as libc has it: one that is not open is no failure
            return true;
        case SpawnAction::dup2:
            if (action.copied.from == action.copied.to) {
                long flags = raw::fcntl(action.copied.from, F_GETFD);
                if (flags < 0) return failed(static_cast<int>(-flags)) == 0;
                return raw::fcntl(action.copied.from, F_SETFD, flags & ~FD_CLOEXEC) == 0;
            }
            return shim_dup2(action.copied.from, action.copied.to) >= 0;
        case SpawnAction::open:
            shim_close(action.opened.fd);
            return put_at(shim_open(action.opened.path, action.opened.flags, action.opened.mode),
                          action.opened.fd);
        case SpawnAction::chdir:
            return shim_chdir(action.path) == 0;
        case SpawnAction::fchdir:
            return shim_fchdir(action.fd) == 0;
        case SpawnAction::closefrom:
            shim_closefrom(action.fd);
            return true;
        case SpawnAction::tcsetpgrp:
            return tcsetpgrp(action.fd, getpgrp()) == 0;
    }
    return false;
}

// What a signal is for the new program: ignored stays so, what was caught is the default's.
void reset_signals(const sigset_t* defaults) noexcept {
    struct sigaction standard{}, before;
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < _NSIG; ++number) {
        bool asked = defaults && sigismember(defaults, number) == 1;
        if (!asked && (sigaction(number, nullptr, &before) != 0 || before.sa_handler == SIG_IGN ||
                       before.sa_handler == SIG_DFL))
            continue;
        sigaction(number, &standard, nullptr);
    }
}

bool schedule(const posix_spawnattr_t* attributes, short flags) noexcept {
    sched_param parameters{};
    int policy = 0;
    posix_spawnattr_getschedparam(attributes, &parameters);
    posix_spawnattr_getschedpolicy(attributes, &policy);
    if (flags & POSIX_SPAWN_SETSCHEDULER) return sched_setscheduler(0, policy, &parameters) == 0;
    if (flags & POSIX_SPAWN_SETSCHEDPARAM) return sched_setparam(0, &parameters) == 0;
    return true;
}

bool take_identity(const posix_spawnattr_t* attributes, short flags) noexcept {
    constexpr short new_session = 0x80;  // POSIX_SPAWN_SETSID
    pid_t group = 0;
    posix_spawnattr_getpgroup(attributes, &group);
    if ((flags & new_session) && setsid() < 0) return false;
    if ((flags & POSIX_SPAWN_SETPGROUP) && setpgid(0, group) != 0) return false;
    if (!(flags & POSIX_SPAWN_RESETIDS)) return true;
    return raw::call(SYS_setgid, raw::call(SYS_getgid)) == 0 &&
           raw::call(SYS_setuid, raw::call(SYS_getuid)) == 0;
}

bool become(const Spawn& spawn, sigset_t mask) noexcept {
    short flags = 0;
    if (spawn.attributes) posix_spawnattr_getflags(spawn.attributes, &flags);
    sigset_t chosen;
    if (flags & POSIX_SPAWN_SETSIGDEF) posix_spawnattr_getsigdefault(spawn.attributes, &chosen);
    reset_signals(flags & POSIX_SPAWN_SETSIGDEF ? &chosen : nullptr);
    if (spawn.attributes &&
        (!schedule(spawn.attributes, flags) || !take_identity(spawn.attributes, flags)))
        return false;
    for (const SpawnAction& action : spawn.actions)
        if (!run(action)) return false;
    if (flags & POSIX_SPAWN_SETSIGMASK) posix_spawnattr_getsigmask(spawn.attributes, &mask);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    if (spawn.search)
        execute_found(spawn.path, spawn.argv, spawn.envp);
    else
        execute(spawn.path, spawn.argv, spawn.envp);
    return false;
}

// A fork whose parent waits until the child has begun another program or ended: what vfork
// promises, in memory of its own. `why` is shared with the child.
pid_t begin(const Spawn& spawn, uint64_t ticket, const sigset_t& mask, int* why) noexcept {
    auto pid = static_cast<pid_t>(raw::call(SYS_clone, CLONE_VFORK | SIGCHLD));
    if (pid != 0) return pid;
    set_ticket(ticket);
    if (!become(spawn, mask)) *why = errno ? errno : EINVAL;
    raw::call(SYS_exit_group, 127);
    __builtin_unreachable();
}

int spawn_ours(pid_t* pid, const Spawn& spawn) noexcept {
    auto* why = static_cast<int*>(
        raw::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (raw::failed(why)) return ENOMEM;
    uint64_t ticket = prepare_fork();
    sigset_t all, mask;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &mask);
    pid_t child = begin(spawn, ticket, mask, why);
    int error = child < 0 ? -child : *why;
    raw::munmap(why, sizeof(int));
    if (child > 0 && error)
        while (raw::call(SYS_wait4, child, 0, 0, 0) == -EINTR) {
        }
    tell_child(ticket, error ? 0 : child);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    if (!error && pid) *pid = child;
    return error;
}

int spawn_by_libc(pid_t* pid, const void* actions, const Spawn& spawn) noexcept {
    spawn.search ? explain_found(spawn.path, spawn.argv) : explain_program(spawn.path, spawn.argv);
    uint64_t ticket = prepare_fork();
    Environment environment(spawn.envp);
    pid_t child = 0;
    auto* function = spawn.search ? real.posix_spawnp : real.posix_spawn;
    int error =
        function(&child, spawn.path, actions, spawn.attributes, spawn.argv, environment.get());
    tell_child(ticket, error ? 0 : child);
    if (!error && pid) *pid = child;
    return error;
}

int spawn(pid_t* pid, const char* path, bool search, const void* actions, const void* attributes,
          char* const* argv, char* const* envp) noexcept {
    Spawn spawn{path, search, {}, static_cast<const posix_spawnattr_t*>(attributes), argv, envp};
    int error = errno;
    bool ours = read_actions(actions, spawn.actions) && concerns_us(spawn);
    int result = ours ? spawn_ours(pid, spawn) : spawn_by_libc(pid, actions, spawn);
    errno = error;
    return result;
}

}  // namespace

int shim_posix_spawn(pid_t* pid, const char* path, const void* actions, const void* attributes,
                     char* const* argv, char* const* envp) {
    return spawn(pid, path, false, actions, attributes, argv, envp);
}

int shim_posix_spawnp(pid_t* pid, const char* file, const void* actions, const void* attributes,
                      char* const* argv, char* const* envp) {
    return spawn(pid, file, true, actions, attributes, argv, envp);
}

}  // namespace strait::preload
