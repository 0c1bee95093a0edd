// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "tests/fuse/mounted.h"

namespace strait::fuse::test {

namespace {

int lock(int file, short type, int command = F_SETLK, off_t start = 0, off_t length = 0) {
    struct flock wanted{};
    wanted.l_type = type;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = start;
    wanted.l_len = length;
    return outcome(fcntl(file, command, &wanted));
}

int open_rw(const std::string& path) {
    return open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
}

}  // namespace

TEST_P(MountTest, a_range_that_another_process_holds_is_refused_and_named) {
    int file = open_rw(at("f"));
    EXPECT_EQ(lock(file, F_WRLCK, F_SETLK, 10, 10), 0);
    const pid_t us = getpid();
    EXPECT_EQ(in_child([&] {
                  int other = open_rw(at("f"));
                  if (lock(other, F_WRLCK, F_SETLK, 15, 1) != EAGAIN) return 1;
                  if (lock(other, F_WRLCK, F_SETLK, 20, 10) != 0) return 2;
                  struct flock test{};
                  test.l_type = F_RDLCK;
                  if (fcntl(other, F_GETLK, &test) != 0 || test.l_type != F_WRLCK) return 3;
                  return test.l_start == 10 && test.l_len == 10 && test.l_pid == us ? 0 : 4;
              }),
              0);
    close(file);
}

TEST_P(MountTest, closing_any_descriptor_of_the_file_gives_its_locks_back) {
    int file = open_rw(at("f"));
    EXPECT_EQ(lock(file, F_WRLCK), 0);
    close(open_rw(at("f")));
    EXPECT_EQ(in_child([&] { return lock(open_rw(at("f")), F_WRLCK); }), 0);
    close(file);
}

TEST_P(MountTest, who_waits_for_a_lock_gets_it_when_it_is_given_back) {
    int file = open_rw(at("f"));
    EXPECT_EQ(lock(file, F_WRLCK), 0);
    Word ready;
    pid_t child = start_child([&] {
        int other = open_rw(at("f"));
        ready.say();
        return lock(other, F_WRLCK, F_SETLKW);
    });
    ready.hear();
    EXPECT_EQ(lock(file, F_UNLCK), 0);
    EXPECT_EQ(wait_for(child), 0);
    close(file);
}

TEST_P(MountTest, a_signal_ends_a_wait_for_a_lock) {
    int file = open_rw(at("f"));
    EXPECT_EQ(lock(file, F_WRLCK), 0);
    EXPECT_EQ(in_child([&] {
                  struct sigaction heard{};
                  heard.sa_handler = [](int) {};
                  sigaction(SIGALRM, &heard, nullptr);  // no SA_RESTART
                  // Until the wait has begun and been ended: a signal before it is no use.
                  const itimerval each{{0, 20000}, {0, 20000}};
                  setitimer(ITIMER_REAL, &each, nullptr);
                  return lock(open_rw(at("f")), F_WRLCK, F_SETLKW) == EINTR ? 0 : 1;
              }),
              0);
    close(file);
}

TEST_P(MountTest, flock_belongs_to_the_open_file_and_not_to_the_process) {
    int a = open_rw(at("f")), b = open_rw(at("f"));
    EXPECT_EQ(outcome(flock(a, LOCK_EX | LOCK_NB)), 0);
    EXPECT_EQ(outcome(flock(b, LOCK_SH | LOCK_NB)), EWOULDBLOCK);
    EXPECT_EQ(outcome(flock(a, LOCK_UN)), 0);
    EXPECT_EQ(outcome(flock(b, LOCK_EX | LOCK_NB)), 0);
    close(b);
    EXPECT_EQ(outcome(flock(a, LOCK_EX | LOCK_NB)), 0);
    close(a);
}

TEST_F(MemoryMountTest, locks_of_two_mounts_exclude_each_other_and_bring_fresh_data) {
    Mounted other(server_);
    put(at("f"), "0");
    int here = open_rw(at("f")), there = open_rw(other.path("f"));
    for (int round = 1; round <= 20; round++) {
        int writer = round % 2 ? here : there, reader = round % 2 ? there : here;
        EXPECT_EQ(lock(writer, F_WRLCK), 0);
        std::string text = std::to_string(round);
        EXPECT_EQ(pwrite(writer, text.data(), text.size(), 0), ssize_t(text.size()));
        EXPECT_EQ(lock(writer, F_UNLCK), 0);
        EXPECT_EQ(lock(reader, F_RDLCK), 0);
        char got[8] = {};
        EXPECT_EQ(pread(reader, got, sizeof(got), 0), ssize_t(text.size()));
        EXPECT_EQ(got, text);
        EXPECT_EQ(lock(reader, F_UNLCK), 0);
    }
    // Locks of this process's two descriptors are of two mounts: two clients.
    EXPECT_EQ(lock(here, F_WRLCK), 0);
    EXPECT_EQ(lock(there, F_WRLCK), EAGAIN);
    close(here);
    close(there);
}

}  // namespace strait::fuse::test
