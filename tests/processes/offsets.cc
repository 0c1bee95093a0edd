// SPDX-License-Identifier: LGPL-2.1-or-later
// What descriptors share over fork, dup, exec, and what they do not.
#include <sys/file.h>

#include "tests/processes/claims.h"

namespace {

// Whether another open of "f" may take the lock now.
bool free_for_others(short type = F_WRLCK) {
    return in_child([&] {
               struct flock lock{};
               lock.l_type = type;
               _exit(fcntl(open("f", O_RDWR), F_SETLK, &lock) == 0 ? 0 : 1);
           }) == 0;
}

int record_lock(int fd, int command, short type) {
    struct flock lock{};
    lock.l_type = type;
    return fcntl(fd, command, &lock);
}

int record_lock_of(int fd, short type, off_t begin, off_t length) {
    struct flock lock{};
    lock.l_type = type;
    lock.l_start = begin;
    lock.l_len = length;
    return fcntl(fd, F_SETLK, &lock);
}

}  // namespace

CLAIM(the_position_is_shared_by_fork_and_dup) {
    int fd = make_file("f", 100);
    int copy = dup(fd);
    must(lseek(fd, 10, SEEK_SET) == 10 && lseek(copy, 0, SEEK_CUR) == 10);
    must(in_child([&] { must(lseek(copy, 5, SEEK_CUR) == 15); }) == 0);
    char got;
    must(read(fd, &got, 1) == 1 && got == byte_at(15));
    int other = open("f", O_RDONLY);
    must(lseek(other, 0, SEEK_CUR) == 0);
}

CLAIM(the_position_is_shared_with_a_program_that_was_started) {
    int fd = make_file("f", 100);
    must(lseek(fd, 20, SEEK_SET) == 20);
    must(in_child([&] {
             must(dup2(fd, 0) == 0);
             execl("/bin/sh", "sh", "-c", "dd bs=1 count=5 of=g 2> /dev/null", nullptr);
         }) == 0);
    must(lseek(fd, 0, SEEK_CUR) == 25);
    must(content("g") == content("f").substr(20, 5));
}

CLAIM(close_on_exec_is_each_descriptors_own) {
    int fd = make_file("f", 10), kept = dup(fd);
    must(fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(kept, F_GETFD) == 0);
    std::string line = "true <&" + std::to_string(kept) + " && ! { true <&" + std::to_string(fd) +
                       "; } 2> /dev/null";
    must(in_child([&] { execl("/bin/bash", "bash", "-c", line.c_str(), nullptr); }) == 0);
}

CLAIM(status_flags_are_shared) {
    int fd = make_file("f", 10), copy = dup(fd);
    must(in_child([&] { must(fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) | O_APPEND) == 0); }) == 0);
    must(fcntl(fd, F_GETFL) & O_APPEND);
    must(lseek(fd, 0, SEEK_SET) == 0 && write(fd, "x", 1) == 1);
    must(content("f").size() == 11);
    std::string line = "import fcntl, os; os._exit(0 if fcntl.fcntl(" + std::to_string(copy) +
                       ", fcntl.F_GETFL) & os.O_APPEND else 1)";
    must(in_child([&] { execlp("python3", "python3", "-c", line.c_str(), nullptr); }) == 0);
}

CLAIM(appends_of_many_processes_do_not_overlap) {
    int fd = open("f", O_WRONLY | O_CREAT | O_APPEND, 0644);
    fflush(stdout);
    pid_t children[8];
    for (int i = 0; i < 8; ++i)
        if ((children[i] = fork()) == 0) {
            int own = i % 2 ? fd : open("f", O_WRONLY | O_APPEND);
            std::string line(19, static_cast<char>('a' + i));
            line += '\n';
            for (int round = 0; round < 50; ++round) must(write(own, line.data(), 20) == 20);
            _exit(0);
        }
    for (pid_t child : children) must(status_of(child) == 0);
    std::string all = content("f");
    must(all.size() == 8 * 50 * 20);
    for (size_t at = 0; at < all.size(); at += 20)
        must(all.substr(at, 19) == std::string(19, all[at]) && all[at + 19] == '\n');
}

CLAIM(a_record_lock_is_the_processs_and_ends_with_any_close) {
    int fd = make_file("f", 10);
    must(record_lock(fd, F_SETLK, F_WRLCK) == 0);
    must(!free_for_others());
    must(in_child([&] { must(record_lock(fd, F_SETLK, F_WRLCK) == -1); }) == 0);
    must(!free_for_others());
    close(open("f", O_RDONLY));
    must(free_for_others());
}

CLAIM(a_process_locks_through_whichever_open_it_likes) {
    int one = make_file("f", 100), other = open("f", O_RDWR);
    must(record_lock_of(one, F_WRLCK, 0, 8) == 0 && record_lock_of(one, F_UNLCK, 0, 8) == 0);
    must(record_lock_of(other, F_WRLCK, 0, 8) == 0);
    must(record_lock_of(one, F_WRLCK, 4, 8) == 0);
    must(!free_for_others());
    // What one took the other gives back.
    must(record_lock_of(one, F_UNLCK, 0, 0) == 0);
    must(free_for_others());
}

CLAIM(locks_of_opens_that_come_and_go) {
    close(make_file("f", 100));
    for (int round = 0; round < 20; ++round) {
        int fd = open("f", O_RDWR);
        must(record_lock_of(fd, F_WRLCK, 8 * round, 8) == 0);
        must(!free_for_others());
        must(close(fd) == 0);
        must(free_for_others());
    }
}

CLAIM(a_read_only_open_holds_read_locks_beside_write_locks_of_another) {
    close(make_file("f", 100));
    int readable = open("f", O_RDONLY);
    for (int round = 0; round < 3; ++round) {
        int fd = open("f", O_RDWR);
        must(record_lock_of(readable, F_RDLCK, 50, 10) == 0);
        must(record_lock_of(fd, F_WRLCK, 8 * round, 8) == 0);
        must(record_lock_of(fd, F_WRLCK, 50, 20) == 0);
        must(!free_for_others(F_RDLCK));
        must(close(fd) == 0);
        must(free_for_others());
    }
}

CLAIM(a_record_lock_stays_over_exec) {
    Turn locked;
    close(make_file("f", 10));
    fflush(stdout);
    int ends[2];
    must(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = open("f", O_RDWR);
        must(record_lock(fd, F_SETLK, F_WRLCK) == 0);
        must(dup2(ends[0], 0) == 0);
        close(ends[0]);
        close(ends[1]);
        locked.give();
        execl("/bin/cat", "cat", nullptr);
        _exit(1);
    }
    close(ends[0]);
    locked.take();
    must(!free_for_others());
    close(ends[1]);
    must(status_of(child) == 0);
    must(free_for_others());
}

CLAIM(an_opens_lock_is_shared_by_fork_and_ends_with_the_last) {
    int fd = make_file("f", 10);
    must(flock(fd, LOCK_EX) == 0);
    Turn closed;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        must(flock(fd, LOCK_EX | LOCK_NB) == 0);
        closed.take();
        _exit(flock(open("f", O_RDWR), LOCK_EX | LOCK_NB) == -1 ? 0 : 1);
    }
    must(close(fd) == 0);
    int other = open("f", O_RDWR);
    must(flock(other, LOCK_EX | LOCK_NB) == -1);
    closed.give();
    must(status_of(child) == 0);
    must(flock(other, LOCK_EX) == 0);
}

CLAIM(an_ofd_lock_belongs_to_the_open) {
    int fd = make_file("f", 10), other = open("f", O_RDWR);
    must(record_lock(fd, F_OFD_SETLK, F_WRLCK) == 0);
    must(record_lock(other, F_OFD_SETLK, F_WRLCK) == -1);
    must(in_child([&] { must(record_lock(fd, F_OFD_SETLK, F_WRLCK) == 0); }) == 0);
    close(open("f", O_RDONLY));
    must(record_lock(other, F_OFD_SETLK, F_WRLCK) == -1);
    close(fd);
    must(record_lock(other, F_OFD_SETLK, F_WRLCK) == 0);
}
