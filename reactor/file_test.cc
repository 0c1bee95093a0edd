// SPDX-License-Identifier: LGPL-2.1-or-later
// Files, futexes and descriptors' scarcity, on both backends.
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstdlib>

#include "reactor/tcp.h"
#include "reactor/test_support.h"

namespace strait {
namespace {

using Files = ReactorTest;
STRAIT_BOTH_BACKENDS(Files);

Descriptor unnamed_file() {
    char name[] = "/tmp/strait-file-XXXXXX";
    Descriptor fd(::mkostemp(name, O_CLOEXEC));
    ::unlink(name);
    return fd;
}

TEST_P(Files, what_is_written_in_pieces_is_read_back) {
    Descriptor file = unnamed_file();
    char a[] = "hello, ";
    char b[] = "world";
    iovec out[] = {{a, 7}, {b, 5}};
    EXPECT_EQ(run(loop->write_file(file.get(), 100, out)).value(), 12u);
    EXPECT_TRUE(run(loop->fsync(file.get(), false)).has_value());
    EXPECT_TRUE(run(loop->fsync(file.get(), true)).has_value());
    char back[20] = "";
    iovec in[] = {{back, 3}, {back + 3, 17}};
    EXPECT_EQ(run(loop->read_file(file.get(), 100, in)).value(), 12u);
    EXPECT_STREQ(back, "hello, world");
    EXPECT_EQ(run(loop->read_file(file.get(), 112, in)).value(), 0u);
}

TEST_P(Files, space_is_allocated_and_holes_are_punched) {
    Descriptor file = unnamed_file();
    ASSERT_TRUE(run(loop->fallocate(file.get(), 0, 0, 1 << 20)).has_value());
    struct stat about;
    ASSERT_EQ(::fstat(file.get(), &about), 0);
    EXPECT_EQ(about.st_size, 1 << 20);
}

TEST_P(Files, errors_carry_the_systems_number) {
    char byte;
    iovec in[] = {{&byte, 1}};
    auto outcome = run(loop->read_file(1 << 20, 0, in));
    EXPECT_EQ(outcome.error().code, Errc::badf);
    EXPECT_EQ(outcome.error().status, static_cast<uint32_t>(EBADF));
}

Task<> write_block(Reactor& loop, int fd, uint64_t number, size_t& done) {
    std::vector<uint64_t> block(1024, number);
    iovec out[] = {{block.data(), block.size() * 8}};
    size_t wrote = co_await loop.write_file(fd, number * 8192, out);
    std::vector<uint64_t> back(1024);
    iovec in[] = {{back.data(), back.size() * 8}};
    size_t read = co_await loop.read_file(fd, number * 8192, in);
    EXPECT_EQ(wrote, 8192u);
    EXPECT_EQ(read, 8192u);
    EXPECT_EQ(back, block);
    done++;
}

TEST_P(Files, many_operations_run_at_once) {
    Descriptor file = unnamed_file();
    size_t done = 0;
    Nursery writers;
    for (uint64_t i = 0; i < 600; i++) writers.spawn(write_block(*loop, file.get(), i, done));
    (void)run(writers.close());
    EXPECT_EQ(done, 600u);
}

void wake(std::atomic<uint32_t>* word) {
    ::syscall(SYS_futex, word, FUTEX_WAKE, 1 << 30, nullptr, nullptr, 0);
}

TEST_P(Files, a_futex_of_another_value_does_not_wait) {
    std::atomic<uint32_t> word{5};
    EXPECT_TRUE(run(loop->futex_wait(&word, 4)).has_value());
}

TEST_P(Files, a_futex_shared_with_another_process_wakes_the_loop) {
    void* shared = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    auto* word = new (shared) std::atomic<uint32_t>(0);
    pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        word->store(1);
        wake(word);
        ::_exit(0);
    }
    while (word->load() == 0) EXPECT_TRUE(run(loop->futex_wait(word, 0)).has_value());
    ::waitpid(child, nullptr, 0);
    ::munmap(shared, 4096);
}

TEST_P(Files, a_futex_wait_ends_by_a_wake_or_a_stop) {
    std::atomic<uint32_t> word{0};
    Result<> woken = fail(Errc::io);
    Result<> stopped;
    Nursery first;
    Nursery second;
    second.spawn(keep(loop->futex_wait(&word, 0), stopped));
    loop->poll(MonoTime::min());
    second.stop(Errc::interrupted);
    (void)run(second.close());
    EXPECT_EQ(stopped.error().code, Errc::interrupted);
    first.spawn(keep(loop->futex_wait(&word, 0), woken));
    loop->poll(MonoTime::min());
    std::jthread waker([&word] {
        word.store(1);
        wake(&word);
    });
    (void)run(first.close());
    EXPECT_TRUE(woken.has_value());
}

TEST_P(Files, a_listener_recovers_from_a_lack_of_descriptors) {
#if __has_feature(address_sanitizer)
    GTEST_SKIP() << "the sanitizer needs descriptors itself";
#endif
    auto listener = TcpListener::bind(*loop, Address::loopback(0)).value();
    // The client's socket is made before the numbers run out.
    int raw = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Descriptor client(raw);
    rlimit before;
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    Result<TcpStream> accepted = fail(Errc::io);
    Nursery waits;
    rlimit none = before;
    none.rlim_cur = 0;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    waits.spawn(keep(listener.accept(), accepted));
    ASSERT_EQ(::connect(raw, listener.local().native(), listener.local().native_size()), 0);
    MonoTime soon = MonoClock::now() + 30ms;
    while (MonoClock::now() < soon) loop->poll(soon);
    EXPECT_EQ(waits.running(), 1u);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    (void)run(waits.close());
    EXPECT_TRUE(accepted.has_value());
}

}  // namespace
}  // namespace strait
