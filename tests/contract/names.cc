// SPDX-License-Identifier: LGPL-2.1-or-later
// Names: making, walking, removing, links.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST_P(BackendContract, what_is_written_is_read_back) {
    make_file("f", "hello");
    EXPECT_EQ(read("f"), "hello");
    EXPECT_EQ(stat("f").size, 5u);
    EXPECT_EQ(stat("f").type, FileType::regular);
    EXPECT_THAT(list(""), ElementsAre("f"));
}

TEST_P(BackendContract, open_read_close_is_one_program) {
    make_directory("a");
    make_directory("a/b");
    make_file("a/b/f", "hello");
    Reply reply = ok(at("a/b/f").open({}).getattr(stat_mask).read(0, 100).close());
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Read>()->data.flatten().text(), "hello");
    EXPECT_TRUE(reply.find<Read>()->eof);
    EXPECT_EQ(reply.find<GetAttr>()->attributes.size, 5u);
}

TEST_P(BackendContract, dots_and_doubled_slashes_in_a_walk_stay) {
    make_directory("a");
    make_directory("a/b");
    Handle inner = make_file("a/b/f");
    for (auto path : {"a/./b//f", "a/b/../b/f", "a/../a/b/f", "./a/b/f"}) {
        Reply reply = ok(at(path).get_handle());
        ASSERT_TRUE(reply.ok()) << path;
        EXPECT_EQ(stat(reply.take<GetHandle>().handle).fileid, stat(inner).fileid) << path;
    }
}

TEST_P(BackendContract, dotdot_of_the_root_is_the_root) {
    Reply reply = ok(Compound().root().getattr(Attr::fileid).walk("../..").getattr(Attr::fileid));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.at<GetAttr>(1)->attributes.fileid, reply.at<GetAttr>(3)->attributes.fileid);
}

TEST_P(BackendContract, a_walk_that_fails_tells_how_far_it_came) {
    make_directory("a");
    make_directory("a/b");
    Compound program = at("");
    Reply reply = run(program.walk("a/b/c/d"));
    EXPECT_EQ(reply.error.code, Errc::noent);
    EXPECT_EQ(reply.completed, program.ops.size() - 1);
    ASSERT_TRUE(reply.at<Walk>(reply.completed));
    EXPECT_EQ(reply.at<Walk>(reply.completed)->walked, 2u);
}

TEST_P(BackendContract, a_walk_stops_at_a_symlink_in_the_middle_and_takes_one_at_the_end) {
    make_directory("a");
    make_symlink("a/link", "../elsewhere");
    Compound program = at("");
    Reply reply = run(program.walk("a/link/x"));
    EXPECT_EQ(reply.error.code, Errc::symlink);
    ASSERT_TRUE(reply.at<Walk>(reply.completed));
    EXPECT_EQ(reply.at<Walk>(reply.completed)->walked, 2u);
    EXPECT_EQ(stat("a/link").type, FileType::symlink);
    if (!capabilities().checked_walk_end) return;
    Compound checked = at("");
    reply = run(checked.add(Walk{.path = "a/link", .refuse_symlink_end = true}));
    EXPECT_EQ(reply.error.code, Errc::symlink);
    EXPECT_TRUE(ok(at("").add(Walk{.path = "a", .refuse_symlink_end = true})).ok());
}

TEST_P(BackendContract, a_file_in_the_middle_of_a_walk_is_no_directory) {
    make_file("f");
    EXPECT_EQ(error(at("f/x")), Errc::notdir);
    EXPECT_EQ(error(at("f/..")), Errc::notdir);
    EXPECT_EQ(error(at("f/")), Errc::notdir);
}

TEST_P(BackendContract, a_symlink_keeps_its_target_to_the_byte) {
    std::string target = "../some where/" + std::string(900, 'x') + "//.";
    make_symlink("link", target);
    Reply reply = ok(at("link").add(ReadLink{}));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<ReadLink>()->target.text(), target);
    EXPECT_EQ(stat("link").size, target.size());
    make_file("f");
    EXPECT_EQ(error(at("f").add(ReadLink{})), Errc::inval);
}

TEST_P(BackendContract, every_kind_of_node_says_what_it_is) {
    for (auto [type, name] : {std::pair{FileType::fifo, "fifo"}, {FileType::socket, "socket"}}) {
        ok(at("").add(Create{.type = type, .name = name}));
        EXPECT_EQ(stat(name).type, type);
        Errc code = error(at(name).read(0, 1));
        EXPECT_TRUE(code == Errc::badtype || code == Errc::inval) << errc_name(code);
    }
    if (!subject().device_nodes) return;
    for (auto [type, name] : {std::pair{FileType::character, "c"}, {FileType::block, "b"}}) {
        ok(at("").add(Create{.type = type, .name = name, .device = {7, 300}}));
        EXPECT_EQ(stat(name).type, type);
        EXPECT_EQ(stat(name).rdev, (Device{7, 300}));
    }
}

TEST_P(BackendContract, a_name_that_is_there_is_not_made_again) {
    make_file("f");
    make_directory("d");
    for (auto name : {"f", "d"}) {
        EXPECT_EQ(error(at("").add(Create{.name = name})), Errc::exist);
        EXPECT_EQ(error(at("").add(Create{.type = FileType::symlink, .name = name, .target = "x"})),
                  Errc::exist);
        EXPECT_EQ(error(at("").open({.name = name, .create = Open::Create::guarded})), Errc::exist);
    }
}

TEST_P(BackendContract, names_that_are_none_are_refused) {
    make_file("f");
    std::string too_long(256, 'n');
    EXPECT_EQ(error(at("").add(Create{.name = ""})), Errc::inval);
    EXPECT_EQ(error(at("").add(Create{.name = too_long})), Errc::nametoolong);
    EXPECT_EQ(error(at(too_long)), Errc::nametoolong);
    EXPECT_EQ(error(at("").remove("")), Errc::inval);
    EXPECT_EQ(error(at("").remove(too_long)), Errc::nametoolong);
    EXPECT_EQ(error(at("").save().add(Rename{"f", too_long})), Errc::nametoolong);
    if (!subject().reserved_names) return;
    for (auto name : {".", ".."}) {
        EXPECT_EQ(error(at("").add(Create{.name = name})), Errc::badname);
        EXPECT_EQ(error(at("").remove(name)), Errc::badname);
        EXPECT_EQ(error(at("").save().add(Rename{"f", name})), Errc::badname);
        EXPECT_EQ(error(at("").open({.name = name, .create = Open::Create::unchecked})),
                  Errc::badname);
    }
    EXPECT_EQ(error(at("").add(Create{.name = "a/b"})), Errc::badchar);
    EXPECT_EQ(error(at("").add(Create{.name = std::string_view("a\0b", 3)})), Errc::badchar);
}

TEST_P(BackendContract, names_of_255_bytes_and_of_utf8_are_kept) {
    std::string longest(255, 'n'), snow = "\u96ea \U0001F600 caf\u00e9";
    make_file(longest, "1");
    make_file(snow, "2");
    EXPECT_EQ(read(longest), "1");
    EXPECT_EQ(read(snow), "2");
    EXPECT_THAT(list(""), UnorderedElementsAre(longest, snow));
}

TEST_P(BackendContract, names_are_bytes_and_nothing_else) {
    std::string odd = "\xff\xfe\x01\n\\*?\x80";
    make_file(odd, "odd");
    EXPECT_EQ(read(odd), "odd");
    EXPECT_THAT(list(""), ElementsAre(odd));
}

TEST_P(BackendContract, case_and_form_of_names_are_kept_apart) {
    make_file("name", "lower");
    make_file("NAME", "upper");
    make_file("caf\u00e9", "composed");
    make_file("cafe\u0301", "decomposed");
    EXPECT_EQ(read("name"), "lower");
    EXPECT_EQ(read("NAME"), "upper");
    EXPECT_EQ(list("").size(), 4u);
}

TEST_P(BackendContract, removal_knows_files_from_directories) {
    make_file("f");
    make_directory("d");
    EXPECT_EQ(error(at("").remove("f", RemoveKind::directory)), Errc::notdir);
    EXPECT_EQ(error(at("").remove("d", RemoveKind::file)), Errc::isdir);
    EXPECT_EQ(error(at("").remove("none")), Errc::noent);
    EXPECT_EQ(error(at("f").remove("x")), Errc::notdir);
    ok(at("").remove("f", RemoveKind::file));
    ok(at("").remove("d", RemoveKind::directory));
    EXPECT_THAT(list(""), ElementsAre());
}

TEST_P(BackendContract, a_directory_with_entries_stays) {
    make_directory("d");
    make_file("d/f");
    EXPECT_EQ(error(at("").remove("d")), Errc::notempty);
    ok(at("d").remove("f"));
    ok(at("").remove("d"));
    EXPECT_FALSE(exists("d"));
}

TEST_P(BackendContract, the_handle_of_what_is_gone_is_stale) {
    Handle file = make_file("f"), directory = make_directory("d");
    ok(at("").remove("f").remove("d"));
    EXPECT_EQ(error(Compound().put(file).getattr(stat_mask)), Errc::stale);
    EXPECT_EQ(error(Compound().put(directory).getattr(stat_mask)), Errc::stale);
    make_file("f");
    EXPECT_EQ(error(Compound().put(file).getattr(stat_mask)), Errc::stale);
}

TEST_P(BackendContract, a_handle_that_nobody_gave_is_refused) {
    std::string junk = "no such handle";
    Handle bad = *Handle::from(as_bytes(junk));
    Errc code = error(Compound().put(bad).getattr(stat_mask));
    EXPECT_TRUE(code == Errc::badhandle || code == Errc::stale) << errc_name(code);
}

TEST_P(BackendContract, a_handle_finds_its_file_under_a_new_name) {
    Handle file = make_file("f", "content");
    ok(at("").save().add(Rename{"f", "g"}));
    Reply reply = ok(Compound().put(file).read(0, 100));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Read>()->data.flatten().text(), "content");
}

TEST_P(BackendContract, hard_links_are_one_file) {
    Handle file = make_file("f", "one");
    make_directory("d");
    ok(link("f", "d/g"));
    EXPECT_EQ(stat("f").nlink, 2u);
    EXPECT_EQ(stat("d/g").fileid, stat(file).fileid);
    write("d/g", 0, "two");
    EXPECT_EQ(read("f"), "two");
    ok(at("").remove("f"));
    EXPECT_EQ(stat("d/g").nlink, 1u);
    EXPECT_EQ(read("d/g"), "two");
}

TEST_P(BackendContract, links_to_directories_or_onto_names_are_refused) {
    make_file("f");
    make_file("g");
    make_directory("d");
    EXPECT_EQ(error(link("f", "g")), Errc::exist);
    EXPECT_EQ(error(link("d", "e")), Errc::isdir);
    EXPECT_EQ(error(link("f", "g/x")), Errc::notdir);
}

TEST_P(BackendContract, directories_count_their_subdirectories) {
    make_directory("d");
    uint32_t before = stat("d").nlink;
    make_directory("d/a");
    make_directory("d/b");
    make_file("d/f");
    uint32_t full = stat("d").nlink;
    EXPECT_TRUE(full == before + 2 || full == before) << "some file systems always say 1 or 2";
    ok(at("d").remove("a"));
    uint32_t after = stat("d").nlink;
    EXPECT_EQ(full - after, full == before ? 0u : 1u);
}

TEST_P(BackendContract, changes_of_a_directory_are_told_around) {
    Reply made = ok(at("").add(Create{.name = "d"}));
    Reply removed = ok(at("").remove("d"));
    ASSERT_TRUE(made.ok() && removed.ok());
    ChangeInfo first = made.find<Create>()->directory, second = removed.find<Remove>()->directory;
    EXPECT_LT(first.before, first.after);
    EXPECT_LT(second.before, second.after);
    if (first.atomic && second.atomic) EXPECT_EQ(first.after, second.before);
}

}  // namespace
}  // namespace strait::contract
