// SPDX-License-Identifier: LGPL-2.1-or-later
// How paths are followed: dots, slashes, symlinks, mounts.
#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

class Paths : public FileSystemTest {
  protected:
    void link(std::string target, std::string path) {
        std::string full = "/n/" + path;
        auto made = finish(me().files.symlink(target, {.path = full}));
        EXPECT_TRUE(made.has_value()) << errc_name(made.error().code);
    }
    Error error_of(Task<> task) {
        auto outcome = finish(std::move(task));
        return outcome ? Error(Errc::ok) : outcome.error();
    }
};

TEST_F(Paths, relative_and_absolute_symlinks_are_followed_in_the_local_namespace) {
    me().mkdirs("a/b");
    me().put("a/b/f", "content");
    link("b", "a/relative");
    link("/n/a/b", "a/absolute");
    link("../a/./relative/", "a/chain");
    link("f", "a/b/file");
    EXPECT_EQ(me().get("a/relative/f"), "content");
    EXPECT_EQ(me().get("a/absolute/file"), "content");
    EXPECT_EQ(me().get("a/chain/file"), "content");
    EXPECT_EQ(me().get("a/chain/../b/f"), "content");
    cold();
    EXPECT_EQ(me().get("a/chain/file"), "content");
    cold();
    EXPECT_EQ(finish(me().files.realpath({.path = "/n/a/chain/../relative/file"})).value(),
              "/n/a/b/f");
}

TEST_F(Paths, an_exclusive_create_finds_a_directory_too) {
    me().mkdirs("d");
    OpenFlags flags{.access = OpenAccess::both, .create = true, .exclusive = true, .mode = 0600};
    auto warm = finish(me().files.open({.path = "/n/d"}, flags));
    EXPECT_EQ(warm.error(), Errc::exist);
    cold();
    auto asked = finish(me().files.open({.path = "/n/d"}, flags));
    EXPECT_EQ(asked.error(), Errc::exist);
    flags.exclusive = false;
    auto plain = finish(me().files.open({.path = "/n/d"}, flags));
    EXPECT_EQ(plain.error(), Errc::isdir);
}

TEST_F(Paths, dotdot_behind_a_symlink_goes_up_from_where_it_leads) {
    me().mkdirs("x/y");
    me().put("x/f", "right");
    me().put("f", "wrong");
    link("x/y", "link");
    EXPECT_EQ(me().get("link/../f"), "right");
}

TEST_F(Paths, loops_end_with_loop) {
    link("b", "a");
    link("a", "b");
    EXPECT_EQ(me().stat_error("a"), Errc::loop);
    EXPECT_EQ(me().stat_error("a/x"), Errc::loop);
    EXPECT_EQ(me().stat("a", false).type, FileType::symlink);
    EXPECT_EQ(me().open_error("a"), Errc::loop);
}

TEST_F(Paths, forty_symlinks_are_followed_and_no_more) {
    me().put("0", "end");
    for (int i = 1; i <= 41; i++) link(std::to_string(i - 1), std::to_string(i));
    EXPECT_EQ(me().get("40"), "end");
    EXPECT_EQ(me().stat_error("41"), Errc::loop);
}

TEST_F(Paths, what_leads_out_says_where) {
    link("/etc/passwd", "out");
    link("../../usr/share", "up");
    me().mkdirs("d");
    std::string where;
    auto stat = [&](std::string path) {
        where.clear();
        return finish(me().files.stat({.path = path, .leads_out = &where}));
    };
    EXPECT_EQ(stat("/n/out").error(), Errc::xdev);
    EXPECT_EQ(where, "/etc/passwd");
    EXPECT_EQ(stat("/n/up/x").error(), Errc::xdev);
    EXPECT_EQ(where, "/../usr/share/x");
    EXPECT_EQ(stat("/n/../tmp").error(), Errc::xdev);
    EXPECT_EQ(where, "/tmp");
    EXPECT_EQ(stat("/n/d/../../tmp").error(), Errc::xdev);
    EXPECT_EQ(where, "/tmp");
    // What is not there does not lead anywhere.
    EXPECT_EQ(stat("/n/none/../../tmp").error(), Errc::noent);
    // Out and in again.
    EXPECT_EQ(stat("/n/../n/d").value().type, FileType::directory);
}

TEST_F(Paths, a_way_out_behind_a_symlink_goes_by_where_the_symlink_leads) {
    me().mkdirs("a/b");
    me().put("a/f", "inside");
    link("a/b", "link");
    EXPECT_EQ(me().get("link/../f"), "inside");
    std::string where;
    auto got = finish(me().files.stat({.path = "/n/link/../../../tmp", .leads_out = &where}));
    EXPECT_EQ(got.error(), Errc::xdev);
    EXPECT_EQ(where, "/tmp");
}

TEST_F(Paths, trailing_slashes_ask_for_a_directory) {
    me().mkdirs("d");
    me().put("f", "x");
    link("d", "l");
    EXPECT_EQ(me().stat("d/").type, FileType::directory);
    EXPECT_EQ(me().stat_error("f/"), Errc::notdir);
    EXPECT_EQ(me().stat("l/", false).type, FileType::directory);
    EXPECT_EQ(me().open_error("f/"), Errc::notdir);
    EXPECT_EQ(me().open_error("new/", to_write), Errc::isdir);
    auto& files = me().files;
    EXPECT_EQ(error_of(files.mkdir({.path = "/n/made/"}, 0755)), Errc::ok);
    EXPECT_EQ(error_of(files.symlink("x", {.path = "/n/s/"})), Errc::noent);
    EXPECT_EQ(error_of(files.remove({.path = "/n/f/"}, RemoveKind::file)), Errc::notdir);
    EXPECT_EQ(error_of(files.remove({.path = "/n/d/"}, RemoveKind::file)), Errc::isdir);
    EXPECT_EQ(error_of(files.rename({.path = "/n/f/"}, {.path = "/n/g"})), Errc::notdir);
    EXPECT_EQ(error_of(files.rename({.path = "/n/d/"}, {.path = "/n/e/"})), Errc::ok);
    EXPECT_EQ(error_of(files.remove({.path = "/n/made/"}, RemoveKind::directory)), Errc::ok);
}

TEST_F(Paths, dots_at_the_end) {
    me().mkdirs("d/e");
    auto& files = me().files;
    EXPECT_EQ(me().stat("d/.").fileid, me().stat("d").fileid);
    EXPECT_EQ(me().stat("d/e/..").fileid, me().stat("d").fileid);
    EXPECT_EQ(error_of(files.mkdir({.path = "/n/d/."}, 0755)), Errc::exist);
    EXPECT_EQ(error_of(files.mkdir({.path = "/n/d/.."}, 0755)), Errc::exist);
    EXPECT_EQ(error_of(files.mkdir({.path = "/n"}, 0755)), Errc::exist);
    EXPECT_EQ(error_of(files.remove({.path = "/n/d/."}, RemoveKind::directory)), Errc::inval);
    EXPECT_EQ(error_of(files.remove({.path = "/n/d/.."}, RemoveKind::directory)), Errc::notempty);
    EXPECT_EQ(error_of(files.remove({.path = "/n"}, RemoveKind::directory)), Errc::busy);
    EXPECT_EQ(error_of(files.rename({.path = "/n/d/."}, {.path = "/n/x"})), Errc::busy);
}

TEST_F(Paths, empty_long_and_missing_paths) {
    EXPECT_EQ(finish(me().files.stat({.path = ""})).error(), Errc::noent);
    EXPECT_EQ(me().stat_error(std::string(256, 'x')), Errc::nametoolong);
    EXPECT_EQ(me().stat_error(std::string(5000, '/')), Errc::nametoolong);
    EXPECT_EQ(me().stat_error("none/x"), Errc::noent);
    me().put("f", "x");
    EXPECT_EQ(me().stat_error("f/x"), Errc::notdir);
    EXPECT_FALSE(me().files.covers("/"));
    EXPECT_FALSE(me().files.covers("/nn"));
    EXPECT_FALSE(me().files.covers("n"));
    EXPECT_TRUE(me().files.covers("/n"));
    EXPECT_TRUE(me().files.covers("/x/..//n/../.."));
}

TEST_F(Paths, relative_paths_start_at_their_directory_wherever_it_is_moved) {
    me().mkdirs("a/b");
    me().put("a/b/f", "content");
    me().put("a/g", "above");
    auto directory = me().open("a/b", {.directory = true});
    EXPECT_TRUE(finish(me().files.rename({.path = "/n/a"}, {.path = "/n/moved"})).has_value());
    EXPECT_EQ(text(*finish(me().files.read_file({directory.get(), "f"}))), "content");
    EXPECT_EQ(text(*finish(me().files.read_file({directory.get(), "../g"}))), "above");
    EXPECT_EQ(finish(me().files.realpath({directory.get(), "f"})).value(), "/n/moved/b/f");
    EXPECT_EQ(finish(me().files.stat({directory.get(), ""})).value().type, FileType::directory);
    std::string where;
    EXPECT_EQ(finish(me().files.stat({directory.get(), "../../../x", true, &where})).error(),
              Errc::xdev);
    EXPECT_EQ(where, "/x");
    auto file = me().open("moved/b/f");
    EXPECT_EQ(finish(me().files.stat({file.get(), "x"})).error(), Errc::notdir);
    EXPECT_EQ(finish(me().files.stat({file.get(), ""})).value().size, 7u);
    me().close(file);
    me().close(directory);
}

TEST_F(Paths, a_file_to_be_made_has_no_slash_behind_its_name_whatever_is_there) {
    me().mkdirs("d");
    me().put("f", "content");
    link("f", "to_file");
    link("loop", "loop");
    link("none", "nowhere");
    link("f/", "slash");
    link("loop/", "slash_behind_loop");
    for (bool known : {false, true}) {
        for (std::string name : {"f", "d", "none", "to_file", "loop", "nowhere"}) {
            if (known) (void)me().stat_error(name);
            EXPECT_EQ(me().open_error(name + "/", to_write), Errc::isdir) << name;
            OpenFlags exclusive = to_write;
            exclusive.exclusive = true;
            EXPECT_EQ(me().open_error(name + "/", exclusive), Errc::isdir) << name;
        }
        EXPECT_EQ(me().open_error("slash", to_write), Errc::isdir);
        EXPECT_EQ(me().open_error("slash_behind_loop", to_write), Errc::isdir);
        EXPECT_EQ(error_of(me().files.mknod({.path = "/n/f/"}, FileType::regular, 0600, {})),
                  Errc::exist);
        EXPECT_EQ(error_of(me().files.mknod({.path = "/n/none/"}, FileType::regular, 0600, {})),
                  Errc::noent);
        EXPECT_EQ(me().open_error("none/x/", to_write), Errc::noent);
        EXPECT_EQ(me().open_error("f/x/", to_write), Errc::notdir);
        EXPECT_EQ(me().open_error("d/../", to_write), Errc::isdir);
    }
}

TEST_F(Paths, a_removed_directory_is_empty_and_leads_up) {
    auto& files = me().files;
    me().mkdirs("a/b");
    me().put("a/g", "above");
    auto directory = me().open("a/b", {.directory = true});
    auto path_only = me().open("a/b", {.directory = true, .path_only = true});
    ASSERT_TRUE(finish(files.remove({.path = "/n/a/b"}, RemoveKind::directory)).has_value());
    me().mkdirs("a/b");  // another one of the same name
    me().put("a/b/f", "not there");
    for (OpenFile* base : {directory.get(), path_only.get()}) {
        EXPECT_EQ(finish(files.stat({base, ""})).value().nlink, 0u);
        EXPECT_EQ(finish(files.stat({base, "./."})).value().nlink, 0u);
        EXPECT_TRUE(finish(files.access({base, "."}, access_read)).has_value());
        EXPECT_EQ(finish(files.stat({base, "f"})).error(), Errc::noent);
        EXPECT_EQ(finish(files.stat({base, "./.f"})).error(), Errc::noent);
        EXPECT_EQ(finish(files.open({base, "new"}, to_write)).error(), Errc::noent);
        EXPECT_EQ(finish(files.open({base, "new/"}, to_write)).error(), Errc::isdir);
        EXPECT_EQ(error_of(files.rename({base, "x"}, {.path = "/n/a/g/x"})), Errc::notdir);
        EXPECT_EQ(error_of(files.rename({base, "x/y"}, {.path = "/n/a/g/x"})), Errc::noent);
        EXPECT_EQ(text(*finish(files.read_file({base, "../g"}))), "above");
        EXPECT_EQ(error_of(files.remove({base, "."}, RemoveKind::directory)), Errc::inval);
        EXPECT_EQ(error_of(files.remove({base, ".."}, RemoveKind::directory)), Errc::notempty);
        EXPECT_EQ(finish(files.open({base, "."}, to_write)).error(), Errc::isdir);
        OpenFileRef again = finish(files.open({base, "."}, {})).value();
        EXPECT_TRUE(me().list(again).empty());
        me().close(again);
    }
    EXPECT_TRUE(me().list(directory).empty());
    ASSERT_TRUE(finish(files.rename({.path = "/n/a"}, {.path = "/n/moved"})).has_value());
    EXPECT_EQ(text(*finish(files.read_file({directory.get(), "../g"}))), "above");
    for (const char* gone : {"/n/moved/b/f", "/n/moved/g"})
        ASSERT_TRUE(finish(files.remove({.path = gone}, RemoveKind::file)).has_value());
    for (const char* gone : {"/n/moved/b", "/n/moved"})
        ASSERT_TRUE(finish(files.remove({.path = gone}, RemoveKind::directory)).has_value());
    me().mkdirs("moved");
    me().put("moved/g", "another");
    auto again = finish(files.open({directory.get(), "."}, {})).value();
    for (OpenFile* base : {directory.get(), again.get()})
        EXPECT_EQ(finish(files.stat({base, "../g"})).error(), Errc::noent);
    me().close(again);
    me().close(path_only);
    me().close(directory);
}

TEST_F(Paths, mounts_within_mounts) {
    auto store = std::move(*backend::make_memory_store(""));
    StepBackend inner(*store);
    std::vector<std::string> log;
    ASSERT_TRUE(me().files.mount("/n/sub", std::make_unique<Probe>(inner, log)).has_value());
    EXPECT_EQ(me().files.mount("/n/./sub", std::make_unique<Probe>(inner, log)).error(),
              Errc::exist);
    me().put("outer", "outside");
    me().put("sub/f", "inside");
    link("sub/f", "into");
    EXPECT_EQ(me().get("into"), "inside");
    EXPECT_EQ(me().get("sub/../outer"), "outside");
    EXPECT_EQ(other().stat_error("sub/f"), Errc::noent);
    EXPECT_EQ(error_of(me().files.rename({.path = "/n/outer"}, {.path = "/n/sub/outer"})),
              Errc::xdev);
    me_.reset();
    cold();
}

TEST_F(Paths, nothing_is_followed_at_the_end_by_what_makes_or_removes_names) {
    me().put("f", "content");
    link("f", "l");
    link("missing", "dangling");
    auto& files = me().files;
    EXPECT_EQ(error_of(files.mkdir({.path = "/n/dangling"}, 0755)), Errc::exist);
    EXPECT_EQ(me().open_error("dangling",
                              {.access = OpenAccess::write, .create = true, .exclusive = true}),
              Errc::exist);
    EXPECT_EQ(me().open_error("l", {.no_follow = true}), Errc::loop);
    // A create goes through a dangling link and makes its target.
    me().put("dangling", "made");
    EXPECT_EQ(me().get("missing"), "made");
    EXPECT_EQ(error_of(files.remove({.path = "/n/l"}, RemoveKind::file)), Errc::ok);
    EXPECT_EQ(me().get("f"), "content");
}

TEST_F(Paths, changes_hit_the_target_of_a_symlink_and_not_the_link) {
    me().put("f", "content");
    link("f", "l");
    for (bool checked : {false, true}) {
        cold();
        me().probe->change_capabilities = [checked](Capabilities& c) {
            c.checked_walk_end = c.checked_walk_end && checked;
        };
        uint32_t mode = checked ? 0600 : 0640;
        EXPECT_EQ(error_of(me().files.setattr({.path = "/n/l"}, {.mode = mode})), Errc::ok);
        EXPECT_EQ(me().stat("f").mode, mode);
        EXPECT_EQ(me().stat("l", false).mode, 0777u);
    }
    EXPECT_EQ(error_of(me().files.link({.path = "/n/l"}, {.path = "/n/hard"})), Errc::ok);
    EXPECT_EQ(me().stat("hard", false).fileid, me().stat("f").fileid);
    EXPECT_EQ(error_of(me().files.link({.path = "/n/l", .follow = false}, {.path = "/n/same"})),
              Errc::ok);
    EXPECT_EQ(me().stat("same", false).type, FileType::symlink);
}

TEST_F(Paths, an_o_path_open_reads_nothing) {
    me().put("f", "content");
    link("f", "l");
    auto path = me().open("l", {.no_follow = true, .path_only = true});
    EXPECT_EQ(path->type(), FileType::symlink);
    EXPECT_EQ(finish(me().files.readlink({path.get(), ""})).value().text(), "f");
    EXPECT_EQ(finish(path->read(1)).error(), Errc::badf);
    EXPECT_EQ(finish(path->stat()).value().type, FileType::symlink);
    auto file = me().open("f", {.path_only = true});
    auto again = finish(me().files.open({file.get(), ""}, {}));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(me().read(*again, 0, 10), "content");
}

}  // namespace
TEST_F(Paths, a_new_file_at_the_end_of_a_way_that_goes_up_needs_all_of_the_way) {
    me().mkdirs("d");
    me().put("d/f", "");
    for (auto& [target, error] : {std::pair("d/none/..", Errc::noent),
                                  {"d/f/..", Errc::notdir},
                                  {"d/..", Errc::isdir},
                                  {"d/f/", Errc::isdir},
                                  {"d/new/", Errc::isdir},
                                  {"d/none/new/", Errc::noent}}) {
        At link{.path = "/n/link"};
        ASSERT_TRUE(finish(me().files.symlink(target, link)).has_value());
        EXPECT_EQ(me().open_error("link", to_both), error) << target;
        EXPECT_EQ(me().open_error(target, to_both), error) << target;
        ASSERT_TRUE(finish(me().files.remove(link, RemoveKind::file)).has_value());
    }
}

TEST_F(Paths, a_symlink_on_the_way_to_a_new_name_is_not_taken_for_one_on_the_way_to_the_old) {
    me().mkdirs("d");
    me().mkdirs("e");
    me().put("d/f", "");
    ASSERT_TRUE(finish(me().files.symlink("f", {.path = "/n/d/file"})).has_value());
    ASSERT_TRUE(finish(me().files.symlink("../e", {.path = "/n/d/out"})).has_value());
    cold();
    auto rename = [this](const char* to) {
        auto done = finish(me().files.rename({.path = "/n/d"}, {.path = to}));
        return done ? Errc::ok : done.error().code;
    };
    EXPECT_EQ(rename("/n/d/file/c"), Errc::notdir);
    EXPECT_EQ(rename("/n/d/out/c"), Errc::ok);
    EXPECT_EQ(me().stat("e/c/f").type, FileType::regular);
}

TEST_F(Paths, dots_behind_what_is_no_directory_say_so_first) {
    me().mkdirs("d");
    me().put("f", "content");
    link("d", "to_directory");
    auto& files = me().files;
    struct Case {
        const char* path;
        Errc made, removed, removed_directory, renamed;
    };
    constexpr Errc noent = Errc::noent, notdir = Errc::notdir;
    for (const Case& each :
         {Case{"/n/none/.", noent, noent, noent, noent},
          Case{"/n/none/..", noent, noent, noent, noent},
          Case{"/n/f/.", notdir, notdir, notdir, notdir},
          Case{"/n/f/..", notdir, notdir, notdir, notdir},
          Case{"/n/d/.", Errc::exist, Errc::isdir, Errc::inval, Errc::busy},
          Case{"/n/to_directory/.", Errc::exist, Errc::isdir, Errc::inval, Errc::busy},
          Case{"/n/d/..", Errc::exist, Errc::isdir, Errc::notempty, Errc::busy}}) {
        At at{.path = each.path};
        EXPECT_EQ(error_of(files.mkdir(at, 0755)), each.made) << each.path;
        EXPECT_EQ(error_of(files.symlink("x", at)), each.made) << each.path;
        EXPECT_EQ(error_of(files.link({.path = "/n/f"}, at)), each.made) << each.path;
        EXPECT_EQ(error_of(files.mknod(at, FileType::regular, 0600, {})), each.made) << each.path;
        EXPECT_EQ(error_of(files.remove(at, RemoveKind::file)), each.removed) << each.path;
        EXPECT_EQ(error_of(files.remove(at, RemoveKind::directory)), each.removed_directory);
        EXPECT_EQ(error_of(files.rename(at, {.path = "/n/g"})), each.renamed) << each.path;
        EXPECT_EQ(error_of(files.rename({.path = "/n/none/x"}, at)), noent) << each.path;
        EXPECT_EQ(error_of(files.rename({.path = "/n/f"}, at)), each.renamed) << each.path;
    }
}

TEST_F(Paths, errors_of_two_paths_come_in_the_order_in_which_they_are_walked) {
    me().mkdirs("d");
    me().put("f", "content");
    link("f", "to_file");
    auto& files = me().files;
    auto rename = [&](std::string from, std::string to) {
        return error_of(files.rename({.path = from}, {.path = to}));
    };
    auto add_link = [&](std::string from, std::string to) {
        return error_of(files.link({.path = from}, {.path = to}));
    };
    const std::string too_long = "/n/" + std::string(300, 'x');
    EXPECT_EQ(rename("/n/none", "/n/f/x"), Errc::notdir);
    EXPECT_EQ(rename("/n/none", "/n/to_file/x"), Errc::notdir);
    EXPECT_EQ(rename("/n/none", "/n/gone/x"), Errc::noent);
    EXPECT_EQ(rename("/n/f/x", "/n/gone/x"), Errc::notdir);
    EXPECT_EQ(rename("/n/gone/x", "/n/f/x"), Errc::noent);
    EXPECT_EQ(add_link("/n/f/", "/n/d/"), Errc::notdir);
    EXPECT_EQ(add_link("/n/f", "/n/d/"), Errc::exist);
    link("nothing", "dangling");
    EXPECT_EQ(add_link("/n/dangling", "/n/d/"), Errc::noent);
    link("d", "to_directory");
    EXPECT_EQ(add_link("/n/f", "/n/to_directory/none/"), Errc::noent);
    EXPECT_EQ(add_link("/n/f", "/n/to_directory/"), Errc::exist);
    EXPECT_EQ(add_link("/n/f", "/n/loop/x/"), Errc::noent);
    EXPECT_EQ(add_link("/n/f", "/n/g/"), Errc::noent);
    EXPECT_EQ(add_link("/n/d", "/n/f"), Errc::exist);
    EXPECT_EQ(add_link("/n/d", "/n/g"), Errc::perm);
    EXPECT_EQ(add_link("/n/d", too_long), Errc::nametoolong);
}

}  // namespace strait::vfs::test
