// SPDX-License-Identifier: LGPL-2.1-or-later
// Attributes that are set through a file of our own making travel with its last data and its CLOSE;
// everybody here sees them at once, and no error is lost.
#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

using PendingAttributesTest = FileSystemTest;
using Log = std::vector<std::string>;

constexpr OpenFlags to_make{
    .access = OpenAccess::write, .create = true, .exclusive = true, .mode = 0600};

SetAttributes times(int64_t seconds) {
    return {.atime = SetTime{false, {seconds, 1}}, .mtime = SetTime{false, {seconds, 2}}};
}

void set(OpenFileRef& file, const SetAttributes& attributes) {
    EXPECT_TRUE(finish(file->setattr(attributes)).has_value());
}

template <class T>
size_t having(const Log& log, T word) {
    return static_cast<size_t>(std::count_if(
        log.begin(), log.end(), [&](auto& line) { return line.find(word) != line.npos; }));
}

TEST_F(PendingAttributesTest, a_file_is_made_written_and_set_up_in_two_compounds) {
    auto file = me().open("f", to_make);
    me().count();
    me().write(file, pattern(5000));
    set(file, times(1'500'000'000));
    set(file, {.uid = 7, .gid = 8});
    set(file, {.mode = 0640});
    EXPECT_EQ(me().count(), 0u);
    me().close(file);
    EXPECT_EQ(me().log, Log{"put use_open write setattr getattr close"});
    Attributes there = other().stat("f");
    EXPECT_EQ(there.mode, 0640u);
    EXPECT_EQ(there.uid, 7u);
    EXPECT_EQ(there.gid, 8u);
    EXPECT_EQ(there.mtime.seconds, 1'500'000'000);
    EXPECT_EQ(there.atime.nanoseconds, 1u);
    EXPECT_EQ(other().get("f"), pattern(5000));
}

TEST_F(PendingAttributesTest, fstat_and_stat_see_them_at_once) {
    auto file = me().open("f", to_make);
    me().write(file, "x");
    set(file, {.mode = 0644});
    EXPECT_EQ(finish(file->stat()).value().mode, 0644u);
    set(file, times(1'400'000'000));
    EXPECT_EQ(me().stat("f").mtime.seconds, 1'400'000'000);
    set(file, {.mode = 0});
    EXPECT_EQ(finish(me().files.access({.path = "/n/f"}, access_read)).has_value(), true);  // root
    EXPECT_EQ(other().stat("f").mode, 0u);  // the server was asked with them in place
    me().close(file);
}

TEST_F(PendingAttributesTest, another_name_of_the_file_shows_them_too) {
    auto file = me().open("f", to_make);
    EXPECT_TRUE(finish(other().files.link({.path = "/n/f"}, {.path = "/n/g"})).has_value());
    set(file, {.mode = 0604});
    EXPECT_EQ(me().stat("g").mode, 0604u);
    set(file, {.mode = 0640});
    me().get("g");
    EXPECT_EQ(other().stat("f").mode, 0640u);
    me().close(file);
}

TEST_F(PendingAttributesTest, a_later_write_changes_the_times_again) {
    auto file = me().open("f", to_make);
    me().write(file, "one");
    set(file, times(1'000'000'000));
    me().write(file, "two");
    me().close(file);
    EXPECT_EQ(other().get("f"), "onetwo");
    EXPECT_GT(other().stat("f").mtime.seconds, 1'500'000'000);
}

TEST_F(PendingAttributesTest, set_id_bits_survive_a_change_of_the_owner_that_came_before) {
    auto file = me().open("f", to_make);
    set(file, {.mode = 04755});
    set(file, {.uid = 9});
    set(file, {.mode = 06755});
    me().count();
    me().close(file);
    EXPECT_EQ(me().log, Log{"put use_open setattr setattr setattr getattr close"});
    EXPECT_EQ(other().stat("f").mode, 06755u);
    EXPECT_EQ(other().stat("f").uid, 9u);
}

TEST_F(PendingAttributesTest, a_file_that_was_there_is_changed_at_once) {
    me().put("f", "old");
    cold();
    auto file = me().open("f", to_write);
    me().count();
    set(file, {.mode = 0604});
    EXPECT_EQ(me().count(), 1u);
    // What the right to write is enough for may wait.
    set(file, {.atime = SetTime{}, .mtime = SetTime{}});
    EXPECT_EQ(me().count(), 0u);
    me().close(file);
    EXPECT_EQ(me().log, Log{"put use_open setattr getattr close"});
}

TEST_F(PendingAttributesTest, an_owner_is_set_at_once_where_we_are_not_root) {
    me().probe->edit = [](const Compound&, Reply& reply) {
        if (auto* found = reply.find<GetAttr>()) found->attributes.uid = 65534;
    };
    auto file = me().open("f", to_make);
    me().count();
    set(file, {.uid = 7});
    EXPECT_EQ(me().count(), 1u);
    me().close(file);
}

TEST_F(PendingAttributesTest, fsync_brings_data_and_attributes_in_one_compound) {
    auto file = me().open("f", to_make);
    me().write(file, "data");
    set(file, times(1'200'000'000));
    me().count();
    EXPECT_TRUE(finish(file->fsync(false)).has_value());
    EXPECT_EQ(me().log, Log{"put use_open write setattr getattr"});
    EXPECT_EQ(other().stat("f").mtime.seconds, 1'200'000'000);
    me().close(file);
}

TEST_F(PendingAttributesTest, a_large_file_ends_with_commit_attributes_and_close_in_one) {
    uint64_t verifier = 5;
    me().probe->edit = in_memory_only(verifier);
    auto file = me().open("f", to_make);
    me().count();
    me().write(file, pattern(2'500'000));
    set(file, times(1'300'000'000));
    me().close(file);
    EXPECT_EQ(me().log.back(), "put use_open write commit setattr getattr close");
    EXPECT_EQ(me().count(), 3u);
    EXPECT_EQ(other().get("f"), pattern(2'500'000));
    EXPECT_EQ(other().stat("f").mtime.seconds, 1'300'000'000);
}

TEST_F(PendingAttributesTest, what_the_last_commit_finds_lost_is_sent_again_before_close_returns) {
    uint64_t verifier = 5;
    auto file = me().open("f", to_make);
    me().probe->edit = [&](const Compound& program, Reply& reply) {
        for (size_t i = 0; i < program.ops.size(); i++) {
            auto* write = std::get_if<Write>(&program.ops[i]);
            if (!write || write->stability == Stability::file_sync) continue;
            if (auto* done = reply.at<Write>(i)) {
                done->committed = Stability::unstable;
                done->verifier = verifier;
            }
        }
        for (auto& result : reply.results)
            if (auto* commit = std::get_if<Commit::Result>(&result)) commit->verifier = 6;
    };
    me().write(file, pattern(2'500'000));
    set(file, times(1'300'000'000));
    me().count();
    EXPECT_TRUE(finish(file->close()).has_value());
    EXPECT_GE(having(me().log, "write"), 4u);  // the last of it, and all of it again
    EXPECT_EQ(other().get("f"), pattern(2'500'000));
    EXPECT_EQ(other().stat("f").mtime.seconds, 1'300'000'000);
}

TEST_F(PendingAttributesTest,
       one_refused_change_keeps_none_of_the_others_back_and_is_told_by_close) {
    auto file = me().open("f", to_make);
    me().write(file, "data");
    me().probe->refuse = [](const Compound& program) -> Result<> {
        for (auto& op : program.ops)
            if (auto* change = std::get_if<SetAttr>(&op); change && change->attributes.uid)
                return fail(Errc::perm);
        return {};
    };
    set(file, {.uid = 7});
    set(file, {.mode = 0640});
    set(file, times(1'600'000'000));
    EXPECT_EQ(finish(file->close()).error(), Errc::perm);
    Attributes there = other().stat("f");
    EXPECT_EQ(there.mode, 0640u);
    EXPECT_EQ(there.mtime.seconds, 1'600'000'000);
}

}  // namespace
}  // namespace strait::vfs::test
