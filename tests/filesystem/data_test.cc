// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading and writing: what open files see of each other, what reaches the server and when.
#include <algorithm>
#include <random>

#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

using Data = FileSystemTest;

TEST_F(Data, two_opens_of_one_file_see_each_others_writes_at_once) {
    auto a = me().open("f", to_both);
    auto b = me().open("f");
    me().write(a, "hello");
    EXPECT_EQ(me().read(b, 0, 10), "hello");
    EXPECT_EQ(finish(b->stat()).value().size, 5u);
    me().write_at(a, 1, "a");
    EXPECT_EQ(me().read(b, 0, 10), "hallo");
    EXPECT_EQ(me().stat("f").size, 5u);
    me().close(a);
    me().close(b);
}

TEST_F(Data, stat_by_a_cold_path_shows_our_own_size) {
    me().put("f", "");
    me().mkdirs("d");
    EXPECT_TRUE(finish(me().files.link({.path = "/n/f"}, {.path = "/n/d/hard"})).has_value());
    auto file = me().open("f", {.access = OpenAccess::write});
    me().write(file, "12345");
    EXPECT_EQ(me().stat("d/hard").size, 5u);
    me().close(file);
}

TEST_F(Data, appends_of_two_opens_do_not_overlap) {
    OpenFlags append = to_write;
    append.append = true;
    auto a = me().open("log", append);
    auto b = me().open("log", append);
    for (int i = 0; i < 100; i++) {
        me().write(a, "aa");
        me().write(b, "b");
    }
    me().close(a);
    me().close(b);
    std::string expected;
    for (int i = 0; i < 100; i++) expected += "aab";
    EXPECT_EQ(other().get("log"), expected);
}

TEST_F(Data, sequential_reads_run_ahead_in_parallel) {
    std::string content = pattern(10'000'000);
    me().put("f", "");
    auto out = me().open("f", to_write);
    me().write(out, content);
    me().close(out);
    cold();
    auto file = me().open("f");
    std::string got;
    size_t most = 0;
    while (got.size() < content.size()) {
        auto piece = finish(file->read(65536));
        ASSERT_TRUE(piece.has_value());
        ASSERT_FALSE(piece->empty());
        got += text(*piece);
        most = std::max(most, me().probe->waiting);
    }
    EXPECT_TRUE(got == content);
    EXPECT_EQ(text(*finish(file->read(1))), "");
    me().close(file);
    EXPECT_LE(me().count(), 20u);
}

TEST_F(Data, a_large_read_is_split_and_its_pieces_are_under_way_together) {
    std::string content = pattern(3'500'000);
    auto out = me().open("f", to_write);
    me().write(out, content);
    me().close(out);
    cold();
    auto file = me().open("f", to_both);
    me().probe->gate_closed = true;
    std::string got;
    auto read = [](OpenFileRef file, std::string& got) -> Task<> {
        BufferChain data = co_await file->read_at(10, 3'000'000);
        got = text(data);
    };
    Nursery readers;
    readers.spawn(read(file, got));
    run_ready();
    EXPECT_EQ(me().probe->waiting, 3u);
    me().probe->open_gate();
    run_ready();
    EXPECT_TRUE(got == content.substr(10, 3'000'000));
    EXPECT_TRUE(finish(readers.close()).has_value());
    me().close(file);
}

TEST_F(Data, payload_is_never_copied) {
    std::string content = pattern(2'000'000);
    auto out = me().open("f", to_write);
    BufferChain data = bytes(content);
    uint64_t before = copied_bytes();
    me().probe->edit = [&](const Compound& program, Reply&) {
        (void)program;
        before = copied_bytes();  // what the memory store copies is its own affair
    };
    EXPECT_TRUE(finish(out->write(std::move(data))).has_value());
    EXPECT_TRUE(finish(out->fsync(false)).has_value());
    EXPECT_EQ(copied_bytes(), before);
    me().close(out);
    cold();
    auto in = me().open("f");
    me().probe->edit = [&](const Compound&, Reply&) { before = copied_bytes(); };
    auto got = finish(in->read_at(0, content.size()));
    EXPECT_EQ(got->size(), content.size());
    EXPECT_EQ(copied_bytes(), before);
    me().close(in);
}

TEST_F(Data, truncation_sparse_files_and_seeks) {
    auto file = me().open("f", to_both);
    me().write_at(file, 100, "x");
    EXPECT_EQ(me().read(file, 0, 3), std::string(3, '\0'));
    EXPECT_TRUE(finish(file->setattr({.size = 50})).has_value());
    EXPECT_EQ(finish(file->stat()).value().size, 50u);
    EXPECT_EQ(me().read(file, 0, 1000).size(), 50u);
    EXPECT_TRUE(finish(file->setattr({.size = 1'000'000})).has_value());
    EXPECT_EQ(finish(file->seek(-10, Whence::end)).value(), 999'990u);
    EXPECT_EQ(text(*finish(file->read(100))), std::string(10, '\0'));
    EXPECT_EQ(finish(file->seek(-1, Whence::set)).error(), Errc::inval);
    EXPECT_EQ(finish(file->seek(2'000'000, Whence::data)).error(), Errc::nxio);
    EXPECT_LE(finish(file->seek(0, Whence::hole)).value(), 1'000'000u);
    me().close(file);
    EXPECT_EQ(other().stat("f").size, 1'000'000u);
    OpenFlags flags = to_write;
    flags.truncate = true;
    auto again = me().open("f", flags);
    EXPECT_EQ(me().stat("f").size, 0u);
    me().close(again);
}

TEST_F(Data, an_open_file_outlives_its_name) {
    std::string content = pattern(400'000);
    for (std::string name : {"small", "large", "written"}) {
        me().put(name, name == "large" ? content : "content");
        cold();
        auto file =
            me().open(name, {.access = name == "written" ? OpenAccess::both : OpenAccess::read});
        std::string path = "/n/" + name;
        EXPECT_TRUE(finish(me().files.remove({.path = path}, RemoveKind::file)).has_value());
        if (name == "large") {
            EXPECT_EQ(me().read(file, 300'000, 10), content.substr(300'000, 10));
        } else {
            EXPECT_EQ(me().read(file, 0, 100), "content");
        }
        me().close(file);
    }
}

TEST_F(Data, what_waits_to_be_written_is_not_read_ahead_without_it) {
    std::string content = pattern(60'000);
    for (bool same_open : {true, false}) {
        me().put("f", content);
        cold();
        auto writer = me().open("f", {.access = OpenAccess::both});
        auto reader = same_open ? writer : me().open("f", {.access = OpenAccess::both});
        // The server's answer to this write tells nothing of a change.
        me().probe->edit = [](const Compound&, Reply& reply) {
            auto* told = reply.find<Write>() ? reply.find<GetAttr>() : nullptr;
            if (told) told->attributes.valid = {};
        };
        me().write_at(writer, 100, "mine");
        EXPECT_EQ(me().read(reader, 0, 1), content.substr(0, 1));
        EXPECT_EQ(me().read(reader, 1, 1), content.substr(1, 1));
        if (!same_open) EXPECT_TRUE(finish(writer->fsync(false)).has_value());
        std::string expected = content;
        expected.replace(100, 4, "mine");
        EXPECT_TRUE(me().read(reader, 2, 1000) == expected.substr(2, 1000)) << same_open;
        me().close(writer);
        if (!same_open) me().close(reader);
    }
}

TEST_F(Data, an_open_file_outlives_the_name_that_a_rename_gave_it) {
    auto rename = [this](const std::string& from, const std::string& to) {
        auto done = finish(me().files.rename({.path = "/n/" + from}, {.path = "/n/" + to}));
        EXPECT_TRUE(done.has_value());
    };
    me().mkdirs("a/b");
    me().put("a/b/f", "content");
    cold();
    auto file = me().open("a/b/f");
    rename("a", "c");
    rename("c/b/f", "c/g");
    me().put("c/h", "other");
    rename("c/g", "c/h");
    EXPECT_TRUE(finish(me().files.remove({.path = "/n/c/h"}, RemoveKind::file)).has_value());
    EXPECT_EQ(finish(file->stat(stat_mask))->nlink, 0u);
    EXPECT_EQ(me().read(file, 0, 100), "content");
    me().close(file);
}

TEST_F(Data, what_another_client_wrote_is_seen_by_the_next_open) {
    me().put("f", "old");
    EXPECT_EQ(me().get("f"), "old");
    auto held = me().open("f");
    other().put("f", "newer");
    auto file = me().open("f");
    EXPECT_EQ(me().read(file, 0, 100), "newer");
    EXPECT_EQ(me().read(held, 0, 100), "newer");
    EXPECT_EQ(finish(file->stat()).value().size, 5u);
    me().close(file);
    me().close(held);
}

TEST_F(Data, wrong_access_is_refused) {
    me().put("f", "x");
    auto reader = me().open("f");
    EXPECT_EQ(finish(reader->write(bytes("y"))).error(), Errc::badf);
    EXPECT_EQ(finish(reader->setattr({.size = 0})).error(), Errc::inval);
    auto writer = me().open("f", to_write);
    EXPECT_EQ(finish(writer->read(1)).error(), Errc::badf);
    me().close(reader);
    me().close(writer);
    cold({.read_only = true});
    EXPECT_EQ(me().open_error("f", {.access = OpenAccess::write}), Errc::rofs);
    EXPECT_EQ(finish(me().files.mkdir({.path = "/n/d"}, 0755)).error(), Errc::rofs);
    EXPECT_EQ(me().get("f"), "x");
}

TEST_F(Data, copies_between_files) {
    std::string content = pattern(2'500'000);
    for (bool by_server : {true, false}) {
        cold();
        me().probe->change_capabilities = [&](Capabilities& c) { c.copy = c.copy && by_server; };
        auto from = me().open("from", to_both);
        auto to = me().open("to", to_both);
        me().write(from, content);
        uint64_t done = 0;
        while (done < content.size()) {
            auto copied = finish(from->copy_to(*to, done, done, content.size()));
            ASSERT_TRUE(copied.has_value());
            ASSERT_GT(*copied, 0u);
            done += *copied;
        }
        EXPECT_EQ(finish(from->copy_to(*to, content.size(), 0, 10)).value(), 0u);
        EXPECT_TRUE(me().read(to, 0, content.size()) == content);
        me().close(from);
        me().close(to);
        EXPECT_TRUE(other().get("to") == content);
        EXPECT_TRUE(finish(me().files.remove({.path = "/n/to"}, RemoveKind::file)).has_value());
    }
}

TEST_F(Data, what_an_open_brings_is_not_taken_when_a_write_overtakes_its_answer) {
    me().put("f", "old data");
    auto writer = me().open("f", to_both);
    bool overtakes = true;
    me().probe->edit = [&](const Compound&, Reply& reply) {
        if (!reply.find<Open>() || !std::exchange(overtakes, false)) return;
        me().write_at(writer, 0, "new");
        EXPECT_TRUE(finish(writer->fsync(false)).has_value());
    };
    auto reader = me().open("f");
    EXPECT_FALSE(overtakes);
    EXPECT_EQ(me().read(reader, 0, 100), "new data");
    me().close(reader);
    me().close(writer);
}

TEST_F(Data, what_is_read_again_under_a_lock_is_not_asked_for) {
    std::string content = pattern(600'000);
    me().put("f", content);
    auto file = me().open("f", to_both);
    auto read = [&](uint64_t offset, size_t count) {
        EXPECT_EQ(me().read(file, offset, count), content.substr(offset, count));
    };
    EXPECT_TRUE(finish(file->lock(LockKind::write, 0, 1, 1, false)).has_value());
    read(500'000, 4096);
    read(100'000, 4096);
    me().count();
    for (uint64_t at : {500'000, 100'000, 104'000}) read(at, 4096);
    EXPECT_EQ(me().count(), 0u);
    // Our own writes are seen, before and after they were sent.
    me().write_at(file, 101'000, "mine");
    content.replace(101'000, 4, "mine");
    read(100'000, 4096);
    EXPECT_TRUE(finish(file->fsync(false)).has_value());
    read(100'000, 4096);
    // Without the lock the server is asked, as it is under the next one.
    for (bool again : {false, true}) {
        EXPECT_TRUE(finish(file->unlock(0, 1, 1)).has_value());
        auto theirs = other().open("f", {.access = OpenAccess::write});
        other().write_at(theirs, 102'000, again ? "other" : "their");
        content.replace(102'000, 5, again ? "other" : "their");
        other().close(theirs);
        if (again) EXPECT_TRUE(finish(file->lock(LockKind::write, 0, 1, 1, false)).has_value());
        read(100'000, 4096);
        if (!again) EXPECT_TRUE(finish(file->lock(LockKind::write, 0, 1, 1, false)).has_value());
    }
    me().close(file);
}

TEST_F(Data, locks_exclude_each_other) {
    me().put("f", "x");
    auto mine = me().open("f", to_both);
    auto theirs = other().open("f", to_both);
    EXPECT_TRUE(finish(mine->lock(LockKind::write, 0, 10, 1, false)).has_value());
    EXPECT_EQ(finish(theirs->lock(LockKind::read, 5, 1, 2, false)).error(), Errc::again);
    auto conflict = finish(theirs->test_lock(LockKind::read, 5, 1, 2));
    ASSERT_TRUE(conflict.has_value() && conflict->has_value());
    EXPECT_EQ((*conflict)->length, 10u);
    EXPECT_TRUE(finish(mine->unlock(0, 10, 1)).has_value());
    EXPECT_TRUE(finish(theirs->lock(LockKind::read, 5, 1, 2, false)).has_value());
    me().close(mine);
    other().close(theirs);
}

TEST_F(Data, waiting_for_a_lock_tries_again_until_it_is_granted) {
    me().put("f", "x");
    Signal tick;
    int pauses = 0;
    auto sleep = [&](Duration) -> Task<> {
        pauses++;
        return tick.wait();
    };
    std::vector<std::string> log;
    FileSystem waiter({.sleep = sleep});
    EXPECT_TRUE(waiter.mount("/n", std::make_unique<Probe>(*server_, log)).has_value());
    auto mine = me().open("f", to_both);
    auto theirs = finish(waiter.open({.path = "/n/f"}, to_both)).value();
    EXPECT_TRUE(finish(mine->lock(LockKind::write, 0, 10, 1, false)).has_value());
    Nursery nursery;
    nursery.spawn(theirs->lock(LockKind::write, 0, 10, 2, true));
    run_ready();
    tick.notify_all();
    run_ready();
    EXPECT_EQ(pauses, 2);
    EXPECT_EQ(nursery.running(), 1u);
    EXPECT_TRUE(finish(mine->unlock(0, 10, 1)).has_value());
    tick.notify_all();
    run_ready();
    EXPECT_EQ(nursery.running(), 0u);
    EXPECT_EQ(finish(mine->lock(LockKind::read, 0, 1, 1, false)).error(), Errc::again);
    EXPECT_TRUE(finish(theirs->close()).has_value());
    theirs = nullptr;
    EXPECT_TRUE(finish(waiter.close()).has_value());
    me().close(mine);
}

TEST_F(Data, random_writes_and_reads_agree_with_a_plain_array) {
    std::mt19937 random(11);
    cold({.write_behind = 256u << 10});
    me().probe->change_capabilities = [](Capabilities& c) { c.max_read = c.max_write = 30'000; };
    std::string model;
    auto a = me().open("f", to_both);
    auto b = me().open("f", to_both);
    for (int step = 0; step < 3000; step++) {
        auto& file = random() % 2 ? a : b;
        uint64_t offset = random() % 400'000;
        size_t count = 1 + random() % (random() % 4 == 0 ? 100'000 : 2'000);
        switch (random() % 6) {
            case 0:
            case 1: {
                std::string data(count, static_cast<char>('a' + random() % 26));
                me().write_at(file, offset, data);
                if (model.size() < offset + count) model.resize(offset + count);
                model.replace(offset, count, data);
                break;
            }
            case 2:
                if (random() % 20 == 0) {
                    EXPECT_TRUE(finish(file->setattr({.size = offset})).has_value());
                    model.resize(offset);
                }
                break;
            case 3:
                if (random() % 10 == 0) EXPECT_TRUE(finish(file->fsync(false)).has_value());
                break;
            default: {
                std::string expected = offset < model.size() ? model.substr(offset, count) : "";
                ASSERT_TRUE(me().read(file, offset, count) == expected) << step;
            }
        }
        if (step % 100 == 0) ASSERT_EQ(finish(file->stat()).value().size, model.size());
    }
    me().close(a);
    EXPECT_TRUE(me().read(b, 0, model.size() + 1) == model);
    me().close(b);
    EXPECT_TRUE(other().get("f") == model);
}

}  // namespace
}  // namespace strait::vfs::test
