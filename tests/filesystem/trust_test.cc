// SPDX-License-Identifier: LGPL-2.1-or-later
// How far a mount believes what it knows: nfs(5)'s nocto and noac.
#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

using Trust = FileSystemTest;
using Log = std::vector<std::string>;

TEST_F(Trust, without_close_to_open_a_file_that_was_read_is_opened_from_memory) {
    me().put("f", "content");
    cold({.close_to_open = false});
    EXPECT_EQ(me().get("f"), "content");
    EXPECT_EQ(me().count(), 1u);
    EXPECT_EQ(me().get("f"), "content");
    auto file = me().open("f");
    EXPECT_EQ(me().read(file, 0, 100), "content");
    me().close(file);
    EXPECT_EQ(me().count(), 0u);
    me().put("f", "ours, seen at once");
    EXPECT_EQ(me().get("f"), "ours, seen at once");
}

TEST_F(Trust, with_close_to_open_each_open_asks) {
    me().put("f", "content");
    cold();
    me().get("f");
    other().put("f", "another's");
    EXPECT_EQ(me().get("f"), "another's");
    EXPECT_EQ(me().count(), 2u);
}

TEST_F(Trust, without_close_to_open_what_is_found_changed_is_read_again) {
    me().put("f", "content");
    cold({.close_to_open = false});
    me().get("f");
    other().put("f", "another's");
    auto file = me().open("f", {.access = OpenAccess::both});  // asks, and learns
    EXPECT_EQ(me().get("f"), "another's");
    me().close(file);
}

TEST_F(Trust, without_close_to_open_nothing_is_believed_longer_than_attributes_are) {
    me().put("f", "content");
    cold({.acregmin = 0s, .acregmax = 0s, .close_to_open = false});
    me().get("f");
    other().put("f", "another's");
    EXPECT_EQ(me().get("f"), "another's");
}

const MountPolicy noac{.acregmin = 0s,
                       .acregmax = 0s,
                       .acdirmin = 0s,
                       .acdirmax = 0s,
                       .head_bytes = 0,
                       .write_behind = 0,
                       .readahead = 0};

TEST_F(Trust, without_attributes_nothing_is_read_before_it_is_asked_for) {
    const std::string content = pattern(1 << 20);
    me().put("f", content);
    cold(noac);
    auto file = me().open("f");
    EXPECT_EQ(me().log.back().find("read"), std::string::npos) << me().log.back();
    me().count();
    const size_t piece = 64 << 10;
    for (size_t at = 0; at < content.size(); at += piece) {
        EXPECT_EQ(me().read(file, at, piece), content.substr(at, piece));
        EXPECT_EQ(me().count(), 1u);
    }
    other().put("f", std::string(piece, 'x'));
    EXPECT_EQ(me().read(file, 0, piece), std::string(piece, 'x'));
    me().close(file);
}

TEST_F(Trust, without_attributes_a_write_is_with_the_server_when_it_returns) {
    cold(noac);
    auto file = me().open("f", to_write);
    me().write(file, "content");
    EXPECT_EQ(other().get("f"), "content");
    me().count();
    me().close(file);
    EXPECT_EQ(me().log, Log{"put use_open close"});
}

TEST_F(Trust, an_open_of_an_open_file_tells_nothing_of_the_name_that_it_had) {
    auto& files = me().files;
    auto file = me().open("f", to_both);
    me().write_at(file, 0, "old");
    ASSERT_TRUE(finish(files.remove({.path = "/n/f"}, RemoveKind::file)).has_value());
    auto again = finish(files.open({file.get(), ""}, {})).value();
    EXPECT_EQ(finish(files.stat({again.get(), ""})).value().nlink, 0u);
    EXPECT_EQ(me().stat_error("f"), Errc::noent);
    me().put("f", "another");
    auto third = finish(files.open({file.get(), ""}, {})).value();
    EXPECT_EQ(me().read(third, 0, 10), "old");
    EXPECT_TRUE(finish(files.setattr({file.get(), ""}, {.size = 1})).has_value());
    EXPECT_EQ(me().stat("f").size, 7u);
    EXPECT_EQ(me().get("f"), "another");
    for (auto* each : {&file, &again, &third}) me().close(*each);
}

TEST_F(Trust, what_is_known_below_a_directory_ends_with_the_right_to_search_it) {
    ASSERT_TRUE(finish(me().files.setattr({.path = "/n"}, {.mode = 0777})).has_value());
    Client user(*server_, {}, make_ref<const Credential>(1000u, 1000u));
    auto& files = user.files;
    user.mkdirs("d/e");
    user.put("d/e/f", "content");
    user.put("d/g", "content");
    auto set_mode = [&](uint32_t mode) {
        EXPECT_TRUE(finish(files.setattr({.path = "/n/d"}, {.mode = mode})).has_value());
    };
    for (uint32_t mode : {0600u, 0000u}) {
        EXPECT_EQ(user.stat("d/e/f").size, 7u);
        EXPECT_EQ(user.stat_error("d/none"), Errc::noent);
        set_mode(mode);
        EXPECT_EQ(user.stat_error("d/e/f"), Errc::access);
        EXPECT_EQ(user.stat_error("d/none"), Errc::access);
        EXPECT_EQ(user.open_error("d/g"), Errc::access);
        set_mode(0700);
    }
    set_mode(0600);
    auto directory = user.open("d", {.directory = true});
    EXPECT_EQ(user.list(directory).size(), 4u);
    for (const char* name : {"d/e", "d/g", "d/none"})
        EXPECT_EQ(user.stat_error(name), Errc::access) << name;
    user.close(directory);
    set_mode(0700);
    ASSERT_TRUE(finish(files.mkdir({.path = "/n/shut"}, 0)).has_value());
    EXPECT_EQ(user.stat_error("shut/none"), Errc::access);
    EXPECT_EQ(user.open_error("shut/new/", to_write), Errc::access);
    set_mode(0500);
    for (RemoveKind kind : {RemoveKind::file, RemoveKind::directory})
        for (const char* path : {"/n/d/e", "/n/d/g"})
            EXPECT_EQ(finish(files.remove({.path = path}, kind)).error(), Errc::access) << path;
    set_mode(0700);
    EXPECT_EQ(finish(files.rename({.path = "/n/shut/."}, {.path = "/n/d/x"})).error(), Errc::busy);
}

}  // namespace
}  // namespace strait::vfs::test
