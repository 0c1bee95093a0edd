// SPDX-License-Identifier: LGPL-2.1-or-later
// The program: options, signals, the ready line.

#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "server/straitd/server.h"

namespace {

// A server holds many sockets and files: take what the system allows.
void raise_descriptor_limit() {
    rlimit limit;
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Blocked in all threads; the main one takes them in turn.
sigset_t block_end_signals() {
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigaddset(&end, SIGINT);
    pthread_sigmask(SIG_BLOCK, &end, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return end;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace strait::server;
    auto options = read_options(argc, argv);
    if (!options) {
        FILE* to = options.error().status == 0 ? stdout : stderr;
        std::fputs(options.error().text.c_str(), to);
        return options.error().status;
    }
    raise_descriptor_limit();
    sigset_t end = block_end_signals();
    auto server = Server::start(std::move(*options));
    if (!server) {
        std::fprintf(stderr, "straitd: %s\n", server.error().c_str());
        return 2;
    }
    for (const auto& address : (*server)->listening())
        std::printf("straitd: ready on %s\n", address.format().c_str());
    if (!(*server)->metrics_address().empty())
        std::printf("straitd: metrics on %s\n", (*server)->metrics_address().format().c_str());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&end, &signal);
    server->reset();
    return 0;
}
