// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstring>

#include "tests/door/fixture.h"

namespace strait::preload {
namespace {

constexpr uint32_t create = shm::flag_create | shm::flag_read | shm::flag_write;

class Door : public testing::Test {
  public:
    void SetUp() override { ASSERT_EQ(program.connect(door.socket()), 0); }
    DoorThread door;
    Program program;
};

// Runs `work` in another process and returns when that has said one byte; it lives until killed.
class Other {
  public:
    template <class Work>
    explicit Other(Work work) {
        int ends[2];
        EXPECT_EQ(pipe(ends), 0);
        pid_ = fork();
        if (pid_ == 0) {
            work();
            if (write(ends[1], "r", 1) != 1) _exit(1);
            for (;;) pause();
        }
        ::close(ends[1]);
        char byte;
        EXPECT_EQ(read(ends[0], &byte, 1), 1);
        ::close(ends[0]);
    }
    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    ~Other() { kill(); }

  private:
    pid_t pid_;
};

TEST_F(Door, what_is_written_is_read_back) {
    uint64_t token = program.open("/n/file", create);
    auto& write = program.request(shm::Op::write);
    write.token = token;
    write.data_bytes = 5;
    std::memcpy(program.ring().windows[0], "hello", 5);
    EXPECT_EQ(program.call(), 0);
    auto& read = program.request(shm::Op::read);
    read.token = token;
    read.count = 100;
    EXPECT_EQ(program.call(), 0);
    EXPECT_EQ(program.ring().slots[0].reply.data_bytes, 5u);
    EXPECT_EQ(std::memcmp(program.ring().windows[0], "hello", 5), 0);
}

TEST_F(Door, an_open_tells_what_is_known_until_something_changes) {
    const auto write_to = [&](uint64_t token) {
        auto& write = program.request(shm::Op::write);
        write.token = token;
        write.data_bytes = 5;
        std::memcpy(program.ring().windows[0], "hello", 5);
        EXPECT_EQ(program.call(), 0);
    };
    const auto close_written = [&](uint64_t token) {
        auto& close = program.request(shm::Op::close);
        close.token = token;
        close.flags = shm::flag_written;
        EXPECT_EQ(program.call(), 0);
    };
    const auto still_known = [&](const shm::Reply& reply) {
        return reply.as_of == __atomic_load_n(&program.bell().changes, __ATOMIC_SEQ_CST);
    };
    uint64_t token = program.open("/n/file", create);
    write_to(token);
    close_written(token);
    token = program.open("/n/file", shm::flag_read);
    const shm::Reply known = program.ring().slots[0].reply;
    EXPECT_EQ(known.flags, shm::reply_known | shm::reply_whole);
    EXPECT_EQ(known.stat.size, 5u);
    EXPECT_EQ(known.data_bytes, 5u);
    EXPECT_EQ(std::memcmp(program.ring().windows[0], "hello", 5), 0);
    program.request(shm::Op::stat).token = token;
    EXPECT_EQ(program.call(), 0);
    EXPECT_TRUE(still_known(known));
    uint64_t writer = program.open("/n/file", shm::flag_write);
    EXPECT_TRUE(still_known(known));
    write_to(writer);
    EXPECT_FALSE(still_known(known));
    // What waits to be written is not for others to answer.
    program.open("/n/file", shm::flag_read | shm::flag_write);
    EXPECT_EQ(program.ring().slots[0].reply.flags & shm::reply_whole, 0u);
}

TEST_F(Door, a_position_that_the_program_kept_is_told_once) {
    uint64_t token = program.open("/n/file", create);
    const auto seek = [&](uint32_t flags, uint64_t position, int64_t offset) {
        auto& request = program.request(shm::Op::seek);
        request.token = token;
        request.flags = flags;
        request.position = position;
        request.offset = static_cast<uint64_t>(offset);
        request.arg = SEEK_CUR;
        EXPECT_EQ(program.call(), 0);
        return program.ring().slots[0].reply.value;
    };
    EXPECT_EQ(seek(shm::flag_position, 10, 5), 15u);
    EXPECT_EQ(seek(shm::flag_position, 10, 5), 20u);
    EXPECT_EQ(seek(0, 0, 0), 20u);
}

TEST_F(Door, every_slot_may_be_under_way_at_once) {
    for (size_t slot = 0; slot < shm::slot_count; ++slot) {
        program.request(shm::Op::stat, slot);
        program.path(slot % 2 ? "/n" : "/n/nothing", slot);
        program.submit(slot);
    }
    for (size_t slot = 0; slot < shm::slot_count; ++slot)
        EXPECT_EQ(program.wait(slot).error, slot % 2 ? 0 : ENOENT);
}

TEST_F(Door, requests_that_do_not_hold_together_are_refused) {
    program.request(shm::Op::stat).path_bytes = shm::path_max;
    EXPECT_EQ(program.call(), EINVAL);
    program.request(shm::Op::stat).path2_bytes = ~0u;
    EXPECT_EQ(program.call(), EINVAL);
    program.request(shm::Op::write).data_bytes = shm::window_bytes + 1;
    EXPECT_EQ(program.call(), EINVAL);
    program.request(shm::Op::none).op = 60000;
    EXPECT_EQ(program.call(), EINVAL);
    program.request(shm::Op::none);
    EXPECT_EQ(program.call(), ENOSYS);
}

TEST_F(Door, each_operation_bears_a_request_of_noise) {
    uint32_t noise = 12345;
    for (int round = 0; round < 400; ++round) {
        auto& request = program.request(shm::Op::none);
        auto* bytes = reinterpret_cast<unsigned char*>(&request);
        for (size_t i = 0; i < sizeof(request); ++i)
            bytes[i] = static_cast<unsigned char>((noise = noise * 1664525 + 1013904223) >> 24);
        request.op = static_cast<uint16_t>(round % static_cast<int>(shm::Op::count_));
        if (round & 1) request.path_bytes = request.path2_bytes = request.data_bytes = 8;
        if (round & 2) request.token = request.token2 = 0;
        program.call();
    }
    program.request(shm::Op::stat);
    program.path("/n");
    EXPECT_EQ(program.call(), 0);
}

TEST_F(Door, a_token_that_the_program_does_not_hold_is_refused) {
    program.request(shm::Op::read).token = 42;
    EXPECT_EQ(program.call(), EBADF);
    program.request(shm::Op::close).token = 42;
    EXPECT_EQ(program.call(), EBADF);
}

TEST_F(Door, a_read_larger_than_the_window_gives_a_window) {
    uint64_t token = program.open("/n/large", create);
    auto& size = program.request(shm::Op::setattr);
    size.token = token;
    size.flags = shm::flag_size;
    size.offset = 2 * shm::window_bytes;
    EXPECT_EQ(program.call(), 0);
    auto& read = program.request(shm::Op::read);
    read.token = token;
    read.count = ~uint64_t{0};
    EXPECT_EQ(program.call(), 0);
    EXPECT_EQ(program.ring().slots[0].reply.data_bytes, shm::window_bytes);
}

TEST_F(Door, bells_of_rings_that_are_not_there_harm_nothing) {
    for (auto& word : program.bell().ready) __atomic_store_n(&word, ~uint64_t{0}, __ATOMIC_SEQ_CST);
    __atomic_store_n(&program.ring().header.pending, ~uint64_t{0}, __ATOMIC_SEQ_CST);
    program.request(shm::Op::stat);
    program.path("/n");
    EXPECT_EQ(program.call(), 0);
}

TEST(DoorGreeting, rings_that_could_change_their_size_are_refused) {
    DoorThread door;
    Program program;
    EXPECT_EQ(program.connect(door.socket(), {.sealed = false}), EINVAL);
    EXPECT_EQ(program.connect(door.socket(), {.ring_bytes = 4096}), EINVAL);
    EXPECT_EQ(program.connect(door.socket(), {.version = shm::version + 1}), EPROTO);
    EXPECT_EQ(program.connect(door.socket(), {.magic = 7}), EPIPE);
    EXPECT_EQ(program.connect(door.socket()), 0);
}

TEST_F(Door, a_killed_program_holds_no_lock_and_no_file) {
    Other other([this] {
        Program mine;
        mine.connect(door.socket());
        uint64_t token = mine.open("/n/locked", create);
        mine.request_lock(token, shm::lock_process);
        mine.call();
    });
    uint64_t token = program.open("/n/locked", create);
    auto lock = [&](uint32_t how) {
        program.request_lock(token, shm::lock_process | how);
        return program.call();
    };
    EXPECT_EQ(lock(0), EAGAIN);
    other.kill();
    EXPECT_EQ(lock(shm::lock_wait), 0);
    EXPECT_EQ(door.open_files(), 1u);
}

TEST_F(Door, a_wait_that_is_called_off_answers_so_and_holds_nothing) {
    uint64_t first = program.open("/n/locked", create), second = program.open("/n/locked", create);
    program.request_lock(first, 0, 0);
    EXPECT_EQ(program.call(0), 0);
    program.request_lock(second, shm::lock_wait, 1);
    program.submit(1);
    shm::call_off(program.ring(), 1, program.bell(), program.number());
    program.wake_door();
    EXPECT_EQ(program.wait(1).error, EINTR);
    program.request(shm::Op::close).token = first;
    EXPECT_EQ(program.call(0), 0);
    uint64_t third = program.open("/n/locked", create);
    program.request_lock(third, 0, 0);
    EXPECT_EQ(program.call(0), 0);
}

TEST_F(Door, a_slot_that_is_under_way_is_not_begun_again) {
    uint64_t first = program.open("/n/locked", create), second = program.open("/n/locked", create);
    program.request_lock(first, 0, 0);
    EXPECT_EQ(program.call(0), 0);
    program.request_lock(second, shm::lock_wait, 1);
    program.submit(1);
    for (int round = 0; round < 100; ++round) {
        shm::ring_bell(program.ring(), 1, program.bell(), program.number());
        program.wake_door();
    }
    program.request(shm::Op::close).token = first;
    EXPECT_EQ(program.call(0), 0);
    EXPECT_EQ(program.wait(1).error, 0);
    EXPECT_EQ(door.calls(shm::Op::lock), 2u);
}

TEST_F(Door, a_child_claims_what_its_parent_held_though_the_parent_has_closed_it) {
    uint64_t token = program.open("/n/shared", create);
    program.request(shm::Op::fork_prepare);
    EXPECT_EQ(program.call(), 0);
    uint64_t ticket = program.ring().slots[0].reply.value;
    program.request(shm::Op::close).token = token;
    EXPECT_EQ(program.call(), 0);
    EXPECT_EQ(door.open_files(), 1u);
    Other child([&] {
        Program mine;
        if (mine.connect(door.socket(), {.ticket = ticket, .holds = 1})) _exit(1);
        auto& adopt = mine.request(shm::Op::adopt);
        adopt.data_bytes = sizeof(token);
        std::memcpy(mine.ring().windows[0], &token, sizeof(token));
        if (mine.call()) _exit(1);
        mine.request(shm::Op::stat).token = token;
        if (mine.call() || !S_ISREG(mine.ring().slots[0].reply.stat.mode)) _exit(1);
    });
    EXPECT_EQ(door.open_files(), 1u);
}

TEST_F(Door, a_fork_that_failed_leaves_nothing_behind) {
    uint64_t token = program.open("/n/once", create);
    program.request(shm::Op::fork_prepare);
    EXPECT_EQ(program.call(), 0);
    uint64_t ticket = program.ring().slots[0].reply.value;
    program.request(shm::Op::fork_bind).count = ticket;
    EXPECT_EQ(program.call(), 0);
    program.request(shm::Op::close).token = token;
    EXPECT_EQ(program.call(), 0);
    EXPECT_EQ(door.open_files(), 0u);
}

TEST_F(Door, a_directory_lists_itself_its_parent_and_its_entries) {
    for (const char* name : {"/n/a", "/n/b"}) program.open(name, create);
    uint64_t token = program.open("/n", shm::flag_read | shm::flag_directory);
    auto& list = program.request(shm::Op::readdir);
    list.token = token;
    list.count = 4096;
    EXPECT_EQ(program.call(), 0);
    std::string names;
    const auto* at = program.ring().windows[0];
    const auto* end = at + program.ring().slots[0].reply.data_bytes;
    while (at < end) {
        uint16_t length;
        std::memcpy(&length, at + 16, sizeof(length));
        names += reinterpret_cast<const char*>(at) + 19;
        names += ' ';
        at += length;
    }
    EXPECT_EQ(names, ". .. a b ");
}

}  // namespace
}  // namespace strait::preload
