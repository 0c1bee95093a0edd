// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/fuse/mounted.h"

namespace strait::fuse::test {

TEST_P(MountTest, a_file_that_was_made_is_there_and_then_gone) {
    put(at("f"), "text");
    EXPECT_EQ(get(at("f")), "text");
    EXPECT_EQ(unlink(at("f").c_str()), 0);
    EXPECT_EQ(outcome(access(at("f").c_str(), F_OK)), ENOENT);
}

TEST_P(MountTest, rename_replaces_and_the_replaced_file_goes_on_where_it_is_open) {
    put(at("a"), "new");
    put(at("b"), "old");
    int held = open(at("b").c_str(), O_RDONLY);
    EXPECT_EQ(rename(at("a").c_str(), at("b").c_str()), 0);
    EXPECT_EQ(get(at("b")), "new");
    char text[8] = {};
    EXPECT_EQ(read(held, text, sizeof(text)), 3);
    EXPECT_STREQ(text, "old");
    close(held);
}

TEST_P(MountTest, noreplace_and_exchange_do_what_they_say) {
    put(at("a"), "a");
    put(at("b"), "b");
    auto rename2 = [&](unsigned flags) {
        return outcome(renameat2(AT_FDCWD, at("a").c_str(), AT_FDCWD, at("b").c_str(), flags));
    };
    EXPECT_EQ(rename2(RENAME_NOREPLACE), EEXIST);
    EXPECT_EQ(rename2(RENAME_EXCHANGE), 0);
    EXPECT_EQ(get(at("a")) + get(at("b")), "ba");
}

TEST_P(MountTest, links_are_one_file_and_count_themselves) {
    put(at("a"), "x");
    EXPECT_EQ(link(at("a").c_str(), at("b").c_str()), 0);
    EXPECT_EQ(link(at("a").c_str(), at("c").c_str()), 0);
    EXPECT_EQ(look(at("a")).st_ino, look(at("b")).st_ino);
    EXPECT_EQ(look(at("a")).st_nlink, 3u);
    EXPECT_EQ(unlink(at("a").c_str()), 0);
    EXPECT_EQ(look(at("b")).st_nlink, 2u);
    EXPECT_EQ(look(at("c")).st_nlink, 2u);
}

TEST_P(MountTest, symlinks_fifos_sockets_and_devices_are_made_as_asked) {
    EXPECT_EQ(symlink("to/where", at("l").c_str()), 0);
    char target[32] = {};
    EXPECT_EQ(readlink(at("l").c_str(), target, sizeof(target)), 8);
    EXPECT_STREQ(target, "to/where");
    EXPECT_EQ(mknod(at("p").c_str(), S_IFIFO | 0640, 0), 0);
    EXPECT_TRUE(S_ISFIFO(look(at("p")).st_mode));
    EXPECT_EQ(mknod(at("c").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
    EXPECT_EQ(look(at("c")).st_rdev, makedev(1, 3));
    EXPECT_EQ(mknod(at("s").c_str(), S_IFSOCK | 0600, 0), 0);
    EXPECT_TRUE(S_ISSOCK(look(at("s")).st_mode));
    EXPECT_EQ(mknod(at("r").c_str(), S_IFREG | 0604, 0), 0);
    EXPECT_EQ(look(at("r")).st_mode, mode_t{S_IFREG | 0604});
}

TEST_P(MountTest, create_applies_the_umask_and_refuses_what_is_there) {
    mode_t before = umask(027);
    int made = open(at("f").c_str(), O_CREAT | O_EXCL | O_WRONLY, 0666);
    umask(before);
    EXPECT_GE(made, 0);
    close(made);
    EXPECT_EQ(look(at("f")).st_mode & 07777, mode_t{0640});
    EXPECT_EQ(outcome(open(at("f").c_str(), O_CREAT | O_EXCL | O_WRONLY, 0666)), EEXIST);
}

TEST_P(MountTest, an_unlinked_file_that_is_open_goes_on) {
    put(at("f"), pattern(300000));
    int held = open(at("f").c_str(), O_RDWR);
    EXPECT_EQ(unlink(at("f").c_str()), 0);
    std::string text(300000, '\0');
    EXPECT_EQ(pread(held, text.data(), text.size(), 0), 300000);
    EXPECT_EQ(text, pattern(300000));
    EXPECT_EQ(pwrite(held, "more", 4, 300000), 4);
    struct stat found{};
    EXPECT_EQ(fstat(held, &found), 0);
    EXPECT_EQ(found.st_size, 300004);
    EXPECT_EQ(found.st_nlink, 0u);
    close(held);
}

TEST_P(MountTest, a_directory_is_removed_only_when_it_is_empty) {
    EXPECT_EQ(mkdir(at("d").c_str(), 0755), 0);
    EXPECT_EQ(look(at("")).st_nlink, 3u);
    put(at("d/f"), "");
    EXPECT_EQ(outcome(rmdir(at("d").c_str())), ENOTEMPTY);
    EXPECT_EQ(unlink(at("d/f").c_str()), 0);
    EXPECT_EQ(rmdir(at("d").c_str()), 0);
    EXPECT_EQ(look(at("")).st_nlink, 2u);
}

}  // namespace strait::fuse::test
