// SPDX-License-Identifier: LGPL-2.1-or-later
// Small files that are only read: whoever may have all of such a file at hand must notice what
// others do to it, and share its position.
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tests/processes/claims.h"

namespace {

// A new open of "f", a file of a hundred bytes, with `passed` of them read.
int open_small(size_t passed = 0) {
    close(make_file("f", 100));
    int fd = open("f", O_RDONLY);
    char bytes[100];
    must(read(fd, bytes, passed) == static_cast<ssize_t>(passed));
    must(std::string(bytes, passed) == content("f").substr(0, passed));
    return fd;
}

off_t position(int fd) { return lseek(fd, 0, SEEK_CUR); }

off_t size_of(int fd) {
    struct stat found;
    must(fstat(fd, &found) == 0);
    return found.st_size;
}

bool reads(int fd, const std::string& expected) {
    char bytes[200];
    ssize_t got = read(fd, bytes, expected.empty() ? sizeof(bytes) : expected.size());
    return got >= 0 && std::string(bytes, static_cast<size_t>(got)) == expected;
}

void change(const char* text, off_t offset) {
    must(in_child([&] {
             int fd = open("f", O_WRONLY);
             must(pwrite(fd, text, strlen(text), offset) == static_cast<ssize_t>(strlen(text)));
         }) == 0);
}

// Takes one byte after the other, from where the others are.
struct Taken {
    int fd;
    size_t times[256];
};
void* take_bytes(void* argument) {
    auto* taken = static_cast<Taken*>(argument);
    unsigned char byte;
    while (read(taken->fd, &byte, 1) == 1) taken->times[byte]++;
    return nullptr;
}

}  // namespace

CLAIM(what_was_read_before_a_fork_counts_for_both) {
    int fd = open_small(10);
    must(in_child([&] { must(position(fd) == 10 && reads(fd, content("f").substr(10, 5))); }) == 0);
    must(position(fd) == 15 && reads(fd, content("f").substr(15, 3)) && position(fd) == 18);
}

CLAIM(a_program_that_is_started_goes_on_reading_where_this_one_was) {
    int fd = open_small(7);
    must(dup2(fd, 0) == 0);
    must(system("head -c 5 > g") == 0 && content("g") == content("f").substr(7, 5));
    char command[] = "dd bs=1 count=4 of=h 2> /dev/null", shell[] = "sh", flag[] = "-c";
    char* argv[] = {shell, flag, command, nullptr};
    must(lseek(0, 20, SEEK_SET) == 20);
    pid_t pid;
    must(posix_spawnp(&pid, "sh", nullptr, nullptr, argv, environ) == 0 && status_of(pid) == 0);
    must(content("h") == content("f").substr(20, 4) && position(0) == 24);
    FILE* stream = popen("dd bs=1 count=4 of=i 2> /dev/null", "r");
    must(stream && pclose(stream) == 0);
    must(content("i") == content("f").substr(24, 4) && position(0) == 28);
}

CLAIM(a_program_takes_over_the_position_that_was_reached) {
    must(in_child([] {
             must(dup2(open_small(30), 0) == 0);
             execl("/bin/sh", "sh", "-c", "dd bs=1 count=4 of=g 2> /dev/null", nullptr);
         }) == 0);
    must(content("g") == content("f").substr(30, 4));
}

CLAIM(a_descriptor_that_is_sent_keeps_its_position) {
    int fd = open_small(12), ends[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    char byte = 'x';
    iovec part{&byte, 1};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    must(in_child([&] {
             int mine = open("f", O_RDONLY);
             must(reads(mine, content("f").substr(0, 40)));
             cmsghdr* head = CMSG_FIRSTHDR(&message);
             head->cmsg_level = SOL_SOCKET;
             head->cmsg_type = SCM_RIGHTS;
             head->cmsg_len = CMSG_LEN(sizeof(int));
             memcpy(CMSG_DATA(head), &mine, sizeof(int));
             must(sendmsg(ends[1], &message, 0) == 1);
         }) == 0);
    must(recvmsg(ends[0], &message, 0) == 1);
    int got;
    memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
    must(position(got) == 40 && position(fd) == 12);
}

// As forkpty(3) does.
CLAIM(a_child_that_no_call_announced_may_close_and_go_on_with_what_it_inherits) {
    int fd = open_small(9), other = open_small(20);
    auto pid = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    if (pid == 0) {
        must(close(other) == 0 && position(fd) == 9);
        must(reads(fd, content("f").substr(9, 5)));
        _exit(0);
    }
    must(pid > 0 && status_of(pid) == 0 && size_of(other) == 100);
    must(reads(other, content("f").substr(20, 5)));
}

CLAIM(threads_that_open_while_others_fork_keep_their_positions) {
    close(make_file("f", 100));
    bool stop = false;
    pthread_t forking;
    const auto fork_on = [](void* argument) -> void* {
        while (!__atomic_load_n(static_cast<bool*>(argument), __ATOMIC_ACQUIRE))
            must(in_child([] {}) == 0);
        return nullptr;
    };
    must(pthread_create(&forking, nullptr, fork_on, &stop) == 0);
    const std::string all = content("f");
    for (int round = 0; round < 300; ++round) {
        int fd = open("f", O_RDONLY);
        must(reads(fd, all.substr(0, 7)) && reads(fd, all.substr(7, 8)) && position(fd) == 15);
        close(fd);
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    must(pthread_join(forking, nullptr) == 0);
}

CLAIM(a_copy_goes_where_both_positions_are) {
    int from = open_small(10);
    close(make_file("g", 50));
    int to = open("g", O_RDWR);
    const std::string before = content("g");
    must(lseek(to, 20, SEEK_SET) == 20);
    must(copy_file_range(from, nullptr, to, nullptr, 5, 0) == 5);
    must(position(from) == 15 && position(to) == 25);
    must(content("g") == before.substr(0, 20) + content("f").substr(10, 5) + before.substr(25));
    must(lseek(to, 40, SEEK_SET) == 40 && write(to, "end", 3) == 3);
    must(content("g").substr(40, 3) == "end" && position(to) == 43);
}

CLAIM(what_others_write_is_read_by_who_had_it_open) {
    int fd = open_small(10), whole = open("f", O_RDONLY);
    must(size_of(fd) == 100);
    change("HELLO", 10);
    must(reads(fd, "HELLO") && position(fd) == 15);
    change("more", 100);
    must(size_of(fd) == 104 && lseek(fd, -4, SEEK_END) == 100 && reads(fd, "more"));
    must(reads(fd, "") && reads(whole, content("f")));
    must(in_child([] { must(truncate("f", 3) == 0 && chmod("f", 0600) == 0); }) == 0);
    struct stat found;
    must(fstat(fd, &found) == 0 && found.st_size == 3 && (found.st_mode & 0777) == 0600);
    must(reads(fd, "") && lseek(fd, 1, SEEK_SET) == 1 && reads(fd, content("f").substr(1)));
}

CLAIM(what_is_stored_into_a_mapping_is_read_by_who_had_it_open) {
    int fd = open_small();
    must(reads(fd, content("f").substr(0, 5)));
    int other = open("f", O_RDWR);
    char* at = map(other, 100, PROT_READ | PROT_WRITE, MAP_SHARED);
    int late = open("f", O_RDONLY);
    memcpy(at + 5, "stored", 6);
    must(reads(fd, "stored"));
    must(lseek(late, 5, SEEK_SET) == 5 && reads(late, "stored"));
}

CLAIM(positions_of_many_opens_are_their_own) {
    close(make_file("f", 100));
    int opens[300];
    for (int& fd : opens) fd = open("f", O_RDONLY);
    const std::string all = content("f");
    for (size_t round = 0; round < 3; ++round)
        for (size_t i = 0; i < 300; ++i) {
            const size_t step = i / 15 + 1;
            must(position(opens[i]) == static_cast<off_t>(round * step));
            must(reads(opens[i], all.substr(round * step, step)));
        }
}

CLAIM(positions_go_where_they_are_sent) {
    int fd = open_small(10), copy = dup(fd);
    must(lseek(copy, 5, SEEK_CUR) == 15 && position(fd) == 15);
    must(lseek(fd, -16, SEEK_CUR) < 0 && errno == EINVAL && position(copy) == 15);
    must(lseek(fd, 1000, SEEK_SET) == 1000 && reads(fd, "") && position(copy) == 1000);
    char byte;
    must(pread(fd, &byte, 1, 99) == 1 && byte == byte_at(99) && position(fd) == 1000);
    must(pread(fd, &byte, 1, 100) == 0 && pread(fd, &byte, 1, -1) < 0 && errno == EINVAL);
    must(lseek(fd, -1, SEEK_END) == 99 && reads(copy, content("f").substr(99)));
    must(write(fd, "x", 1) < 0 && errno == EBADF && lseek(fd, 0, 77) < 0 && errno == EINVAL);
}

CLAIM(threads_that_share_a_position_take_each_byte_once) {
    for (int round = 0; round < 20; ++round) {
        close(make_file("f", 4000));
        Taken taken[4] = {};
        int fd = open("f", O_RDONLY);
        pthread_t threads[4];
        for (int i = 0; i < 4; ++i) {
            taken[i].fd = fd;
            must(pthread_create(&threads[i], nullptr, take_bytes, &taken[i]) == 0);
        }
        write_file("g", "a change, while they read");
        for (pthread_t thread : threads) must(pthread_join(thread, nullptr) == 0);
        close(fd);
        size_t times[256] = {};
        for (const Taken& each : taken)
            for (size_t byte = 0; byte < 256; ++byte) times[byte] += each.times[byte];
        for (unsigned char byte : content("f")) must(times[byte]-- > 0);
        for (size_t left : times) must(left == 0);
    }
}
