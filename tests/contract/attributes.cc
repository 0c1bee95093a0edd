// SPDX-License-Identifier: LGPL-2.1-or-later
// Attributes: what they say, when they change.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

TEST_P(BackendContract, what_is_set_is_what_is_told) {
    make_file("f");
    SetAttributes wanted{.mode = 04751};
    wanted.atime = SetTime{false, {1'000'000'000, 123'456'789}};
    wanted.mtime = SetTime{false, {2'000'000'000, 987'654'321}};
    ok(at("f").setattr(wanted));
    Attributes got = stat("f");
    EXPECT_EQ(got.mode, 04751u);
    EXPECT_EQ(got.atime, (Timestamp{1'000'000'000, 123'456'789}));
    EXPECT_EQ(got.mtime, (Timestamp{2'000'000'000, 987'654'321}));
    if (!subject().credentials) return;
    ok(at("f").setattr({.uid = 12345, .gid = 54321}));
    EXPECT_EQ(stat("f").uid, 12345u);
    EXPECT_EQ(stat("f").gid, 54321u);
}

TEST_P(BackendContract, times_before_the_epoch_are_kept) {
    make_file("f");
    SetAttributes wanted;
    wanted.mtime = SetTime{false, {-1000, 5}};
    ok(at("f").setattr(wanted));
    EXPECT_EQ(stat("f").mtime, (Timestamp{-1000, 5}));
}

TEST_P(BackendContract, answers_hold_what_was_asked) {
    make_file("f");
    Reply reply = ok(at("f").getattr({Attr::size, Attr::mode}));
    ASSERT_TRUE(reply.ok());
    EXPECT_TRUE(reply.find<GetAttr>()->attributes.valid.has_all({Attr::size, Attr::mode}));
    AttrMask needed{Attr::type, Attr::mode,   Attr::uid,   Attr::gid,   Attr::size,  Attr::fileid,
                    Attr::fsid, Attr::change, Attr::nlink, Attr::atime, Attr::mtime, Attr::ctime};
    EXPECT_TRUE(stat("f").valid.has_all(needed));
}

TEST_P(BackendContract, the_handle_attribute_is_the_handle) {
    Handle handle = make_file("f");
    Reply reply = ok(at("f").getattr({Attr::handle, Attr::fileid}).get_handle());
    ASSERT_TRUE(reply.ok());
    if (reply.find<GetAttr>()->attributes.has(Attr::handle))
        EXPECT_EQ(reply.find<GetAttr>()->attributes.handle, reply.find<GetHandle>()->handle);
    EXPECT_EQ(reply.find<GetHandle>()->handle, handle);
}

TEST_P(BackendContract, file_ids_tell_files_apart) {
    make_file("f");
    make_file("g");
    make_directory("d");
    EXPECT_NE(stat("f").fileid, stat("g").fileid);
    EXPECT_NE(stat("f").fileid, stat("d").fileid);
    EXPECT_EQ(stat("f").fsid, stat("d").fsid);
}

TEST_P(BackendContract, every_change_moves_the_change_counter) {
    if (!subject().exact_change) GTEST_SKIP() << "the counter is as fine as a clock";
    make_directory("d");
    make_file("d/f", "x");
    uint64_t last = stat("d/f").change;
    auto moved = [&](const char* what) {
        uint64_t now = stat("d/f").change;
        EXPECT_GT(now, last) << what;
        last = now;
    };
    write("d/f", 0, "y");
    moved("write");
    ok(at("d/f").setattr({.size = 0}));
    moved("size");
    ok(at("d/f").setattr({.mode = 0600}));
    moved("mode");
    ok(link("d/f", "d/g"));
    moved("link");
    ok(at("d").remove("g"));
    moved("unlink");
    uint64_t directory = stat("d").change;
    make_file("d/h");
    EXPECT_GT(stat("d").change, directory);
    directory = stat("d").change;
    ok(rename("d/h", "d/i"));
    EXPECT_GT(stat("d").change, directory);
    directory = stat("d").change;
    ok(at("d").remove("i"));
    EXPECT_GT(stat("d").change, directory);
}

TEST_P(BackendContract, reading_does_not_move_the_change_counter) {
    make_file("f", "x");
    uint64_t before = stat("f").change;
    EXPECT_EQ(read("f"), "x");
    EXPECT_EQ(list("").size(), 1u);
    EXPECT_EQ(stat("f").change, before);
}

TEST_P(BackendContract, writing_moves_mtime_and_ctime_and_chmod_only_ctime) {
    make_file("f", "x");
    SetAttributes past;
    past.mtime = SetTime{false, {1000, 0}};
    ok(at("f").setattr(past));
    Attributes old = stat("f");
    ok(at("f").setattr({.mode = 0600}));
    EXPECT_EQ(stat("f").mtime, old.mtime);
    EXPECT_GE(stat("f").ctime, old.ctime);
    write("f", 0, "y");
    EXPECT_GT(stat("f").mtime, old.mtime);
    ok(at("f").setattr(past));
    ok(at("f").setattr({.size = 0}));
    EXPECT_GT(stat("f").mtime, old.mtime);
}

TEST_P(BackendContract, entries_move_mtime_of_their_directory) {
    make_directory("d");
    SetAttributes past;
    past.mtime = SetTime{false, {1000, 0}};
    ok(at("d").setattr(past));
    make_file("d/f");
    EXPECT_GT(stat("d").mtime.seconds, 1000);
    ok(at("d").setattr(past));
    write("d/f", 0, "x");
    EXPECT_EQ(stat("d").mtime.seconds, 1000) << "content is not an entry";
    ok(at("d").remove("f"));
    EXPECT_GT(stat("d").mtime.seconds, 1000);
}

TEST_P(BackendContract, the_servers_clock_sets_times_to_now) {
    make_file("f");
    SetAttributes past, now;
    past.atime = past.mtime = SetTime{false, {1000, 0}};
    now.atime = now.mtime = SetTime{};
    ok(at("f").setattr(past));
    ok(at("f").setattr(now));
    EXPECT_GT(stat("f").atime.seconds, 1'000'000'000);
    EXPECT_GT(stat("f").mtime.seconds, 1'000'000'000);
}

TEST_P(BackendContract, the_file_system_tells_its_size) {
    Reply reply = ok(at("").getattr(statfs_mask));
    ASSERT_TRUE(reply.ok());
    const Attributes& got = reply.find<GetAttr>()->attributes;
    EXPECT_TRUE(got.valid.has_all({Attr::space_total, Attr::space_free, Attr::space_available}));
    EXPECT_LE(got.space_free, got.space_total);
    EXPECT_LE(got.space_available, got.space_free);
    EXPECT_GE(got.max_name, 255u);
}

}  // namespace
}  // namespace strait::contract
