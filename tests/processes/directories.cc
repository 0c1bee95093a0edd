// SPDX-License-Identifier: LGPL-2.1-or-later
// What open directories may do, and names in odd places.
#include <errno.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "tests/processes/claims.h"

namespace {

int directory(const char* path) {
    must(mkdir(path, 0755) == 0);
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    must(fd >= 0);
    return fd;
}

int read_lock(int fd) {
    struct flock lock{};
    lock.l_type = F_RDLCK;
    return fcntl(fd, F_SETLK, &lock);
}

nlink_t links(int fd) {
    struct stat found;
    must(fstat(fd, &found) == 0);
    return found.st_nlink;
}

bool fails_with(int error, int result) { return result == -1 && errno == error; }

}  // namespace

CLAIM(a_directory_can_be_locked) {
    int one = directory("d"), other = open("d", O_RDONLY);
    must(flock(one, LOCK_EX) == 0);
    must(fails_with(EWOULDBLOCK, flock(other, LOCK_SH | LOCK_NB)));
    must(in_child([&] {
             int fd = open("d", O_RDONLY);
             must(fails_with(EWOULDBLOCK, flock(fd, LOCK_SH | LOCK_NB)));
         }) == 0);
    must(close(one) == 0);
    must(flock(other, LOCK_SH | LOCK_NB) == 0);
}

CLAIM(a_lock_of_a_directory_is_waited_for) {
    int held = directory("d");
    must(flock(held, LOCK_EX) == 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        must(close(held) == 0);
        int fd = open("d", O_RDONLY);
        _exit(flock(fd, LOCK_EX) == 0 ? 0 : 1);
    }
    must(flock(held, LOCK_UN) == 0);
    must(status_of(child) == 0);
}

CLAIM(record_locks_of_a_directory_are_shared_by_readers) {
    int fd = directory("d");
    must(read_lock(fd) == 0);
    must(in_child([&] { must(read_lock(open("d", O_RDONLY)) == 0); }) == 0);
    struct flock lock{};
    lock.l_type = F_WRLCK;
    must(fails_with(EBADF, fcntl(fd, F_SETLK, &lock)));
}

CLAIM(a_removed_directory_tells_what_it_was) {
    int fd = directory("d");
    must(links(fd) > 0);
    must(rmdir("d") == 0);
    must(links(fd) == 0);
}

CLAIM(a_directorys_position_may_be_any) {
    int fd = directory("d");
    must(lseek(fd, 4096, SEEK_SET) == 4096);
    must(lseek(fd, 4, SEEK_CUR) == 4100);
    must(fails_with(EINVAL, static_cast<int>(lseek(fd, -5000, SEEK_CUR))));
    must(lseek(fd, 0, SEEK_SET) == 0);
}

CLAIM(a_directory_is_nothing_to_send) {
    int fd = directory("d"), file = make_file("f", 10);
    must(fails_with(EINVAL, static_cast<int>(sendfile(file, fd, nullptr, 10))));
}

CLAIM(a_slash_behind_a_files_name_is_an_error) {
    close(make_file("f", 10));
    must(fails_with(ENOTDIR, link("f/", "g")));
    must(fails_with(EISDIR, open("f/", O_WRONLY | O_CREAT, 0644)));
    must(fails_with(EISDIR, open("none/", O_WRONLY | O_CREAT, 0644)));
}

CLAIM(nothing_takes_the_place_of_a_directory_above_it) {
    must(mkdir("d", 0755) == 0 && mkdir("d/e", 0755) == 0);
    close(make_file("d/e/f", 10));
    must(fails_with(ENOTEMPTY, rename("d/e/f", "d/e")));
    must(fails_with(ENOTEMPTY, rename("d/e/f", "d")));
    must(fails_with(ENOTEMPTY, rename("d/e", "d")));
    must(fails_with(EINVAL, rename("d", "d/e/g")));
}

CLAIM(a_file_that_lost_its_name_under_a_moved_directory_has_no_links) {
    must(mkdir("d", 0755) == 0);
    int fd = make_file("d/f", 10);
    must(links(fd) == 1);
    must(rename("d", "e") == 0);
    must(unlink("e/f") == 0);
    must(links(fd) == 0);
}
