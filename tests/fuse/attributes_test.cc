// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <set>

#include "tests/fuse/mounted.h"

namespace strait::fuse::test {

TEST_P(MountTest, mode_owner_and_times_are_as_they_were_set) {
    put(at("f"), "x");
    EXPECT_EQ(chmod(at("f").c_str(), 04711), 0);
    EXPECT_EQ(look(at("f")).st_mode, mode_t{S_IFREG | 04711});
    EXPECT_EQ(chown(at("f").c_str(), 1234, 5678), 0);
    EXPECT_EQ(look(at("f")).st_uid, 1234u);
    EXPECT_EQ(look(at("f")).st_gid, 5678u);
    const timespec times[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
    EXPECT_EQ(utimensat(AT_FDCWD, at("f").c_str(), times, 0), 0);
    EXPECT_EQ(look(at("f")).st_atim.tv_nsec, 123456789);
    EXPECT_EQ(look(at("f")).st_mtim.tv_sec, 1100000000);
}

TEST_P(MountTest, statfs_tells_of_space_and_names) {
    struct statvfs found{};
    EXPECT_EQ(statvfs(at("").c_str(), &found), 0);
    EXPECT_GT(found.f_blocks, 0u);
    EXPECT_EQ(found.f_namemax, 255u);
}

TEST_P(MountTest, user_attributes_are_kept_and_other_name_spaces_refused) {
    put(at("f"), "x");
    const std::string path = at("f");
    char value[16] = {};
    int set = setxattr(path.c_str(), "user.color", "blue", 4, XATTR_CREATE);
    if (set != 0 && errno == EOPNOTSUPP) return;  // the folder of the local store has none
    EXPECT_EQ(getxattr(path.c_str(), "user.color", value, sizeof(value)), 4);
    EXPECT_STREQ(value, "blue");
    EXPECT_EQ(outcome(getxattr(path.c_str(), "user.color", value, 2)), ERANGE);
    EXPECT_EQ(outcome(setxattr(path.c_str(), "user.color", "x", 1, XATTR_CREATE)), EEXIST);
    EXPECT_EQ(outcome(setxattr(path.c_str(), "user.none", "x", 1, XATTR_REPLACE)), ENODATA);
    char names[32] = {};
    EXPECT_EQ(listxattr(path.c_str(), names, sizeof(names)), 11);
    EXPECT_STREQ(names, "user.color");
    EXPECT_EQ(removexattr(path.c_str(), "user.color"), 0);
    EXPECT_EQ(outcome(getxattr(path.c_str(), "user.color", value, 16)), ENODATA);
    EXPECT_EQ(outcome(setxattr(path.c_str(), "trusted.x", "x", 1, 0)), EOPNOTSUPP);
    // NFSv4 has no POSIX ACLs: said clearly, so that programs fall back on mode bits.
    constexpr char acl[] =
        "\2\0\0\0\1\0\6\0\377\377\377\377\4\0\4\0\377\377\377\377\x20\0\4\0\377\377\377\377";
    const char* const acl_name = "system.posix_acl_access";
    EXPECT_EQ(outcome(getxattr(path.c_str(), acl_name, value, sizeof(value))), EOPNOTSUPP);
    EXPECT_EQ(outcome(setxattr(path.c_str(), acl_name, acl, sizeof(acl) - 1, 0)), EOPNOTSUPP);
}

TEST_P(MountTest, each_caller_is_itself_with_all_its_groups) {
    EXPECT_EQ(chmod(at("").c_str(), 01777), 0);
    put(at("roots"), "secret");
    EXPECT_EQ(chmod(at("roots").c_str(), 0600), 0);
    put(at("groups"), "shared");
    EXPECT_EQ(chown(at("groups").c_str(), 0, 4321), 0);
    EXPECT_EQ(chmod(at("groups").c_str(), 0640), 0);
    int failed = in_child([&] {
        const gid_t groups[] = {4321};
        if (setgroups(1, groups) != 0 || setgid(1001) != 0 || setuid(1000) != 0) return 1;
        if (open(at("roots").c_str(), O_RDONLY) >= 0) return 2;
        if (open(at("groups").c_str(), O_RDONLY) < 0) return 3;
        if (open(at("own").c_str(), O_CREAT | O_WRONLY, 0644) < 0) return 4;
        return 0;
    });
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(look(at("own")).st_uid, 1000u);
    EXPECT_EQ(look(at("own")).st_gid, 1001u);
}

TEST_P(MountTest, a_write_by_another_user_takes_set_id_bits_away) {
    put(at("f"), "program");
    EXPECT_EQ(chmod(at("f").c_str(), 06777), 0);
    int failed = in_child([&] {
        if (setgroups(0, nullptr) != 0 || setgid(1000) != 0 || setuid(1000) != 0) return 1;
        int file = open(at("f").c_str(), O_WRONLY);
        return write(file, "x", 1) == 1 ? 0 : 2;
    });
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(look(at("f")).st_mode & 07777, mode_t{0777});
}

namespace {
std::multiset<std::string> names_in(const std::string& path) {
    std::multiset<std::string> names;
    DIR* directory = opendir(path.c_str());
    if (!directory) return names;
    while (dirent* entry = readdir(directory)) names.insert(entry->d_name);
    closedir(directory);
    return names;
}
}  // namespace

TEST_P(MountTest, a_listing_shows_each_of_many_names_once) {
    EXPECT_EQ(mkdir(at("d").c_str(), 0755), 0);
    std::multiset<std::string> made{".", ".."};
    for (int i = 0; i < 2000; i++) {
        std::string name = "a name of some length " + std::to_string(i);
        made.insert(name);
        int file = open(at("d/" + name).c_str(), O_CREAT | O_WRONLY, 0644);
        close(file);
    }
    EXPECT_EQ(names_in(at("d")), made);
}

TEST_P(MountTest, a_listing_goes_on_where_seekdir_leads) {
    for (int i = 0; i < 50; i++) put(at("f" + std::to_string(i)), "");
    DIR* directory = opendir(at("").c_str());
    ASSERT_NE(directory, nullptr);
    for (int i = 0; i < 20; i++) readdir(directory);
    long where = telldir(directory);
    std::string next = readdir(directory)->d_name;
    while (readdir(directory)) {
    }
    seekdir(directory, where);
    EXPECT_EQ(readdir(directory)->d_name, next);
    rewinddir(directory);
    put(at("new"), "");
    closedir(directory);
    EXPECT_EQ(names_in(at("")).count("new"), 1u);
}

TEST_P(MountTest, a_listing_shows_what_has_changed_since_it_was_opened_or_begun_again) {
    put(at("old"), "");
    DIR* directory = opendir(at("").c_str());
    ASSERT_NE(directory, nullptr);
    auto names = [&] {
        std::multiset<std::string> found;
        while (dirent* entry = readdir(directory)) found.insert(entry->d_name);
        return found;
    };
    put(at("new"), "");
    EXPECT_EQ(names(), (std::multiset<std::string>{".", "..", "new", "old"}));
    rewinddir(directory);
    EXPECT_EQ(unlink(at("old").c_str()), 0);
    EXPECT_EQ(names(), (std::multiset<std::string>{".", "..", "new"}));
    closedir(directory);
}

TEST_P(MountTest, names_may_go_while_they_are_listed) {
    for (int i = 0; i < 1000; i++) put(at("f" + std::to_string(i)), "");
    DIR* directory = opendir(at("").c_str());
    ASSERT_NE(directory, nullptr);
    int gone = 0;
    while (dirent* entry = readdir(directory))
        if (entry->d_name[0] == 'f' && unlink(at(entry->d_name).c_str()) == 0) gone++;
    closedir(directory);
    EXPECT_EQ(gone, 1000);
    EXPECT_EQ(names_in(at("")).size(), 2u);
}

}  // namespace strait::fuse::test
