// SPDX-License-Identifier: LGPL-2.1-or-later
// A property, not a hope: how many system calls a round trip at depth 1 makes, counted by tracing a
// child.
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>

#include "reactor/tcp.h"
#include "reactor/test_support.h"

namespace strait {
namespace {

constexpr int rounds = 100;
constexpr long marker = SYS_getppid;  // brackets what is counted

Task<> ask(TcpStream& stream) {
    co_await stream.send(BufferChain(Buffer::copy_of("question")));
    Buffer answer = co_await stream.receive();
    if (answer.empty()) co_await Errc::closed;
}

// The traced child: never returns.
[[noreturn]] void child(BackendKind kind, const Address& address) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(3);
    ::raise(SIGSTOP);
    ReactorOptions options;
    options.backend = kind;
    auto loop = Reactor::create(options);
    if (!loop) ::_exit(4);
    auto stream = (*loop)->block_on(TcpStream::connect(**loop, address));
    if (!stream) ::_exit(5);
    for (int i = 0; i < 10; i++) (void)(*loop)->block_on(ask(*stream));
    ::syscall(marker);
    for (int i = 0; i < rounds; i++)
        if (!(*loop)->block_on(ask(*stream))) ::_exit(6);
    ::syscall(marker);
    ::_exit(0);
}

void serve(int listener) {
    int fd = ::accept(listener, nullptr, nullptr);
    char room[64];
    ssize_t count;
    while ((count = ::recv(fd, room, sizeof(room), 0)) > 0)
        if (::send(fd, room, static_cast<size_t>(count), MSG_NOSIGNAL) != count) break;
    ::close(fd);
}

// The system calls that `pid` makes between its two markers, by number; its exit status in
// `status`.
std::map<long, int> trace(pid_t pid, int& status) {
    std::map<long, int> calls;
    int markers = 0;
    bool entering = true;
    ::waitpid(pid, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACESYSGOOD);
    while (::ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr) == 0 &&
           ::waitpid(pid, &status, 0) == pid) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) break;
        if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
        if (entering) {
            __ptrace_syscall_info info{};
            ::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
            auto number = static_cast<long>(info.entry.nr);
            if (number == marker) {
                markers++;
            } else if (markers == 1) {
                calls[number]++;
            }
        }
        entering = !entering;
    }
    return calls;
}

using Syscalls = ReactorTest;
STRAIT_BOTH_BACKENDS(Syscalls);

TEST_P(Syscalls, a_round_trip_at_depth_1_is_one_send_and_one_wait_that_brings_the_answer) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    GTEST_SKIP() << "the sanitizers make calls of their own";
#endif
    int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Address any = Address::loopback(0);
    ASSERT_EQ(::bind(listener, any.native(), any.native_size()), 0);
    ASSERT_EQ(::listen(listener, 1), 0);
    sockaddr_storage storage;
    socklen_t size = sizeof(storage);
    ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&storage), &size), 0);
    Address address = Address::from_native(reinterpret_cast<sockaddr*>(&storage), size);
    loop.reset();  // the child makes its own
    pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) child(GetParam(), address);
    std::jthread server(serve, listener);
    int status = 0;
    auto calls = trace(pid, status);
    ::shutdown(listener, SHUT_RDWR);  // should the child not have come
    server.join();
    ::close(listener);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 3) GTEST_SKIP() << "tracing is refused here";
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 0);
    int total = 0;
    for (auto [number, count] : calls) total += count;
    EXPECT_EQ(calls[SYS_sendmsg], rounds);
    if (GetParam() == BackendKind::uring) {
        EXPECT_EQ(calls[SYS_io_uring_enter], rounds);
        EXPECT_EQ(total, 2 * rounds);
    } else {
        EXPECT_EQ(calls[SYS_recvfrom], rounds);
        EXPECT_EQ(total, 3 * rounds);
    }
}

}  // namespace
}  // namespace strait
