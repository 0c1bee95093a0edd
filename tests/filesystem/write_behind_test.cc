// SPDX-License-Identifier: LGPL-2.1-or-later
// What reaches the server when, and what becomes of errors on the way.
#include <algorithm>

#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

using WriteBehindTest = FileSystemTest;

TEST_F(WriteBehindTest, small_writes_travel_together) {
    auto file = me().open("f", to_write);
    me().count();
    for (int i = 0; i < 256; i++) me().write(file, pattern(1000));
    EXPECT_EQ(me().count(), 0u);
    me().close(file);
    EXPECT_EQ(me().count(), 1u);
    EXPECT_EQ(other().get("f").size(), 256'000u);
}

TEST_F(WriteBehindTest, a_large_file_is_written_unstable_in_large_pieces_and_committed_once) {
    std::string content = pattern(5'000'000);
    auto file = me().open("f", to_write);
    me().count();
    for (size_t at = 0; at < content.size(); at += 100'000)
        me().write(file, content.substr(at, 100'000));
    me().close(file);
    size_t writes = 0, commits = 0;
    for (auto& line : me().log) {
        writes += line.find("write") != line.npos;
        commits += line.find("commit") != line.npos;
    }
    EXPECT_EQ(writes, 5u);
    EXPECT_LE(commits, 1u);  // none where the server writes through
    EXPECT_EQ(other().get("f"), content);
}

TEST_F(WriteBehindTest, what_was_written_is_read_without_asking_until_it_is_stable) {
    me().probe->edit = [](const Compound&, Reply& reply) {
        if (auto* write = reply.find<Write>())
            const_cast<Write::Result*>(write)->committed = Stability::unstable;
    };
    std::string content = pattern(3'000'000);
    auto file = me().open("f", to_both);
    me().write(file, content);
    me().write_at(file, 1'500'000, "newer");
    content.replace(1'500'000, 5, "newer");
    // One range is dirty, the rest is with the server.
    me().read(file, 100'000, 10);
    me().count();
    EXPECT_EQ(me().read(file, 4096, 4096), content.substr(4096, 4096));
    EXPECT_EQ(me().read(file, 1'500'000, 5), "newer");
    EXPECT_EQ(me().count(), 0u);
    // A lock says that others may have written.
    EXPECT_TRUE(finish(file->lock(LockKind::write, 0, lock_to_end, 1, false)).has_value());
    auto theirs = other().open("f", {.access = OpenAccess::write});
    other().write_at(theirs, 4096, "theirs");
    other().close(theirs);
    EXPECT_EQ(me().read(file, 4096, 6), "theirs");
    me().close(file);
}

TEST_F(WriteBehindTest, what_lies_beside_unsent_data_is_read_without_sending_it) {
    me().put("f", pattern(300'000));
    auto file = me().open("f", to_both);
    me().write_at(file, 200'000, "new");
    me().count();
    EXPECT_EQ(me().read(file, 100'000, 4096), pattern(300'000).substr(100'000, 4096));
    for (auto& line : me().log) EXPECT_EQ(line.find("write"), line.npos) << line;
    EXPECT_EQ(me().read(file, 199'999, 5),
              pattern(300'000).substr(199'999, 1) + "new" + pattern(300'000).substr(200'003, 1));
    me().close(file);
}

TEST_F(WriteBehindTest, what_was_read_ahead_to_the_old_end_does_not_hide_what_follows_it_now) {
    const std::string old = pattern(300'000), more = pattern(700'000);
    me().put("f", old);
    cold();
    auto file = me().open("f", to_both);
    me().write_at(file, old.size(), more);
    for (size_t at = 0; at < 4 * 65536; at += 65536)
        EXPECT_EQ(me().read(file, at, 65536), old.substr(at, 65536));
    EXPECT_EQ(me().read(file, 299'008, 4096), (old + more).substr(299'008, 4096));
    me().close(file);
}

TEST_F(WriteBehindTest, data_that_a_restarted_server_forgot_is_sent_again) {
    std::string content = pattern(3'000'000);
    uint64_t verifier = 1;
    me().probe->edit = in_memory_only(verifier);
    auto file = me().open("f", to_write);
    me().write(file, content);
    EXPECT_TRUE(finish(file->fsync(false)).has_value());
    me().count();
    me().write_at(file, 0, content.substr(0, 2'000'000));
    // The server restarts, and what it had not committed is lost.
    auto truncated = other().open("f", {.access = OpenAccess::write});
    EXPECT_TRUE(finish(truncated->setattr({.size = 0})).has_value());
    other().close(truncated);
    verifier = 2;
    me().write_at(file, 2'000'000, content.substr(2'000'000));
    EXPECT_TRUE(finish(file->fsync(false)).has_value());
    EXPECT_EQ(other().get("f"), content);
    me().close(file);
}

TEST_F(WriteBehindTest, an_error_of_write_behind_surfaces_once) {
    auto file = me().open("f", to_write);
    me().probe->refuse = [](const Compound& program) -> Result<> {
        for (auto& op : program.ops)
            if (std::holds_alternative<Write>(op)) return fail(Errc::nospc);
        return {};
    };
    me().write(file, "data");
    EXPECT_EQ(finish(file->fsync(false)).error(), Errc::nospc);
    EXPECT_TRUE(finish(file->fsync(false)).has_value());
    me().write(file, "data");
    EXPECT_EQ(finish(file->close()).error(), Errc::nospc);
}

TEST_F(WriteBehindTest, an_error_is_told_to_each_open_file_that_writes) {
    auto a = me().open("f", to_write);
    auto b = me().open("f", to_write);
    me().probe->refuse = [](const Compound& program) -> Result<> {
        for (auto& op : program.ops)
            if (std::holds_alternative<Write>(op)) return fail(Errc::dquot);
        return {};
    };
    me().write(a, "data");
    EXPECT_EQ(finish(a->flush()).error(), Errc::dquot);
    EXPECT_EQ(finish(b->write(bytes("x"))).error(), Errc::dquot);
    EXPECT_EQ(finish(b->close()).has_value(), true);
    EXPECT_EQ(finish(a->close()).has_value(), true);
}

TEST_F(WriteBehindTest, writers_wait_when_too_much_is_dirty) {
    cold({.write_behind = 2u << 20});
    auto file = me().open("f", to_write);
    me().probe->gate_closed = true;
    std::vector<bool> done(6, false);
    auto write = [](OpenFileRef file, uint64_t at, std::vector<bool>& done) -> Task<> {
        BufferChain data = bytes(pattern(1u << 20));
        size_t count = co_await file->write_at(at << 20, std::move(data));
        EXPECT_EQ(count, 1u << 20);
        done[at] = true;
    };
    Nursery writers;
    for (uint64_t i = 0; i < 6; i++) writers.spawn(write(file, i, done));
    run_ready();
    EXPECT_EQ(std::count(done.begin(), done.end(), true), 2);
    EXPECT_EQ(me().probe->waiting, 2u);
    me().probe->open_gate();
    run_ready();
    EXPECT_EQ(std::count(done.begin(), done.end(), true), 6);
    EXPECT_TRUE(finish(writers.close()).has_value());
    me().close(file);
}

TEST_F(WriteBehindTest, all_files_together_hold_no_more_than_their_mount_may) {
    constexpr size_t piece = 1u << 20, files = 60, most = 12 * piece;
    cold({.write_behind = piece, .most_waiting = most});
    auto unstable = [](const Compound&, Reply& reply) {
        for (auto& result : reply.results)
            if (auto* write = std::get_if<Write::Result>(&result))
                write->committed = Stability::unstable;
    };
    me().probe->edit = unstable;
    std::vector<OpenFileRef> open;
    size_t held = 0;
    for (size_t i = 0; i < files; i++) {
        open.push_back(me().open("f" + std::to_string(i), to_write));
        me().write(open.back(), pattern(piece));
        held = std::max(held, me().files.waiting_bytes());
    }
    EXPECT_LE(held, most);
    EXPECT_GE(held, most - piece);  // and what they may they do
    for (auto& file : open) me().close(file);
    EXPECT_EQ(me().files.waiting_bytes(), 0u);
    for (size_t i = 0; i < files; i++)
        EXPECT_EQ(other().get("f" + std::to_string(i)), pattern(piece)) << i;
}

TEST_F(WriteBehindTest, a_writer_waits_for_another_files_data_and_goes_on_when_it_is_stable) {
    constexpr size_t piece = 1u << 20;
    cold({.write_behind = piece, .most_waiting = 9 * piece});
    std::vector<OpenFileRef> open;
    for (int i = 0; i < 10; i++) open.push_back(me().open("f" + std::to_string(i), to_write));
    me().probe->gate_closed = true;
    auto write = [](OpenFileRef file, size_t& done) -> Task<> {
        BufferChain data = bytes(pattern(1u << 20));
        size_t count = co_await file->write_at(0, std::move(data));
        EXPECT_EQ(count, 1u << 20);
        done++;
    };
    size_t done = 0;
    Nursery writers;
    for (auto& file : open) writers.spawn(write(file, done));
    run_ready();
    EXPECT_EQ(done, 9u);
    EXPECT_EQ(me().files.waiting_bytes(), 9 * piece);
    me().probe->open_gate();
    run_ready();
    EXPECT_EQ(done, 10u);
    EXPECT_TRUE(finish(writers.close()).has_value());
    for (auto& file : open) me().close(file);
}

TEST_F(WriteBehindTest, two_that_wait_for_one_commit_wait_in_peace) {
    me().probe->edit = [](const Compound&, Reply& reply) {
        for (auto& result : reply.results)
            if (auto* write = std::get_if<Write::Result>(&result))
                write->committed = Stability::unstable;
    };
    auto a = me().open("f", to_write), b = me().open("f", to_write);
    me().write(a, pattern(3u << 20));
    run_ready();
    me().probe->gate_closed = true;
    Nursery waits;
    waits.spawn(a->fsync(false));
    waits.spawn(b->fsync(false));
    EXPECT_LT(run_ready(), 100u);
    EXPECT_EQ(waits.running(), 2u);
    me().probe->open_gate();
    run_ready();
    EXPECT_EQ(waits.running(), 0u);
    EXPECT_TRUE(finish(waits.close()).has_value());
    me().close(a);
    me().close(b);
}

TEST_F(WriteBehindTest, a_synchronous_write_is_stable_when_it_returns) {
    OpenFlags flags = to_write;
    flags.sync = true;
    auto file = me().open("f", flags);
    me().write(file, "now");
    EXPECT_EQ(other().get("f"), "now");
    me().close(file);
}

TEST_F(WriteBehindTest, one_writer_closes_while_another_goes_on) {
    auto a = me().open("f", to_write);
    auto b = me().open("f", to_write);
    me().write_at(a, 0, "aaaa");
    me().probe->gate_closed = true;
    Nursery closing;
    closing.spawn(a->close());
    me().write_at(b, 2, "bbbb");
    closing.spawn(b->flush());
    run_ready();
    me().probe->open_gate();
    run_ready();
    EXPECT_EQ(closing.running(), 0u);
    EXPECT_EQ(other().get("f"), "aabbbb");
    me().close(b);
    a = nullptr;
}

}  // namespace
}  // namespace strait::vfs::test
