// SPDX-License-Identifier: LGPL-2.1-or-later
// Mappings that several processes have.
#include <signal.h>
#include <stdint.h>
#include <sys/file.h>

#include "tests/processes/claims.h"

constexpr int both = PROT_READ | PROT_WRITE;

CLAIM(a_child_shares_its_parents_mapping) {
    int fd = make_file("f", 2 * page);
    char* at = map(fd, 2 * page, both, MAP_SHARED);
    must(close(fd) == 0);
    must(in_child([&] {
             at[1] = 'c';
             must(munmap(at, 2 * page) == 0);
         }) == 0);
    must(at[1] == 'c' && content("f")[1] == 'c');
    at[2] = 'p';
    must(content("f")[2] == 'p');
}

CLAIM(a_childs_mapping_outlives_its_parents) {
    Turn unmapped;
    int fd = make_file("f", page);
    char* at = map(fd, page, both, MAP_SHARED);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        unmapped.take();
        at[1] = 'c';
        _exit(content("f")[1] == 'c' ? 0 : 1);
    }
    must(munmap(at, page) == 0 && close(fd) == 0);
    unmapped.give();
    must(status_of(child) == 0);
    must(content("f")[1] == 'c');
}

CLAIM(unrelated_processes_share_one_files_pages) {
    Turn first, second;
    make_file("f", page);
    fflush(stdout);
    pid_t child = fork();
    int fd = open("f", O_RDWR);
    volatile char* at = map(fd, page, both, MAP_SHARED);
    if (child == 0) {
        first.take();
        must(at[0] == 'P');
        at[1] = 'C';
        second.give();
        first.take();
        must(at[2] == 'Q');
        _exit(0);
    }
    at[0] = 'P';
    first.give();
    second.take();
    must(at[1] == 'C');
    at[2] = 'Q';
    first.give();
    must(status_of(child) == 0);
}

CLAIM(what_a_killed_process_stored_is_in_the_file) {
    make_file("f", 3 * page);
    must(in_child([] {
             int fd = open("f", O_RDWR);
             char* at = map(fd, 3 * page, both, MAP_SHARED);
             close(fd);
             at[2 * page] = 'K';
             kill(getpid(), SIGKILL);
         }) == 1000 + SIGKILL);
    must(content("f")[2 * page] == 'K');
}

CLAIM(what_a_process_stored_before_exec_is_in_the_file) {
    make_file("f", page);
    must(in_child([] {
             char* at = map(open("f", O_RDWR), page, both, MAP_SHARED);
             at[7] = 'X';
             execl("/bin/sh", "sh", "-c", "head -c 8 f | tail -c 1 > seen", nullptr);
         }) == 0);
    must(content("seen") == "X");
}

// A counter that many add to: each addition is seen by all.
CLAIM(atomic_additions_of_many_processes_all_count) {
    constexpr int processes = 6, rounds = 2000;
    make_file("f", page);
    {
        int fd = open("f", O_RDWR);
        char* at = map(fd, page, both, MAP_SHARED);
        memset(at, 0, 8);
        close(fd);
    }
    fflush(stdout);
    pid_t children[processes];
    for (pid_t& child : children)
        if ((child = fork()) == 0) {
            auto* counter =
                reinterpret_cast<uint64_t*>(map(open("f", O_RDWR), page, both, MAP_SHARED));
            for (int i = 0; i < rounds; ++i) __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
            _exit(0);
        }
    for (pid_t child : children) must(status_of(child) == 0);
    uint64_t total;
    std::string all = content("f");
    memcpy(&total, all.data(), sizeof(total));
    must(total == uint64_t{processes} * rounds);
}

// Readers by read(2), writers by stores, one lock: nobody sees half of a record.
CLAIM(stores_under_a_lock_are_read_whole) {
    constexpr int rounds = 60;
    constexpr size_t size = 3 * page;
    int fd = make_file("f", size);
    char* at = map(fd, size, both, MAP_SHARED);
    memset(at, 'A', size);
    fflush(stdout);
    pid_t child = fork();
    int own = open("f", O_RDWR);  // flock belongs to an open
    if (child == 0) {
        for (int i = 0; i < rounds; ++i) {
            must(flock(own, 2) == 0);
            memset(at, 'A' + i % 26, size);
            must(flock(own, 8) == 0);
        }
        _exit(0);
    }
    for (int i = 0; i < rounds; ++i) {
        char got[size];
        must(flock(own, 1) == 0);
        must(pread(own, got, size, 0) == static_cast<ssize_t>(size));
        must(flock(own, 8) == 0);
        for (char each : got) must(each == got[0]);
    }
    must(status_of(child) == 0);
}
