// SPDX-License-Identifier: LGPL-2.1-or-later
#include "posix/strait.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <set>
#include <thread>

#include "posix/calls.h"
#include "tests/api/memory_server.h"

namespace strait::test {
namespace {

class PosixTest : public ::testing::Test {
  protected:
    PosixTest() {
        posix::use_connect(server.connect());
        EXPECT_EQ(strait_mount("/n", "nfs://nas/"), 0) << strait_error();
    }
    ~PosixTest() override { EXPECT_EQ(strait_shutdown(), 0) << strait_error(); }

    void put(const char* path, std::string_view text) {
        int fd = strait_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        ASSERT_GE(fd, 0) << strait_error();
        EXPECT_EQ(strait_write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        EXPECT_EQ(strait_close(fd), 0);
    }
    std::string get(const char* path) {
        int fd = strait_open(path, O_RDONLY);
        EXPECT_GE(fd, 0) << strait_error();
        char room[4096];
        ssize_t count = strait_read(fd, room, sizeof room);
        EXPECT_GE(count, 0) << strait_error();
        EXPECT_EQ(strait_close(fd), 0);
        return std::string(room, static_cast<size_t>(std::max<ssize_t>(count, 0)));
    }
    MemoryServer server;
};

TEST_F(PosixTest, data_goes_out_and_comes_back) {
    put("/n/f", "hello world");
    EXPECT_EQ(get("/n/f"), "hello world");
    EXPECT_EQ(get("nfs://nas/f"), "hello world");
    int fd = strait_open("/n/f", O_RDWR);
    char room[16];
    EXPECT_EQ(strait_lseek(fd, 6, SEEK_SET), 6);
    EXPECT_EQ(strait_read(fd, room, 5), 5);
    EXPECT_EQ(std::string_view(room, 5), "world");
    EXPECT_EQ(strait_pwrite(fd, "HELLO", 5, 0), 5);
    EXPECT_EQ(strait_pread(fd, room, 5, 0), 5);
    EXPECT_EQ(std::string_view(room, 5), "HELLO");
    EXPECT_EQ(strait_lseek(fd, 0, SEEK_END), 11);
    EXPECT_EQ(strait_ftruncate(fd, 5), 0);
    EXPECT_EQ(strait_fsync(fd), 0);
    struct stat status;
    EXPECT_EQ(strait_fstat(fd, &status), 0);
    EXPECT_EQ(status.st_size, 5);
    EXPECT_TRUE(S_ISREG(status.st_mode));
    EXPECT_EQ(strait_close(fd), 0);
    EXPECT_EQ(strait_close(fd), -1);
    EXPECT_EQ(errno, EBADF);
}

TEST_F(PosixTest, errors_are_errno_and_a_sentence) {
    EXPECT_EQ(strait_open("/n/none", O_RDONLY), -1);
    EXPECT_EQ(errno, ENOENT);
    EXPECT_STREQ(strait_error(), "open /n/none: no such file or directory");
    EXPECT_EQ(strait_stat("/etc/passwd", nullptr), -1);
    EXPECT_EQ(errno, EFAULT);
    struct stat status;
    EXPECT_EQ(strait_stat("/etc/passwd", &status), -1);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_EQ(strait_mkdir("/n/d/e", 0755), -1);
    EXPECT_EQ(errno, ENOENT);
}

TEST_F(PosixTest, names_and_attributes) {
    mode_t before = umask(027);
    EXPECT_EQ(strait_mkdir("/n/d", 0777), 0);
    put("/n/d/f", "x");
    umask(before);
    struct stat status;
    EXPECT_EQ(strait_stat("/n/d", &status), 0);
    EXPECT_EQ(status.st_mode, static_cast<mode_t>(S_IFDIR | 0750));
    EXPECT_EQ(strait_stat("/n/d/f", &status), 0);
    EXPECT_EQ(status.st_mode, static_cast<mode_t>(S_IFREG | 0640));
    EXPECT_EQ(strait_symlink("f", "/n/d/l"), 0);
    char room[16];
    EXPECT_EQ(strait_readlink("/n/d/l", room, sizeof room), 1);
    EXPECT_EQ(strait_lstat("/n/d/l", &status), 0);
    EXPECT_TRUE(S_ISLNK(status.st_mode));
    EXPECT_EQ(strait_chmod("/n/d/l", 0600), 0);
    EXPECT_EQ(strait_link("/n/d/f", "/n/d/h"), 0);
    timespec times[2] = {{1, 2}, {3, 4}};
    EXPECT_EQ(strait_utimens("/n/d/h", times, 0), 0);
    EXPECT_EQ(strait_stat("/n/d/f", &status), 0);
    EXPECT_EQ(status.st_mode, static_cast<mode_t>(S_IFREG | 0600));
    EXPECT_EQ(status.st_nlink, 2u);
    EXPECT_EQ(status.st_mtim.tv_nsec, 4);
    EXPECT_EQ(strait_access("/n/d/f", R_OK), 0);
    EXPECT_EQ(strait_rename("/n/d/h", "/n/d/g"), 0);
    EXPECT_EQ(strait_truncate("/n/d/g", 100), 0);
    EXPECT_EQ(strait_rmdir("/n/d"), -1);
    EXPECT_EQ(errno, ENOTEMPTY);
    for (const char* path : {"/n/d/f", "/n/d/g", "/n/d/l"}) EXPECT_EQ(strait_unlink(path), 0);
    EXPECT_EQ(strait_rmdir("/n/d"), 0);
    struct statvfs space;
    EXPECT_EQ(strait_statvfs("/n", &space), 0);
    EXPECT_GT(space.f_blocks, 0u);
}

TEST_F(PosixTest, directories_are_listed_and_positions_kept) {
    std::set<std::string> expected{".", ".."}, found;
    for (int i = 0; i < 100; i++) {
        std::string path = "/n/f" + std::to_string(i);
        put(path.c_str(), "x");
        expected.insert("f" + std::to_string(i));
    }
    strait_DIR* directory = strait_opendir("/n");
    ASSERT_NE(directory, nullptr) << strait_error();
    long position = 0;
    std::string after;
    while (struct dirent* entry = strait_readdir(directory)) {
        if (found.size() == 50) after = entry->d_name;
        found.insert(entry->d_name);
        if (found.size() == 50) position = strait_telldir(directory);
    }
    EXPECT_EQ(found, expected);
    strait_seekdir(directory, position);
    EXPECT_STREQ(strait_readdir(directory)->d_name, after.c_str());
    strait_rewinddir(directory);
    EXPECT_STREQ(strait_readdir(directory)->d_name, ".");
    EXPECT_EQ(strait_closedir(directory), 0);
    EXPECT_EQ(strait_opendir("/n/f1"), nullptr);
    EXPECT_EQ(errno, ENOTDIR);
}

TEST_F(PosixTest, locks_are_of_open_files) {
    int a = strait_open("/n/f", O_RDWR | O_CREAT, 0644);
    int b = strait_open("/n/f", O_RDWR);
    struct flock lock{};
    lock.l_type = F_WRLCK;
    EXPECT_EQ(strait_fcntl_lock(a, F_SETLK, &lock), 0) << strait_error();
    EXPECT_EQ(strait_fcntl_lock(b, F_SETLK, &lock), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(strait_fcntl_lock(b, F_GETLK, &lock), 0);
    EXPECT_EQ(lock.l_type, F_WRLCK);
    std::thread waiter([&] {
        struct flock mine{};
        mine.l_type = F_WRLCK;
        EXPECT_EQ(strait_fcntl_lock(b, F_SETLKW, &mine), 0) << strait_error();
    });
    lock = {};
    lock.l_type = F_UNLCK;
    EXPECT_EQ(strait_fcntl_lock(a, F_SETLK, &lock), 0);
    waiter.join();
    EXPECT_EQ(strait_close(a), 0);
    EXPECT_EQ(strait_close(b), 0);
}

TEST_F(PosixTest, threads_share_descriptors_and_none_is_held_up_for_good) {
    int fd = strait_open("/n/shared", O_RDWR | O_CREAT, 0644);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([fd, i] {
            std::string mine = "/n/t" + std::to_string(i);
            for (int round = 0; round < 50; round++) {
                char byte = static_cast<char>('a' + i);
                EXPECT_EQ(strait_pwrite(fd, &byte, 1, i), 1);
                int own = strait_open(mine.c_str(), O_RDWR | O_CREAT, 0644);
                EXPECT_GE(own, 0) << strait_error();
                EXPECT_EQ(strait_write(own, &byte, 1), 1);
                char room = 0;
                EXPECT_EQ(strait_pread(own, &room, 1, 0), 1);
                EXPECT_EQ(room, byte);
                EXPECT_EQ(strait_close(own), 0);
                EXPECT_EQ(strait_unlink(mine.c_str()), 0);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(strait_close(fd), 0);
    EXPECT_EQ(get("/n/shared"), "abcdefgh");
}

TEST_F(PosixTest, a_child_of_fork_begins_anew_and_leaves_its_parent_alone) {
    int fd = strait_open("/n/f", O_RDWR | O_CREAT, 0644);
    EXPECT_EQ(strait_write(fd, "parent", 6), 6);
    pid_t child = fork();
    if (child == 0) {
        char room[8];
        bool fresh = strait_pread(fd, room, 1, 0) == -1 && errno == EBADF;
        bool works = strait_mkdir("nfs://nas/child", 0755) == 0;
        _exit(fresh && works ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(strait_close(fd), 0);
    EXPECT_EQ(get("/n/f"), "parent");
}

}  // namespace
}  // namespace strait::test
