// SPDX-License-Identifier: LGPL-2.1-or-later
// What each call costs, in compounds.
#include <algorithm>
#include <array>

#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

using RoundTrips = FileSystemTest;
using Log = std::vector<std::string>;

TEST_F(RoundTrips, a_cold_open_read_and_close_five_directories_deep_is_one_compound) {
    me().mkdirs("a/b/c/d/e");
    me().put("a/b/c/d/e/f", pattern(4096));
    cold();
    auto file = me().open("a/b/c/d/e/f");
    EXPECT_EQ(me().read(file, 0, 4096), pattern(4096));
    me().close(file);
    EXPECT_EQ(me().log, Log{"root walk open get_handle getattr read close"});
}

TEST_F(RoundTrips, stat_and_the_end_of_file_are_answered_from_what_the_open_brought) {
    me().put("f", "content");
    cold();
    auto file = me().open("f");
    EXPECT_EQ(finish(file->stat()).value().size, 7u);
    EXPECT_EQ(text(*finish(file->read(100))), "content");
    EXPECT_EQ(text(*finish(file->read(100))), "");
    EXPECT_EQ(finish(file->seek(0, Whence::end)).value(), 7u);
    me().close(file);
    EXPECT_EQ(me().count(), 1u);
}

TEST_F(RoundTrips, creating_and_writing_a_small_file_is_two_compounds) {
    me().mkdirs("a/b");
    cold();
    auto file = me().open("a/b/new", to_write);
    me().write(file, pattern(4096));
    me().close(file);
    EXPECT_EQ(me().log,
              (Log{"root walk open get_handle getattr", "put use_open write getattr close"}));
    EXPECT_EQ(other().get("a/b/new"), pattern(4096));
}

TEST_F(RoundTrips, whole_small_files_are_one_compound_each_way) {
    me().mkdirs("d");
    cold();
    me().put("d/f", pattern(100'000));
    EXPECT_EQ(me().log, Log{"root walk open get_handle write getattr close"});
    me().count();
    cold();
    EXPECT_EQ(me().get("d/f"), pattern(100'000));
    EXPECT_EQ(me().count(), 1u);
}

TEST_F(RoundTrips, paths_are_asked_for_in_one_compound) {
    me().mkdirs("a/b/c/d/e");
    me().put("a/b/c/d/e/f", "x");
    std::string file = "/n/a/b/c/d/e/f", moved = "/n/a/b/c/d/e/g", hard = "/n/a/b/c/d/h";
    cold();
    EXPECT_EQ(me().stat("a/b/c/d/e/f").size, 1u);
    EXPECT_EQ(me().count(), 1u);
    cold();
    EXPECT_EQ(me().stat("a/b/c/d/e/f", false).size, 1u);
    EXPECT_EQ(me().count(), 1u);
    cold();
    EXPECT_TRUE(finish(me().files.access({.path = file}, access_read)).has_value());
    EXPECT_EQ(me().count(), 1u);
    cold();
    EXPECT_TRUE(finish(me().files.mkdir({.path = "/n/a/b/c/d/e/dir"}, 0755)).has_value());
    EXPECT_EQ(me().count(), 1u);
    EXPECT_TRUE(finish(me().files.symlink("f", {.path = "/n/a/b/c/d/e/s"})).has_value());
    EXPECT_EQ(me().count(), 1u);
    EXPECT_EQ(finish(me().files.readlink({.path = "/n/a/b/c/d/e/s"})).value().text(), "f");
    EXPECT_EQ(me().count(), 1u);
    EXPECT_TRUE(
        finish(me().files.link({.path = file, .follow = false}, {.path = hard})).has_value());
    EXPECT_EQ(me().count(), 1u);
    EXPECT_TRUE(finish(me().files.rename({.path = file}, {.path = moved})).has_value());
    EXPECT_EQ(me().count(), 1u);
    EXPECT_TRUE(finish(me().files.remove({.path = moved}, RemoveKind::file)).has_value());
    EXPECT_EQ(me().count(), 1u);
    EXPECT_TRUE(
        finish(me().files.remove({.path = "/n/a/b/c/d/e/dir"}, RemoveKind::directory)).has_value());
    EXPECT_EQ(me().count(), 1u);
}

TEST_F(RoundTrips, chmod_is_one_compound_where_the_walk_checks_its_end) {
    me().mkdirs("a/b");
    me().put("a/b/f", "x");
    cold();
    me().probe->change_capabilities = [](Capabilities& c) { c.checked_walk_end = true; };
    EXPECT_TRUE(finish(me().files.setattr({.path = "/n/a/b/f"}, {.mode = 0600})).has_value());
    EXPECT_EQ(me().count(), 1u);
    EXPECT_EQ(me().stat("a/b/f").mode, 0600u);
    EXPECT_EQ(me().count(), 0u);
}

TEST_F(RoundTrips, chmod_after_a_listing_is_one_compound_everywhere) {
    me().put("f", "x");
    cold();
    me().probe->change_capabilities = [](Capabilities& c) { c.checked_walk_end = false; };
    auto root = me().open("", {.directory = true});
    me().count();
    EXPECT_TRUE(finish(me().files.setattr({.path = "/n/f"}, {.mode = 0600})).has_value());
    EXPECT_EQ(me().count(), 1u);
    me().close(root);
}

TEST_F(RoundTrips, a_long_listing_costs_its_chunks_and_every_lstat_nothing) {
    me().mkdirs("d");
    for (int i = 0; i < 1000; i++) me().put("d/" + std::to_string(i), "x");
    cold();
    auto directory = me().open("d", {.directory = true});
    auto names = me().list(directory);
    me().close(directory);
    EXPECT_EQ(names.size(), 1002u);
    for (auto& name : names)
        if (name != "." && name != "..") me().stat("d/" + name, false);
    EXPECT_EQ(me().count(), 1u);
}

TEST_F(RoundTrips, opening_a_directory_that_was_not_asked_for_as_one_costs_one_compound_more) {
    me().mkdirs("d");
    cold();
    auto directory = me().open("d");
    EXPECT_EQ(directory->type(), FileType::directory);
    EXPECT_EQ(me().count(), 2u);
    me().close(directory);
}

TEST_F(RoundTrips, a_larger_file_is_opened_again_with_its_next_read_and_closed_later) {
    std::string content = pattern(1'000'000);
    me().put("f", content);
    cold({.readahead = 0});
    auto file = me().open("f");
    EXPECT_EQ(me().read(file, 0, 131072), content.substr(0, 131072));
    EXPECT_EQ(me().count(), 1u);
    EXPECT_EQ(me().read(file, 500'000, 4096), content.substr(500'000, 4096));
    EXPECT_EQ(me().log, Log{"put open read"});
    me().count();
    EXPECT_EQ(me().read(file, 700'000, 4096), content.substr(700'000, 4096));
    EXPECT_EQ(me().log, Log{"put use_open read"});
    me().count();
    me().close(file);
    EXPECT_EQ(me().log, Log{"put use_open close"});
}

TEST_F(RoundTrips, a_file_known_to_be_large_keeps_its_open) {
    me().put("f", pattern(1'000'000));
    cold();
    me().stat("f");
    me().count();
    auto file = me().open("f");
    EXPECT_EQ(me().log, Log{"root walk open get_handle getattr read"});
    me().close(file);
}

TEST_F(RoundTrips, copying_a_small_file_sends_what_its_open_brought) {
    me().put("f", pattern(5000));
    cold();
    auto from = me().open("f");
    auto to = me().open("g", to_write);
    me().count();
    EXPECT_EQ(finish(from->copy_to(*to, 0, 0, 1u << 30)).value(), 5000u);
    EXPECT_EQ(finish(from->copy_to(*to, 5000, 5000, 1u << 30)).value(), 0u);
    EXPECT_EQ(me().count(), 0u);
    me().close(from);
    me().close(to);
    EXPECT_EQ(me().log, Log{"put use_open write getattr close"});
    EXPECT_EQ(other().get("g"), pattern(5000));
}

TEST_F(RoundTrips, cloning_small_files_asks_the_server_once_whether_it_can) {
    for (auto name : {"f", "g"}) me().put(name, pattern(5000));
    cold();
    for (std::string name : {"f", "g"}) {
        auto from = me().open(name);
        auto to = me().open(name + "2", to_write);
        me().count();
        EXPECT_TRUE(finish(from->clone_to(*to, 0, 0, 5000)).has_value());
        EXPECT_EQ(me().count(), name == "f" ? 2u : 0u);  // the source's open, the clone
        EXPECT_EQ(finish(to->stat()).value().size, 5000u);
        EXPECT_EQ(me().count(), 0u);
        me().close(from);
        me().close(to);
        EXPECT_EQ(other().get(name + "2"), pattern(5000));
    }
}

TEST_F(RoundTrips, files_without_xattrs_are_asked_once_and_then_by_their_open) {
    for (auto name : {"f", "g"}) me().put(name, "x");
    cold();
    auto file = me().open("f");
    me().count();
    At here{.directory = file.get(), .path = ""};
    EXPECT_TRUE(finish(me().files.listxattrs(here)).value().empty());
    EXPECT_EQ(me().count(), 1u);
    EXPECT_TRUE(finish(me().files.listxattrs(here)).value().empty());
    EXPECT_EQ(finish(me().files.getxattr({.path = "/n/f"}, "user.x")).error(), Errc::nodata);
    EXPECT_EQ(me().count(), 0u);
    me().close(file);
    file = me().open("g");
    EXPECT_TRUE(finish(me().files.listxattrs({.path = "/n/g"})).value().empty());
    EXPECT_EQ(me().log, Log{"root walk open get_handle getattr read close listxattrs"});
    me().close(file);
    Bytes value = as_bytes(std::string_view("v"));
    EXPECT_TRUE(
        finish(me().files.setxattr({.path = "/n/g"}, "user.x", value, SetXattr::Mode::either))
            .has_value());
    EXPECT_EQ(finish(me().files.listxattrs({.path = "/n/g"})).value().size(), 1u);
}

TEST_F(RoundTrips, stats_of_one_name_after_the_other_bring_a_listing) {
    for (std::string d : {"a", "b", "c"}) {
        me().mkdirs(d);
        for (int i = 0; i < 50; i++) me().put(d + "/" + std::to_string(i), "x");
    }
    cold();
    for (int i = 0; i < 50; i++) me().stat("a/" + std::to_string(i));
    EXPECT_EQ(me().log.size(), 2u);
    EXPECT_EQ(me().log.back(), "root walk get_handle getattr readdir walk get_handle getattr");
    me().count();
    // It was worth it: the next directory is listed at once.
    for (int i = 0; i < 50; i++) me().stat("b/" + std::to_string(i));
    EXPECT_EQ(me().count(), 1u);
    EXPECT_EQ(me().stat_error("c/none"), Errc::noent);
    EXPECT_TRUE(finish(me().files.setattr({.path = "/n/c/1"}, {.mode = 0600})).has_value());
    EXPECT_EQ(me().stat("c/1").mode, 0600u);
}

TEST_F(RoundTrips, what_we_changed_is_known_without_asking) {
    me().mkdirs("d");
    me().put("d/f", "12345");
    me().count();
    EXPECT_EQ(me().stat("d/f").size, 5u);
    EXPECT_EQ(me().count(), 0u);
    EXPECT_TRUE(finish(me().files.remove({.path = "/n/d/f"}, RemoveKind::file)).has_value());
    EXPECT_EQ(me().stat_error("d/f"), Errc::noent);
}

TEST_F(RoundTrips, known_symlinks_on_the_way_cost_nothing) {
    me().mkdirs("real/deep");
    me().put("real/deep/f", "x");
    EXPECT_TRUE(finish(me().files.symlink("real", {.path = "/n/link"})).has_value());
    cold();
    EXPECT_EQ(me().get("link/deep/f"), "x");
    EXPECT_EQ(me().count(), 3u);  // meets it, reads it, goes through
    EXPECT_EQ(me().get("link/deep/f"), "x");
    EXPECT_EQ(me().count(), 1u);
}

TEST_F(RoundTrips, readers_side_by_side_ask_for_each_byte_once) {
    constexpr size_t piece = 64u << 10, lanes = 4, lane_bytes = 2 * piece;
    const std::string content = pattern(piece + lanes * lane_bytes);
    me().put("f", content);
    cold();
    me().probe->change_capabilities = [](Capabilities& c) { c.max_read = piece; };
    uint64_t asked = 0;
    me().probe->edit = [&](const Compound&, Reply& reply) {
        if (auto* read = reply.find<Read>()) asked += read->data.size();
    };
    auto file = me().open("f");  // brings the first piece
    me().probe->gate_closed = true;
    std::array<std::string, lanes> got;
    Nursery nursery;
    for (size_t lane = 0; lane < lanes; lane++) {
        nursery.spawn([](OpenFile& from, uint64_t offset, std::string& into) -> Task<> {
            BufferChain data = co_await from.read_at(offset, lane_bytes);
            into = text(data);
        }(*file, piece + lane * lane_bytes, got[lane]));
    }
    run_ready();
    me().probe->open_gate();
    EXPECT_TRUE(finish(nursery.close()).has_value());
    EXPECT_EQ(got[0] + got[1] + got[2] + got[3], content.substr(piece));
    EXPECT_EQ(asked, content.size());
    me().close(file);
}

TEST_F(RoundTrips, closes_that_nobody_waits_for_travel_together) {
    Signal tick;
    auto sleep = [&](Duration) -> Task<> { return tick.wait(); };
    Log log;
    FileSystem patient({.sleep = sleep, .close_patience = 2ms});
    EXPECT_TRUE(patient.mount("/n", std::make_unique<Probe>(*server_, log)).has_value());
    for (std::string path : {"/n/a", "/n/b", "/n/c"}) {
        auto file = finish(patient.open({.path = path}, to_both)).value();
        EXPECT_TRUE(finish(file->close()).has_value());
    }
    EXPECT_EQ(log.size(), 3u);
    tick.notify_all();
    run_ready();
    EXPECT_EQ(log.size(), 4u);
    EXPECT_EQ(log.back(), "put use_open close put use_open close put use_open close");
    EXPECT_TRUE(finish(patient.close()).has_value());
}

TEST_F(RoundTrips, a_listing_has_its_next_chunk_on_the_way_unless_something_changed) {
    constexpr int names = 6000;
    me().mkdirs("d");
    for (int i = 0; i < names; i++) me().put("d/a-rather-long-name-" + std::to_string(i), "");
    cold();
    auto directory = me().open("d", {.directory = true});
    run_ready();
    EXPECT_EQ(me().log, (Log{"root walk get_handle getattr readdir", "put readdir"}));
    EXPECT_EQ(me().list(directory).size(), names + 2u);
    const size_t chunks = me().count();
    me().close(directory);
    cold();
    directory = me().open("d", {.directory = true});
    run_ready();
    me().put("f", "");
    EXPECT_EQ(me().list(directory).size(), names + 2u);
    EXPECT_EQ(std::ranges::count(me().log, "put readdir"), static_cast<ptrdiff_t>(chunks));
    me().close(directory);
}

TEST_F(RoundTrips, an_open_goes_on_with_the_listing_that_the_one_before_left) {
    me().mkdirs("d/e");
    me().put("d/f", "");
    cold();
    const OpenFlags flags{.directory = true};
    auto open_and_look = [&] {
        auto directory = me().open("d", flags);
        ReadDir::Result storage;
        EXPECT_EQ(finish(directory->list(0, 300, storage)).value().size(), 4u);
        return directory;
    };
    auto looked = open_and_look();
    auto listed = me().open("d", flags);  // whether the other is closed or not
    me().close(looked);
    EXPECT_EQ(me().list(listed).size(), 4u);
    me().close(listed);
    EXPECT_EQ(me().count(), 1u);
    // Once, and not over a change.
    looked = open_and_look();
    EXPECT_EQ(me().count(), 1u);
    me().put("d/g", "");
    me().close(looked);
    listed = me().open("d", flags);
    EXPECT_EQ(me().list(listed).size(), 5u);
    // The end was read: what others have made meanwhile shows.
    me().close(listed);
    other().put("d/h", "");
    listed = me().open("d", flags);
    EXPECT_EQ(me().list(listed).size(), 6u);
    me().close(listed);
}

}  // namespace
}  // namespace strait::vfs::test
