// SPDX-License-Identifier: LGPL-2.1-or-later
// Names that are not there: what need not be asked again, and what shows at once all the same.
#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

class Missing : public FileSystemTest {
  protected:
    Missing() { cold(long_believed()); }
    static MountPolicy long_believed() {
        MountPolicy policy;
        policy.acregmin = policy.acregmax = policy.acdirmin = policy.acdirmax = 1h;
        return policy;
    }
    void rename(const std::string& from, const std::string& to) {
        std::string source = "/n/" + from, target = "/n/" + to;
        auto done = finish(me().files.rename({.path = source}, {.path = target}, 0));
        EXPECT_TRUE(done.has_value()) << errc_name(done.error().code);
    }
    void remove(const std::string& path) {
        std::string full = "/n/" + path;
        auto done = finish(me().files.remove({.path = full}, RemoveKind::any));
        EXPECT_TRUE(done.has_value()) << errc_name(done.error().code);
    }
    bool missing(const std::string& path) { return me().stat_error(path) == Errc::noent; }
};

TEST_F(Missing, a_name_is_asked_for_once) {
    me().mkdirs("d/e");
    cold(long_believed());
    EXPECT_TRUE(missing("d/e/f"));
    EXPECT_TRUE(missing("d/e/f"));
    EXPECT_EQ(me().open_error("d/e/f"), Errc::noent);
    EXPECT_EQ(me().count(), 1u);
}

TEST_F(Missing, an_open_tells_as_well_as_a_stat) {
    me().mkdirs("d");
    cold(long_believed());
    EXPECT_EQ(me().open_error("d/f"), Errc::noent);
    EXPECT_TRUE(missing("d/f"));
    EXPECT_EQ(me().count(), 1u);
}

TEST_F(Missing, a_directory_that_is_not_there_says_nothing_of_the_name_in_it) {
    EXPECT_EQ(me().open_error("d/f"), Errc::noent);
    EXPECT_TRUE(missing("d/f"));
    me().mkdirs("d");
    me().put("d/f", "x");
    EXPECT_EQ(me().stat("d/f").size, 1u);
}

TEST_F(Missing, what_a_whole_listing_did_not_show_is_not_there) {
    me().put("f", "x");
    cold(long_believed());
    auto directory = me().open("", {.directory = true});
    EXPECT_EQ(me().list(directory).size(), 3u);
    me().close(directory);
    EXPECT_EQ(me().count(), 1u);
    EXPECT_TRUE(missing("g"));
    EXPECT_EQ(me().stat("f").size, 1u);
    EXPECT_EQ(me().count(), 0u);
}

TEST_F(Missing, a_directory_that_we_made_holds_what_we_put_there) {
    me().mkdirs("d");
    me().count();
    for (int i = 0; i < 5; i++) {
        std::string name = "d/" + std::to_string(i);
        EXPECT_TRUE(missing(name));
        me().put(name, "x");
        EXPECT_EQ(me().stat(name).size, 1u);
    }
    EXPECT_EQ(me().count(), 5u);
}

TEST_F(Missing, our_own_changes_show_at_once) {
    me().mkdirs("d");
    EXPECT_TRUE(missing("d/f"));
    EXPECT_TRUE(missing("d/g"));
    me().put("d/f", "x");
    EXPECT_EQ(me().get("d/f"), "x");
    rename("d/f", "d/g");
    EXPECT_TRUE(missing("d/f"));
    EXPECT_EQ(me().get("d/g"), "x");
    remove("d/g");
    EXPECT_TRUE(missing("d/g"));
    me().mkdirs("d/g");
    EXPECT_EQ(me().stat("d/g").type, FileType::directory);
    me().put("d/g/f", "y");
    rename("d/g", "d/h");
    EXPECT_EQ(me().get("d/h/f"), "y");
    EXPECT_TRUE(missing("d/g/f"));
}

TEST_F(Missing, what_was_moved_from_where_we_never_looked_is_there) {
    other().put("f", "x");
    me().mkdirs("d");
    EXPECT_TRUE(missing("d/f"));
    rename("f", "d/f");
    EXPECT_EQ(me().get("d/f"), "x");
}

TEST_F(Missing, a_create_asks_whatever_is_believed) {
    me().mkdirs("d");
    EXPECT_TRUE(missing("d/f"));
    other().put("d/f", "x");
    OpenFlags exclusive = to_write;
    exclusive.exclusive = true;
    EXPECT_EQ(me().open_error("d/f", exclusive), Errc::exist);
    EXPECT_EQ(me().get("d/f"), "x");
}

TEST_F(Missing, others_are_not_kept_waiting_when_nothing_is_believed) {
    me().mkdirs("d");
    MountPolicy positive = long_believed();
    positive.missing_names = false;
    cold(positive);
    EXPECT_TRUE(missing("d/f"));
    other().put("d/f", "x");
    EXPECT_EQ(me().stat("d/f").size, 1u);
}

}  // namespace
}  // namespace strait::vfs::test
