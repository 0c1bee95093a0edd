// SPDX-License-Identifier: LGPL-2.1-or-later
// Mappings within one process.
#include <signal.h>

#include "tests/processes/claims.h"

constexpr int both = PROT_READ | PROT_WRITE;

CLAIM(a_private_mapping_shows_the_file_and_keeps_its_stores) {
    int fd = make_file("f", 3 * page + 100);
    char* at = map(fd, 3 * page + 100, both, MAP_PRIVATE);
    for (size_t i = 0; i < 3 * page + 100; ++i) must(at[i] == byte_at(i));
    must(at[3 * page + 100] == 0);
    memset(at, 'P', 10);
    must(content("f")[0] == byte_at(0));
    must(munmap(at, 3 * page + 100) == 0);
    must(content("f")[0] == byte_at(0));
}

CLAIM(stores_into_a_shared_mapping_are_read_at_once) {
    int fd = make_file("f", 2 * page);
    char* at = map(fd, 2 * page, both, MAP_SHARED);
    memcpy(at + page - 3, "across", 6);
    char got[6];
    must(pread(fd, got, 6, page - 3) == 6 && memcmp(got, "across", 6) == 0);
    must(content("f").substr(page - 3, 6) == "across");
    must(lseek(fd, page, SEEK_SET) == page && read(fd, got, 3) == 3);
    must(memcmp(got, "oss", 3) == 0 && lseek(fd, 0, SEEK_CUR) == page + 3);
}

CLAIM(writes_are_seen_in_mappings_at_once) {
    int fd = make_file("f", 2 * page);
    char* shared = map(fd, 2 * page, both, MAP_SHARED);
    const char* reader = map(open("f", O_RDONLY), 2 * page, PROT_READ, MAP_SHARED);
    const char* kept = map(fd, 2 * page, PROT_READ, MAP_PRIVATE);
    must(pwrite(fd, "written", 7, page - 3) == 7);
    for (const char* each : {const_cast<const char*>(shared), reader, kept})
        must(memcmp(each + page - 3, "written", 7) == 0);
    int other = open("f", O_WRONLY | O_APPEND);
    memcpy(shared, "S", 1);
    must(write(other, "end", 3) == 3);
    must(content("f").size() == 2 * page + 3 && content("f")[0] == 'S');
    must(reader[0] == 'S');
}

CLAIM(a_write_beside_a_store_in_one_page_keeps_both) {
    int fd = make_file("f", page);
    char* at = map(fd, page, both, MAP_SHARED);
    at[10] = 'S';
    must(pwrite(fd, "W", 1, 20) == 1);
    at[30] = 'T';
    std::string all = content("f");
    must(all[10] == 'S' && all[20] == 'W' && all[30] == 'T' && all[40] == byte_at(40));
}

CLAIM(a_mapping_outlives_its_descriptor_and_its_name) {
    int fd = make_file("f", 2 * page);
    char* at = map(fd, 2 * page, both, MAP_SHARED);
    must(close(fd) == 0);
    at[5] = '5';
    must(content("f")[5] == '5');
    fd = open("f", O_RDONLY);
    must(unlink("f") == 0);
    at[6] = '6';
    char got;
    must(pread(fd, &got, 1, 6) == 1 && got == '6');
}

CLAIM(msync_munmap_and_close_leave_the_stores_in_the_file) {
    int fd = make_file("f", 4 * page);
    char* at = map(fd, 4 * page, both, MAP_SHARED);
    at[0] = '0';
    must(msync(at, page, MS_SYNC) == 0);
    at[page] = '1';
    must(munmap(at + page, page) == 0);
    at[2 * page] = '2';
    must(close(fd) == 0);
    at[3 * page] = '3';
    must(munmap(at, 4 * page) == 0);
    std::string all = content("f");
    for (size_t i = 0; i < 4; ++i) must(all[i * page] == static_cast<char>('0' + i));
    must(all[1] == byte_at(1) && all.size() == 4 * page);
}

CLAIM(a_file_grows_and_shrinks_under_its_mapping) {
    int fd = make_file("f", page);
    char* at = map(fd, 3 * page, both, MAP_SHARED);
    at[page - 1] = 'E';
    must(ftruncate(fd, 2 * page + 10) == 0);
    must(at[page] == 0 && at[2 * page + 9] == 0 && at[page - 1] == 'E');
    at[2 * page] = 'G';
    must(content("f").substr(2 * page, 2) == std::string("G\0", 2));
    must(ftruncate(fd, 100) == 0);
    must(at[99] == byte_at(99) && at[100] == 0);
    must(ftruncate(fd, page) == 0);
    must(content("f")[page - 1] == 0);
    must(truncate("f", 50) == 0 && ftruncate(fd, 200) == 0);
    must(at[49] == byte_at(49) && at[50] == 0);
}

CLAIM(a_write_makes_the_mapped_file_longer) {
    int fd = make_file("f", 100);
    char* at = map(fd, 2 * page, both, MAP_SHARED);
    std::string more(2 * page - 100, 'm');
    must(pwrite(fd, more.data(), more.size(), 100) == static_cast<ssize_t>(more.size()));
    must(at[100] == 'm' && at[2 * page - 1] == 'm' && at[99] == byte_at(99));
}

CLAIM(beyond_the_last_page_there_is_sigbus) {
    int fd = make_file("f", 100);
    char* at = map(fd, 3 * page, both, MAP_SHARED);
    must(at[page - 1] == 0);
    must(in_child([&] { must(at[page] == 0); }) == 1000 + SIGBUS);
    at[100] = 'x';  // behind the end: of no file
    must(content("f").size() == 100);
}

CLAIM(parts_are_mapped_by_offset) {
    int fd = make_file("f", 10 * page);
    char* at = map(fd, 2 * page, both, MAP_SHARED, 7 * page);
    must(at[0] == byte_at(7 * page) && at[2 * page - 1] == byte_at(9 * page - 1));
    at[page + 1] = 'O';
    must(munmap(at, 2 * page) == 0);
    must(content("f")[8 * page + 1] == 'O');
}

CLAIM(a_mapping_moves_and_grows) {
    int fd = make_file("f", 4 * page);
    char* at = map(fd, page, both, MAP_SHARED);
    at[0] = 'A';
    at = static_cast<char*>(mremap(at, page, 4 * page, MREMAP_MAYMOVE));
    must(at != MAP_FAILED);
    must(at[0] == 'A' && at[4 * page - 1] == byte_at(4 * page - 1));
    at[3 * page] = 'B';
    must(munmap(at, page) == 0);
    must(msync(at + page, 3 * page, MS_SYNC) == 0);
    must(content("f")[3 * page] == 'B' && content("f")[0] == 'A');
}

CLAIM(something_else_takes_a_mappings_place) {
    int fd = make_file("f", 3 * page), other = make_file("g", page);
    char* at = map(fd, 3 * page, both, MAP_SHARED);
    at[page] = 'X';
    must(mmap(at + page, page, both, MAP_SHARED | MAP_FIXED, other, 0) == at + page);
    at[page] = 'Y';
    must(mmap(at, page, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
    at[0] = 'N';
    at[2 * page] = 'Z';
    must(munmap(at, 3 * page) == 0);
    std::string f = content("f");
    must(f[0] == byte_at(0) && f[page] == 'X' && f[2 * page] == 'Z');
    must(content("g")[0] == 'Y');
}

CLAIM(protection_follows_the_open) {
    int fd = make_file("f", page);
    int reader = open("f", O_RDONLY), writer = open("f", O_WRONLY);
    must(mmap(nullptr, page, both, MAP_SHARED, reader, 0) == MAP_FAILED && errno == EACCES);
    must(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, writer, 0) == MAP_FAILED && errno == EACCES);
    must(mmap(nullptr, 0, PROT_READ, MAP_PRIVATE, reader, 0) == MAP_FAILED && errno == EINVAL);
    must(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, reader, 1) == MAP_FAILED && errno == EINVAL);
    int folder = open(".", O_RDONLY);
    must(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, folder, 0) == MAP_FAILED && errno == ENODEV);
    char* at = map(reader, page, PROT_READ, MAP_SHARED);
    must(mprotect(at, page, both) == -1 && errno == EACCES);
    at = map(fd, page, PROT_READ, MAP_SHARED);
    must(mprotect(at, page, both) == 0);
    at[3] = '3';
    must(content("f")[3] == '3');
}

CLAIM(the_kernel_reads_and_writes_a_mapping) {
    int fd = make_file("f", 64 * page);
    char* at = map(fd, 64 * page, both, MAP_SHARED);
    int ends[2];
    must(pipe(ends) == 0);
    must(write(ends[1], at + page, page) == page);
    must(read(ends[0], at + 9 * page, page) == page);
    must(memcmp(at + page, at + 9 * page, page) == 0);
    must(content("f").substr(9 * page, page) == content("f").substr(page, page));
    must(pread(fd, at + 20 * page, page, 2 * page) == page);
    must(content("f").substr(20 * page, page) == content("f").substr(2 * page, page));
}

CLAIM(fsync_and_copies_take_stores_along) {
    int fd = make_file("f", 3 * page), target = make_file("g", page);
    char* at = map(fd, 3 * page, both, MAP_SHARED);
    const char* seen = map(target, 3 * page, PROT_READ, MAP_SHARED);
    at[page + 1] = 'C';
    must(fsync(fd) == 0);
    at[page + 2] = 'D';
    off_t from = page, to = 0;
    must(copy_file_range(fd, &from, target, &to, 2 * page, 0) > 0);
    must(seen[1] == 'C' && seen[2] == 'D');
    must(content("g")[1] == 'C' && content("g")[2] == 'D');
}

CLAIM(a_large_file_is_mapped_whole) {
    constexpr size_t size = size_t{24} << 20;
    int fd = open("f", O_RDWR | O_CREAT, 0644);
    std::string piece(1 << 20, 0);
    for (size_t i = 0; i < 24; ++i) {
        memset(piece.data(), static_cast<int>('A' + i), piece.size());
        must(write(fd, piece.data(), piece.size()) == 1 << 20);
    }
    char* at = map(fd, size, both, MAP_SHARED);
    for (size_t i = 0; i < 24; ++i) must(at[(i << 20) + 77] == static_cast<char>('A' + i));
    for (size_t i = 0; i < 24; i += 5) at[(i << 20) + i] = '!';
    must(munmap(at, size) == 0);
    std::string all = content("f");
    must(all.size() == size);
    for (size_t i = 0; i < 24; i += 5)
        must(all[(i << 20) + i] == '!' && all[(i << 20) + 30] != '!');
}
