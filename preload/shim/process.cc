// SPDX-License-Identifier: LGPL-2.1-or-later
// fork and what starts programs. Before a fork the agent is asked to hold what we hold for the
// child, under a ticket, so that the parent may close at once.

#include "preload/shim/process.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload/shim/connect.h"
#include "preload/shim/count.h"
#include "preload/shim/known.h"
#include "preload/shim/map.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

// In the parent and in the child.
pid_t forked(pid_t pid, uint64_t ticket) noexcept {
    int error = errno;
    if (pid == 0) {
        set_ticket(ticket);
    } else {
        tell_child(ticket, pid);
    }
    errno = error;
    return pid;
}

// The environment of programs that libc itself starts, for as long as it does.
class SharedEnvironment {
  public:
    SharedEnvironment() noexcept : before_(environ), made_(environ) {
        environ = const_cast<char**>(made_.get());
    }
    ~SharedEnvironment() { environ = before_; }

  private:
    char** before_;
    Environment made_;
};

[[noreturn]] void run_shell(const char* command, const struct sigaction& interrupt,
                            const struct sigaction& quit, const sigset_t& mask) noexcept {
    sigaction(SIGINT, &interrupt, nullptr);
    sigaction(SIGQUIT, &quit, nullptr);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    char shell[] = "sh", option[] = "-c";
    char* argv[] = {shell, option, const_cast<char*>(command), nullptr};
    execute("/bin/sh", argv, environ);
    _exit(127);
}

}  // namespace

uint64_t prepare_fork() noexcept {
    begin_sharing();
    if (open_count() == 0 && mapped_count() == 0) return 0;
    leave_all_known();
    Call call(shm::Op::fork_prepare);
    return call.run() == 0 ? call.reply().value : 0;
}

void tell_child(uint64_t ticket, pid_t pid) noexcept {
    end_sharing();
    if (!ticket) return;
    Call call(shm::Op::fork_bind);
    if (call.error()) return;
    call.request().count = ticket;
    call.request().arg = pid > 0 ? static_cast<uint32_t>(pid) : 0;
    call.run();
}

pid_t shim_fork() {
    uint64_t ticket = prepare_fork();
    return forked(real.fork(), ticket);
}
// A child that shares our memory could not have a ring of its own.
pid_t shim_vfork() { return shim_fork(); }
pid_t shim__Fork() {
    uint64_t ticket = prepare_fork();
    return forked(real._Fork(), ticket);
}

// clone(2) through libc. A thread is none of our business. A child that shares our memory but not
// our descriptors could not keep a table of them: it gets memory of its own, as after vfork.
int shim_clone(int (*function)(void*), void* stack, int flags, void* argument, pid_t* parent,
               void* area, pid_t* child) {
    constexpr int like_vfork = CLONE_VM | CLONE_VFORK;
    bool holds = open_count() != 0 || mapped_count() != 0;
    if ((flags & (like_vfork | CLONE_FILES)) == like_vfork && holds) flags &= ~CLONE_VM;
    if (flags & CLONE_VM || !function)
        return real.clone(function, stack, flags, argument, parent, area, child);
    struct Begin {
        int (*function)(void*);
        void* argument;
        uint64_t ticket;
        static int run(void* from) {
            auto* begin = static_cast<Begin*>(from);
            set_ticket(begin->ticket);
            return begin->function(begin->argument);
        }
    } begin{function, argument, prepare_fork()};
    int pid = real.clone(Begin::run, stack, flags, &begin, parent, area, child);
    int error = errno;
    tell_child(begin.ticket, pid);
    errno = error;
    return pid;
}

// As system(3) says: SIGINT and SIGQUIT are the child's meanwhile, SIGCHLD waits.
int shim_system(const char* command) {
    if (settings.prefix_count == 0) return real.system(command);
    if (!command) return 1;
    struct sigaction ignore{}, interrupt, quit;
    ignore.sa_handler = SIG_IGN;
    sigset_t child_mask, mask;
    sigemptyset(&child_mask);
    sigaddset(&child_mask, SIGCHLD);
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    sigprocmask(SIG_BLOCK, &child_mask, &mask);
    int status = -1;
    pid_t pid = shim_fork();
    if (pid == 0) run_shell(command, interrupt, quit, mask);
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) {
            status = -1;
            break;
        }
    int error = errno;
    sigaction(SIGINT, &interrupt, nullptr);
    sigaction(SIGQUIT, &quit, nullptr);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    errno = error;
    return status;
}

FILE* shim_popen(const char* command, const char* mode) {
    if (settings.prefix_count == 0) return real.popen(command, mode);
    SharedEnvironment environment;
    return real.popen(command, mode);
}

int shim_daemon(int keep_cwd, int keep_streams) {
    if (open_count() == 0) return real.daemon(keep_cwd, keep_streams);
    pid_t pid = shim_fork();
    if (pid < 0) return -1;
    if (pid > 0) _exit(0);
    if (setsid() < 0) return -1;
    if (!keep_cwd) shim_chdir("/");
    if (keep_streams) return 0;
    int null = shim_open("/dev/null", O_RDWR, 0);
    if (null < 0) return -1;
    for (int fd = 0; fd < 3; ++fd) shim_dup2(null, fd);
    if (null > 2) shim_close(null);
    return 0;
}

void shim__exit(int status) {
    write_counts();
    real._exit(status);
}

}  // namespace strait::preload
