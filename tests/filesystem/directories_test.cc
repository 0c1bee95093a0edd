// SPDX-License-Identifier: LGPL-2.1-or-later
// Listings, and names that come and go meanwhile.
#include <algorithm>
#include <set>

#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

using Directories = FileSystemTest;

TEST_F(Directories, a_listing_has_the_dots_and_every_entry_once) {
    std::set<std::string> expected{".", ".."};
    for (int i = 0; i < 500; i++) {
        me().put("f" + std::to_string(i), "x");
        expected.insert("f" + std::to_string(i));
    }
    for (uint32_t bytes : {100u, 1000u, 1u << 20}) {
        auto directory = me().open("", {.directory = true});
        auto names = me().list(directory, bytes);
        EXPECT_EQ(names.size(), expected.size());
        EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), expected);
        me().close(directory);
    }
}

TEST_F(Directories, removing_while_listing_skips_nothing) {
    for (int i = 0; i < 300; i++) me().put("f" + std::to_string(i), "x");
    cold();
    auto directory = me().open("", {.directory = true});
    uint64_t cookie = 0;
    size_t removed = 0;
    for (;;) {
        ReadDir::Result storage;
        auto entries = finish(directory->list(cookie, 300, storage));
        ASSERT_TRUE(entries.has_value());
        if (entries->empty()) break;
        cookie = entries->back().cookie;
        for (auto& entry : *entries) {
            if (entry.name.starts_with('.')) continue;
            std::string path = "/n/" + std::string(entry.name);
            EXPECT_TRUE(finish(me().files.remove({.path = path}, RemoveKind::file)).has_value());
            removed++;
        }
    }
    EXPECT_EQ(removed, 300u);
    me().close(directory);
}

TEST_F(Directories, a_listing_that_begins_again_sees_what_changed) {
    me().put("a", "x");
    auto directory = me().open("", {.directory = true});
    EXPECT_EQ(me().list(directory).size(), 3u);
    other().put("b", "x");
    EXPECT_EQ(me().list(directory).size(), 4u);
    me().close(directory);
}

TEST_F(Directories, seeking_goes_on_where_it_was) {
    for (int i = 0; i < 50; i++) me().put("f" + std::to_string(i), "x");
    auto directory = me().open("", {.directory = true});
    ReadDir::Result storage, more;
    auto first = finish(directory->list(0, 1u << 16, storage));
    ASSERT_EQ(first->size(), 52u);
    auto rest = finish(directory->list((*first)[20].cookie, 1u << 16, more));
    ASSERT_EQ(rest->size(), 31u);
    EXPECT_EQ(rest->front().name, (*first)[21].name);
    me().close(directory);
}

TEST_F(Directories, names_and_attributes_of_a_listing_are_the_files) {
    me().mkdirs("d");
    me().put("f", "12345");
    EXPECT_TRUE(finish(me().files.symlink("f", {.path = "/n/l"})).has_value());
    auto writer = me().open("f", {.access = OpenAccess::write});
    me().write_at(writer, 0, "1234567890");
    auto directory = me().open("", {.directory = true});
    ReadDir::Result storage;
    auto entries = finish(directory->list(2, 1u << 16, storage));
    ASSERT_EQ(entries->size(), 3u);
    for (auto& entry : *entries) {
        if (entry.name == "d") EXPECT_EQ(entry.attributes.type, FileType::directory);
        if (entry.name == "l") EXPECT_EQ(entry.attributes.type, FileType::symlink);
        if (entry.name == "f") EXPECT_EQ(entry.attributes.size, 10u);
    }
    me().close(directory);
    me().close(writer);
}

TEST_F(Directories, renames_move_what_is_known_below_them) {
    me().mkdirs("a/b");
    me().mkdirs("c");
    me().put("a/b/f", "one");
    EXPECT_EQ(me().stat("a/b/f").size, 3u);
    auto& files = me().files;
    EXPECT_TRUE(finish(files.rename({.path = "/n/a"}, {.path = "/n/c/a"})).has_value());
    EXPECT_EQ(me().stat_error("a/b/f"), Errc::noent);
    EXPECT_EQ(me().stat("c/a/b/f").size, 3u);
    me().put("g", "three");
    EXPECT_TRUE(finish(files.rename({.path = "/n/g"}, {.path = "/n/c/a/b/f"})).has_value());
    EXPECT_EQ(me().stat("c/a/b/f").size, 5u);
    EXPECT_EQ(me().get("c/a/b/f"), "three");
}

TEST_F(Directories, a_listing_that_came_with_the_open_is_outdated_by_changes_under_an_older_name) {
    me().mkdirs("a/sub");
    auto directory = me().open("a", {.directory = true});
    me().put("a/new", "x");
    EXPECT_TRUE(finish(me().files.rename({.path = "/n/a"}, {.path = "/n/b"})).has_value());
    EXPECT_EQ(me().list(directory).size(), 4u);
    me().close(directory);
}

TEST_F(Directories, attributes_of_a_directory_follow_its_entries) {
    me().mkdirs("d");
    auto before = me().stat("d");
    me().mkdirs("d/e");
    auto after = me().stat("d");
    EXPECT_EQ(after.nlink, before.nlink + 1);
    EXPECT_NE(after.change, before.change);
}

TEST_F(Directories, data_calls_on_a_directory_are_refused) {
    me().mkdirs("d");
    auto directory = me().open("d", {.directory = true});
    EXPECT_EQ(finish(directory->read(1)).error(), Errc::isdir);
    EXPECT_EQ(me().open_error("d", {.access = OpenAccess::write}), Errc::isdir);
    me().put("f", "x");
    EXPECT_EQ(me().open_error("f", {.directory = true}), Errc::notdir);
    auto file = me().open("f");
    ReadDir::Result storage;
    EXPECT_EQ(finish(file->list(0, 1000, storage)).error(), Errc::notdir);
    me().close(file);
    me().close(directory);
}

TEST_F(Directories, extended_attributes) {
    me().put("f", "x");
    auto& files = me().files;
    At at{.path = "/n/f"};
    EXPECT_TRUE(
        finish(files.setxattr(at, "user.a", as_bytes("1"), SetXattr::Mode::either)).has_value());
    EXPECT_EQ(finish(files.getxattr(at, "user.a")).value().text(), "1");
    EXPECT_EQ(finish(files.listxattrs(at)).value(), std::vector<std::string>{"user.a"});
    EXPECT_EQ(finish(files.getxattr(at, "security.selinux")).error(), Errc::notsup);
    EXPECT_TRUE(finish(files.removexattr(at, "user.a")).has_value());
    EXPECT_EQ(finish(files.getxattr(at, "user.a")).error(), Errc::nodata);
}

TEST_F(Directories, a_slash_behind_a_file_is_no_directory_however_much_is_known_of_it) {
    me().put("f", "x");
    auto& files = me().files;
    At file{.path = "/n/f"}, slash{.path = "/n/f/"};
    EXPECT_TRUE(finish(files.listxattrs(file)).value().empty());
    EXPECT_EQ(finish(files.listxattrs(slash)).error(), Errc::notdir);
    EXPECT_EQ(finish(files.getxattr(slash, "user.a")).error(), Errc::notdir);
    EXPECT_EQ(
        finish(files.setxattr(slash, "user.a", as_bytes("1"), SetXattr::Mode::either)).error(),
        Errc::notdir);
    EXPECT_EQ(finish(files.removexattr(slash, "user.a")).error(), Errc::notdir);
    EXPECT_EQ(finish(files.stat(slash)).error(), Errc::notdir);
    EXPECT_EQ(finish(files.statfs(slash)).error(), Errc::notdir);
    EXPECT_EQ(finish(files.access(slash, access_read)).error(), Errc::notdir);
    EXPECT_EQ(finish(files.readlink(slash)).error(), Errc::notdir);
    EXPECT_EQ(finish(files.realpath(slash)).error(), Errc::notdir);
    EXPECT_EQ(finish(files.setattr(slash, {.mode = 0600})).error(), Errc::notdir);
    EXPECT_EQ(finish(files.setattr(slash, {.size = 0})).error(), Errc::notdir);
}

}  // namespace
}  // namespace strait::vfs::test
