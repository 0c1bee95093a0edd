// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuse/mounted.h"

namespace strait::fuse::test {

namespace {

class File {
  public:
    File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {
        EXPECT_GE(fd_, 0) << path;
    }
    ~File() { close(fd_); }
    operator int() const { return fd_; }  // NOLINT: it is one

  private:
    int fd_;
};

}  // namespace

TEST_P(MountTest, large_data_comes_back_as_it_was_written) {
    const std::string data = pattern((5u << 20) + 777);
    put(at("f"), data);
    EXPECT_TRUE(get(at("f")) == data);
    File file(at("f"), O_RDONLY | O_DIRECT);
    std::string direct(1u << 20, '\0');
    EXPECT_EQ(pread(file, direct.data(), direct.size(), 2u << 20), 1 << 20);
    EXPECT_TRUE(direct == data.substr(2u << 20, 1u << 20));
}

TEST_P(MountTest, writes_of_one_descriptor_are_read_by_another_at_once) {
    File writer(at("f"), O_CREAT | O_WRONLY);
    File reader(at("f"), O_RDONLY);
    char text[8] = {};
    EXPECT_EQ(write(writer, "one", 3), 3);
    EXPECT_EQ(read(reader, text, sizeof(text)), 3);
    EXPECT_EQ(write(writer, "two", 3), 3);
    EXPECT_EQ(read(reader, text, sizeof(text)), 3);
    EXPECT_STREQ(text, "two");
}

TEST_P(MountTest, appends_of_two_descriptors_do_not_overlap) {
    File a(at("f"), O_CREAT | O_WRONLY | O_APPEND), b(at("f"), O_WRONLY | O_APPEND);
    for (int i = 0; i < 10; i++) {
        EXPECT_EQ(write(a, "a", 1), 1);
        EXPECT_EQ(write(b, "b", 1), 1);
    }
    EXPECT_EQ(get(at("f")), "abababababababababab");
}

TEST_P(MountTest, truncation_by_path_descriptor_and_open_cuts_and_extends) {
    put(at("f"), "0123456789");
    EXPECT_EQ(truncate(at("f").c_str(), 4), 0);
    File file(at("f"), O_RDWR);
    EXPECT_EQ(ftruncate(file, 6), 0);
    EXPECT_EQ(get(at("f")), std::string("0123\0\0", 6));
    File again(at("f"), O_RDWR | O_TRUNC);
    EXPECT_EQ(get(at("f")), "");
}

TEST_P(MountTest, a_shared_mapping_writes_the_file) {
    put(at("f"), pattern(10000));
    {
        File file(at("f"), O_RDWR);
        void* map = mmap(nullptr, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ASSERT_NE(map, MAP_FAILED);
        memcpy(static_cast<char*>(map) + 5000, "changed", 7);
        EXPECT_EQ(msync(map, 10000, MS_SYNC), 0);
        munmap(map, 10000);
    }
    EXPECT_EQ(get(at("f")).substr(4999, 9),
              pattern(10000).replace(5000, 7, "changed").substr(4999, 9));
}

TEST_P(MountTest, holes_are_made_found_and_read_as_zeros) {
    put(at("f"), pattern(3u << 16));
    File file(at("f"), O_RDWR);
    EXPECT_EQ(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 16, 1 << 16), 0);
    EXPECT_EQ(get(at("f")).substr(1 << 16, 1 << 16), std::string(1 << 16, '\0'));
    EXPECT_EQ(lseek(file, 0, SEEK_HOLE), 1 << 16);
    EXPECT_EQ(lseek(file, 1 << 16, SEEK_DATA), 2 << 16);
    EXPECT_EQ(fallocate(file, 0, 0, 4 << 16), 0);
    struct stat found{};
    EXPECT_EQ(fstat(file, &found), 0);
    EXPECT_EQ(found.st_size, 4 << 16);
    EXPECT_EQ(outcome(fallocate(file, FALLOC_FL_COLLAPSE_RANGE, 0, 1 << 16)), EOPNOTSUPP);
}

TEST_P(MountTest, a_range_is_copied) {
    put(at("from"), pattern(100000));
    File from(at("from"), O_RDONLY), to(at("to"), O_CREAT | O_RDWR);
    off_t source = 1000, target = 10;
    EXPECT_EQ(copy_file_range(from, &source, to, &target, 50000, 0), 50000);
    EXPECT_EQ(get(at("to")).substr(10), pattern(100000).substr(1000, 50000));
}

TEST_P(MountTest, fsync_and_close_report_success_and_data_is_with_the_server) {
    File file(at("f"), O_CREAT | O_WRONLY);
    EXPECT_EQ(write(file, "x", 1), 1);
    EXPECT_EQ(fsync(file), 0);
    EXPECT_EQ(fdatasync(file), 0);
    File directory(at(""), O_RDONLY | O_DIRECTORY);
    EXPECT_EQ(fsync(directory), 0);
}

TEST(full_store, data_that_found_no_room_is_told_by_fsync_or_close) {
    Server server("memory:size=1m");
    Mounted mount(server);
    const std::string data = pattern(3u << 20);
    int file = open(mount.path("f").c_str(), O_CREAT | O_WRONLY, 0644);
    ssize_t written = write(file, data.data(), data.size());
    // What write(2) took, it took for good, or fsync says that it did not.
    EXPECT_TRUE(written < 0 || outcome(fsync(file)) == ENOSPC) << written;
    close(file);
    file = open(mount.path("g").c_str(), O_CREAT | O_WRONLY, 0644);
    written = write(file, data.data(), data.size());
    EXPECT_TRUE(written < 0 || outcome(close(file)) == ENOSPC) << written;
}

// --- close-to-open, between two mounts of one store

namespace {
BridgeOptions patient() {
    BridgeOptions options = Mounted::default_options();
    options.policy.acregmin = options.policy.acregmax = 3600s;
    options.policy.acdirmin = options.policy.acdirmax = 3600s;
    return options;
}
}  // namespace

TEST(close_to_open, an_open_sees_what_another_mount_has_closed_whatever_is_cached) {
    Server server("memory");
    Mounted a(server, patient()), b(server, patient());
    put(a.path("f"), "first");
    for (int round = 0; round < 50; round++) {
        Mounted& writer = round % 2 ? a : b;
        Mounted& reader = round % 2 ? b : a;
        std::string text = "round " + std::to_string(round);
        put(writer.path("f"), text);
        EXPECT_EQ(get(reader.path("f")), text);
        EXPECT_EQ(get(writer.path("f")), text);
    }
}

TEST(close_to_open, a_file_that_was_replaced_elsewhere_is_read_on_by_who_has_it_open) {
    Server server("memory");
    Mounted one(server), other(server);
    put(one.path("f"), "old");
    EXPECT_EQ(get(one.path("f")), "old");
    // The kernel has all of it by now; then it has not.
    int fd = open(one.path("f").c_str(), O_RDONLY);
    put(other.path("g"), "new");
    EXPECT_EQ(rename(other.path("g").c_str(), other.path("f").c_str()), 0);
    EXPECT_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
    char text[8] = {};
    EXPECT_EQ(read(fd, text, sizeof(text)), 3);
    EXPECT_STREQ(text, "old");
    close(fd);
}

TEST(close_to_open, a_file_that_was_replaced_elsewhere_is_found_again_by_its_name) {
    Server server("memory");
    Mounted a(server, patient()), b(server, patient());
    put(a.path("f"), "old");
    EXPECT_EQ(get(b.path("f")), "old");
    put(a.path("g"), "new");
    EXPECT_EQ(rename(a.path("g").c_str(), a.path("f").c_str()), 0);
    EXPECT_EQ(get(b.path("f")), "new");
}

}  // namespace strait::fuse::test
