// SPDX-License-Identifier: LGPL-2.1-or-later
// What each call costs in compounds, and what can be ended when the server says nothing.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "fuse/mountpoint.h"
#include "tests/fuse/mounted.h"

namespace strait::fuse::test {

TEST_F(MemoryMountTest, a_stat_asks_once_for_each_component_that_is_not_known) {
    Mounted other(server_);
    for (const char* name : {"a", "a/b", "a/b/c"}) mkdir(other.path(name).c_str(), 0755);
    put(other.path("a/b/c/f"), "x");
    mount_.programs();
    struct stat found{};
    EXPECT_EQ(stat(at("a/b/c/f").c_str(), &found), 0);
    EXPECT_EQ(mount_.programs(), 4u);
    EXPECT_EQ(stat(at("a/b/c/f").c_str(), &found), 0);
    EXPECT_EQ(mount_.programs(), 0u);
}

TEST_F(MemoryMountTest, a_listing_with_attributes_asks_for_no_entry_by_itself) {
    Mounted other(server_);
    for (int i = 0; i < 1000; i++) put(other.path("f" + std::to_string(i)), "x");
    mount_.programs();
    EXPECT_EQ(in_child([&] {
                  if (!freopen("/dev/null", "w", stdout)) return 2;
                  execlp("ls", "ls", "-l", at("").c_str(), nullptr);
                  return 1;
              }),
              0);
    // One reply of the server holds them all.
    EXPECT_LE(mount_.programs(), 3u);
}

TEST_F(MemoryMountTest, opening_reading_and_closing_a_known_file_is_one_question) {
    Mounted other(server_);
    put(other.path("f"), pattern(4096));
    struct stat found{};
    EXPECT_EQ(stat(at("f").c_str(), &found), 0);
    mount_.programs();
    EXPECT_EQ(get(at("f")), pattern(4096));
    EXPECT_LE(mount_.programs(), 3u);
    EXPECT_EQ(get(at("f")), pattern(4096));
    EXPECT_LE(mount_.programs(), 3u);
}

TEST_F(MemoryMountTest, a_new_small_file_is_four_questions) {
    mount_.programs();
    put(at("f"), pattern(4096));
    struct stat found{};
    EXPECT_EQ(stat(at("f").c_str(), &found), 0);
    EXPECT_LE(mount_.programs(), 4u);
}

TEST_F(MemoryMountTest, forgotten_files_leave_nothing_behind) {
    for (int i = 0; i < 500; i++) put(at("f" + std::to_string(i)), "");
    for (int i = 0; i < 500; i++) unlink(at("f" + std::to_string(i)).c_str());
    struct stat found{};
    EXPECT_EQ(stat(at("").c_str(), &found), 0);
    // Forgets come in their own time; what was forgotten and made again is found again.
    put(at("f0"), "again");
    EXPECT_EQ(get(at("f0")), "again");
}

// --- a server that says nothing

TEST_F(MemoryMountTest, who_waits_for_a_silent_server_can_be_killed) {
    mount_.gate().close();
    pid_t child = start_child([&] { return access(at("missing").c_str(), F_OK); });
    mount_.gate().wait_for_waiting(1);
    kill(child, SIGKILL);
    EXPECT_EQ(wait_for(child), -SIGKILL);
    mount_.gate().open();
    EXPECT_EQ(outcome(access(at("missing").c_str(), F_OK)), ENOENT);
}

TEST_F(MemoryMountTest, a_killed_writer_does_not_wait_for_its_close) {
    Word ready;
    pid_t child = start_child([&] {
        int file = open(at("f").c_str(), O_CREAT | O_WRONLY, 0644);
        if (write(file, "data", 4) != 4) return 1;
        ready.say();
        pause();
        return 0;
    });
    ready.hear();
    mount_.gate().close();
    kill(child, SIGKILL);
    EXPECT_EQ(wait_for(child), -SIGKILL);
    mount_.gate().open();
    EXPECT_EQ(get(at("f")), "data");
}

TEST_F(MemoryMountTest, a_signal_that_does_not_kill_ends_no_call) {
    mount_.gate().close();
    Word ready;
    pid_t child = start_child([&] {
        struct sigaction heard{};
        heard.sa_handler = [](int) {};
        sigaction(SIGUSR1, &heard, nullptr);
        ready.say();
        struct stat found{};
        return outcome(stat(at("missing").c_str(), &found)) == ENOENT ? 0 : 1;
    });
    ready.hear();
    mount_.gate().wait_for_waiting(1);
    kill(child, SIGUSR1);
    kill(child, SIGUSR1);
    mount_.gate().open();
    EXPECT_EQ(wait_for(child), 0);
}

TEST_F(MemoryMountTest, an_aborted_connection_lets_everybody_go) {
    mount_.gate().close();
    pid_t child = start_child([&] { return outcome(access(at("missing").c_str(), F_OK)); });
    mount_.gate().wait_for_waiting(1);
    auto mounted = mounted_at(mount_.path());
    ASSERT_TRUE(mounted && mounted->ours());
    (void)abort_connection(*mounted).has_value();
    EXPECT_THAT(wait_for(child), ::testing::AnyOf(ECONNABORTED, ENOTCONN));
}

}  // namespace strait::fuse::test
