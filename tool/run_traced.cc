// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/run_traced.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>

#include "reactor/descriptor.h"
#include "tool/agent_control.h"

namespace strait::tool {

namespace {

// Opens the way for the agent's lines; empty: it could not.
Descriptor listen_to(const std::string& folder) {
    std::string path = fmt::format("{}/trace.{}", folder, getpid());
    if (mkfifo(path.c_str(), 0600) != 0) return {};
    Descriptor fifo(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    auto answer = ask_agent(folder, "trace " + path);
    unlink(path.c_str());
    return answer ? std::move(fifo) : Descriptor();
}

// What has come by now. False: the agent is gone.
bool copy_lines(int fifo) {
    char piece[4096];
    for (;;) {
        ssize_t got = read(fifo, piece, sizeof(piece));
        if (got <= 0) return got < 0 && errno == EAGAIN;
        [[maybe_unused]] ssize_t put = write(2, piece, static_cast<size_t>(got));
    }
}

int exit_status(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

int run_traced(const std::string& agent_folder, const std::function<int()>& execute) {
    Descriptor fifo = listen_to(agent_folder);
    pid_t child = fork();
    if (child < 0) return 125;
    if (child == 0) _exit(execute());
    // The terminal's signals are the program's to answer.
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    Descriptor ended(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    pollfd waits[2] = {{ended.get(), POLLIN, 0}, {fifo.get(), POLLIN, 0}};
    while (fifo && ended) {
        if (poll(waits, 2, -1) < 0 && errno != EINTR) break;
        if (waits[1].revents && !copy_lines(fifo.get())) break;
        if (waits[0].revents) break;
    }
    return exit_status(child);
}

}  // namespace strait::tool
