// SPDX-License-Identifier: LGPL-2.1-or-later
// What a container's seccomp profile does to us: io_uring and the newest calls are refused, and the
// loop goes on without.
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>

#include "reactor/tcp.h"
#include "reactor/test_support.h"

namespace strait {
namespace {

constexpr uint32_t io_uring_setup = 425;
constexpr uint32_t epoll_pwait2 = 441;
constexpr uint32_t futex_waitv = 449;

// Answers the three calls with `number` from now on, in this process.
bool refuse_new_calls(int number) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, io_uring_setup, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, epoll_pwait2, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, futex_waitv, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(number)),
    };
    sock_fprog filter{std::size(program), program};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

Task<> asks_itself(Reactor& loop) {
    auto listener = co_await TcpListener::bind(loop, Address::loopback(0));
    TcpStream client = co_await TcpStream::connect(loop, listener.local());
    TcpStream server = co_await listener.accept();
    co_await client.send(BufferChain(Buffer::copy_of("x")));
    Buffer came = co_await server.receive();
    if (came.text() != "x") co_await Errc::io;
    co_await loop.sleep_for(1ms);
}

// Which step failed; 0: none.
int lives_without(int number) {
    if (!refuse_new_calls(number)) return 77;
    ::unsetenv("STRAIT_REACTOR");
    auto loop = Reactor::create();
    if (!loop) return 1;
    if ((*loop)->backend_kind() != BackendKind::epoll) return 2;
    if (!(*loop)->block_on(asks_itself(**loop))) return 3;
    std::atomic<uint32_t> word{0};
    auto waits = (*loop)->with_deadline((*loop)->futex_wait(&word, 0), MonoClock::now() + 2ms);
    if ((*loop)->block_on(std::move(waits)).error() != Errc::timedout) return 4;
    ReactorOptions options;
    options.backend = BackendKind::uring;
    loop->reset();
    auto asked = Reactor::create(options);
    if (asked || asked.error().status != static_cast<uint32_t>(number)) return 5;
    return 0;
}

class Refused : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(reactor, Refused, testing::Values(EPERM, ENOSYS));

TEST_P(Refused, where_io_uring_is_refused_epoll_serves) {
    pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) ::_exit(lives_without(GetParam()));
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "seccomp filters are refused here";
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace strait
