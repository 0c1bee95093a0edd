// SPDX-License-Identifier: LGPL-2.1-or-later
// The NFSv4 client against a real nfs-ganesha: what each program costs in round trips, and that its
// operations do what they say.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "client/trace.h"
#include "tests/interop/served.h"

namespace strait::interop {
namespace {

using namespace vfs;

class Ganesha : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (geteuid() != 0) return;
        folder = new TempFolder();
        server = new Served("ganesha", {"x=" + folder->path()});
    }
    static void TearDownTestSuite() {
        delete std::exchange(server, nullptr);
        delete std::exchange(folder, nullptr);
    }
    void SetUp() override {
        if (!server) GTEST_SKIP() << "nfs-ganesha opens files by handle: root is needed";
        if (!server->running()) GTEST_SKIP() << server->why();
        reactor = std::move(*Reactor::create());
        remote = mount(*reactor, server->url("/x"), &counters);
        ASSERT_TRUE(remote);
    }
    void TearDown() override {
        if (remote) EXPECT_TRUE(reactor->block_on(remote->close()).has_value());
        remote.reset();
    }
    Reply run(const Compound& program) {
        auto reply = reactor->block_on(remote->run(program));
        EXPECT_TRUE(reply.has_value()) << errc_text(reply.error().code);
        return reply ? std::move(*reply) : Reply();
    }
    // RPCs since the last time.
    uint64_t rpcs() {
        uint64_t count = counters.rpcs - seen;
        seen = counters.rpcs;
        return count;
    }
    static void write_file(const std::string& path, std::string_view text) {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << text;
    }

    static inline TempFolder* folder = nullptr;
    static inline Served* server = nullptr;
    client::RpcCounters counters;
    uint64_t seen = 0;
    std::unique_ptr<Reactor> reactor;
    std::unique_ptr<client::nfs4::Mount> remote;
};

TEST_F(Ganesha, a_cold_deep_file_is_read_in_one_rpc) {
    write_file(*folder / "a/b/c/d/e/file", std::string(4096, 'x'));
    EXPECT_EQ(rpcs(), 2u);  // EXCHANGE_ID, CREATE_SESSION
    Compound program;
    program.root().walk("a/b/c/d/e/file").open({}).getattr(stat_mask).read(0, 65536).close();
    Reply reply = run(program);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(rpcs(), 1u);
    EXPECT_EQ(reply.completed, 6u);
    EXPECT_EQ(reply.find<Read>()->data.size(), 4096u);
    EXPECT_TRUE(reply.find<Read>()->eof);
    EXPECT_EQ(reply.find<GetAttr>()->attributes.size, 4096u);
    EXPECT_EQ(reply.find<GetAttr>()->attributes.type, FileType::regular);
}

BufferChain bytes(std::string_view text) { return BufferChain(Buffer::copy_of(text)); }

std::string text_of(const BufferChain& chain) {
    std::string text;
    for (const Buffer& part : chain.parts()) text += part.text();
    return text;
}

Open creating(std::string_view name, Open::Create how = Open::Create::guarded) {
    Open open;
    open.access = OpenAccess::both;
    open.name = name;
    open.create = how;
    open.attributes.mode = 0644;
    return open;
}

TEST_F(Ganesha, a_new_small_file_is_made_written_and_closed_in_one_rpc) {
    Compound program;
    program.root().open(creating("new")).write(0, bytes("hello"), Stability::file_sync).close();
    rpcs();
    Reply reply = run(program);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(rpcs(), 1u);
    EXPECT_TRUE(reply.find<Open>()->created);
    EXPECT_EQ(reply.find<Write>()->count, 5u);
    EXPECT_EQ(reply.find<Write>()->committed, Stability::file_sync);
    std::string there;
    std::ifstream(*folder / "new") >> there;
    EXPECT_EQ(there, "hello");
    EXPECT_EQ(run(program).error.code, Errc::exist);
}

TEST_F(Ganesha, a_cold_stat_costs_one_rpc_and_names_what_is_missing) {
    write_file(*folder / "s/t/u/file", "12345");
    rpcs();
    Compound stat;
    stat.root().walk("s/t/u/file").getattr(stat_mask);
    Reply reply = run(stat);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(rpcs(), 1u);
    const Attributes& got = reply.find<GetAttr>()->attributes;
    EXPECT_TRUE(got.valid.has_all(stat_mask - AttrMask(Attr::btime)));
    EXPECT_EQ(got.size, 5u);
    EXPECT_EQ(got.uid, 0u);
    EXPECT_EQ(got.nlink, 1u);

    Compound missing;
    missing.root().walk("s/t/no/file").getattr(stat_mask);
    reply = run(missing);
    EXPECT_EQ(reply.error.code, Errc::noent);
    EXPECT_EQ(reply.error.domain, Domain::nfs4);
    EXPECT_EQ(reply.completed, 1u);
    ASSERT_TRUE(reply.at<Walk>(1));
    EXPECT_EQ(reply.at<Walk>(1)->walked, 2u);
}

TEST_F(Ganesha, a_symlink_in_the_middle_is_told_with_the_way_so_far) {
    write_file(*folder / "real/file", "x");
    std::filesystem::create_directory_symlink("real", *folder / "link");
    Compound program;
    program.root().walk("link/file").getattr(stat_mask);
    Reply reply = run(program);
    EXPECT_EQ(reply.error.code, Errc::symlink);
    EXPECT_EQ(reply.at<Walk>(1)->walked, 1u);
    Compound end;
    end.root().add(Walk{"link", true}).getattr(stat_mask);
    EXPECT_EQ(run(end).error.code, Errc::symlink);
    Compound read;
    read.root().walk("link").readlink().getattr(stat_mask);
    reply = run(read);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<ReadLink>()->target.text(), "real");
    EXPECT_EQ(reply.find<GetAttr>()->attributes.type, FileType::symlink);
}

TEST_F(Ganesha, dotdot_stops_at_our_root_however_the_cursor_got_there) {
    write_file(*folder / "up/er/file", "x");
    Compound named;
    named.root().walk("../up/er/../../../up/er/file").getattr(stat_mask);
    EXPECT_TRUE(run(named).ok());
    Compound handles;
    handles.root().get_handle().walk("up/er").get_handle();
    Reply reply = run(handles);
    ASSERT_TRUE(reply.ok());
    Handle root = reply.at<GetHandle>(1)->handle, deep = reply.at<GetHandle>(3)->handle;
    Compound up;
    up.put(deep).walk("../../../../up/er/file").getattr(stat_mask);
    reply = run(up);
    EXPECT_TRUE(reply.ok()) << errc_text(reply.error.code) << " walked "
                            << reply.at<Walk>(1)->walked;
    Compound at_root;
    at_root.put(deep).walk("../../..").get_handle();
    reply = run(at_root);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<GetHandle>()->handle, root);
}

TEST_F(Ganesha, a_long_listing_brings_attributes_and_costs_what_its_bytes_cost) {
    std::filesystem::create_directories(*folder / "many");
    for (int i = 0; i < 1000; i++) write_file(*folder / ("many/file" + std::to_string(i)), "x");
    rpcs();
    uint64_t cookie = 0, verifier = 0, count = 0;
    for (bool eof = false; !eof;) {
        Compound list;
        list.root().walk("many").readdir({.cookie = cookie,
                                          .verifier = verifier,
                                          .max_bytes = 1u << 17,
                                          .mask = stat_mask | AttrMask(Attr::handle)});
        Reply reply = run(list);
        ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code);
        auto* got = reply.find<ReadDir>();
        for (const DirEntry& entry : got->entries) {
            EXPECT_EQ(entry.error.code, Errc::ok);
            EXPECT_EQ(entry.attributes.size, 1u);
            EXPECT_TRUE(entry.name.starts_with("file"));
            EXPECT_FALSE(entry.attributes.handle.empty());
            cookie = entry.cookie;
        }
        count += got->entries.size();
        eof = got->eof;
        verifier = got->verifier;
        ASSERT_TRUE(eof || !got->entries.empty());
    }
    EXPECT_EQ(count, 1000u);
    EXPECT_LE(rpcs(), 5u);
}

TEST_F(Ganesha, unlink_and_rmdir_refuse_the_wrong_kind_in_one_rpc) {
    write_file(*folder / "kinds/file", "x");
    std::filesystem::create_directories(*folder / "kinds/empty");
    auto remove = [&](std::string_view name, RemoveKind kind) {
        Compound program;
        program.root().walk("kinds").remove(name, kind);
        return run(program).error.code;
    };
    rpcs();
    EXPECT_EQ(remove("empty", RemoveKind::file), Errc::isdir);
    EXPECT_EQ(remove("file", RemoveKind::directory), Errc::notdir);
    EXPECT_EQ(remove("nothing", RemoveKind::file), Errc::noent);
    EXPECT_EQ(remove("file", RemoveKind::file), Errc::ok);
    EXPECT_EQ(remove("empty", RemoveKind::directory), Errc::ok);
    EXPECT_EQ(rpcs(), 5u);
    EXPECT_FALSE(std::filesystem::exists(*folder / "kinds/file"));
    EXPECT_FALSE(std::filesystem::exists(*folder / "kinds/empty"));
}

TEST_F(Ganesha, names_are_made_linked_renamed_and_changed) {
    Compound make;
    make.root().add(
        vfs::Create{.type = FileType::directory, .name = "made", .attributes = {.mode = 0751}});
    make.getattr(stat_mask);
    Reply reply = run(make);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code);
    EXPECT_EQ(reply.find<GetAttr>()->attributes.mode, 0751u);

    Compound link;
    link.root().add(vfs::Create{.type = FileType::symlink, .name = "sym", .target = "made"});
    ASSERT_TRUE(run(link).ok());
    write_file(*folder / "one", "1");
    Compound hard;
    hard.root().walk("one").save().root().walk("made").add(vfs::Link{"two"});
    hard.restore().getattr(stat_mask);
    reply = run(hard);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(reply.find<GetAttr>()->attributes.nlink, 2u);

    Compound rename;
    rename.root().walk("made").save().root().add(Rename{"two", "three", 0});
    ASSERT_TRUE(run(rename).ok());
    EXPECT_TRUE(std::filesystem::exists(*folder / "three"));
    Compound change;
    SetAttributes to{.mode = 0600, .uid = 1234, .gid = 4321, .size = 100};
    to.mtime = SetTime{false, {1000000000, 5}};
    change.root().walk("three").setattr(to).getattr(stat_mask);
    reply = run(change);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code);
    const Attributes& got = reply.find<GetAttr>()->attributes;
    EXPECT_EQ(got.mode, 0600u);
    EXPECT_EQ(got.uid, 1234u);
    EXPECT_EQ(got.gid, 4321u);
    EXPECT_EQ(got.size, 100u);
    EXPECT_EQ(got.mtime.seconds, 1000000000);
}

TEST_F(Ganesha, an_open_stays_until_it_is_closed_and_its_close_rides_with_the_last_write) {
    Compound open;
    open.root().open(creating("kept")).write(0, bytes("begin "));
    Reply reply = run(open);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code);
    OpenId id = reply.find<Open>()->open;
    rpcs();
    Compound last;
    last.use_open(id).write(6, bytes("end")).commit().close();
    reply = run(last);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(rpcs(), 1u);
    Compound after;
    after.use_open(id).read(0, 10);
    EXPECT_EQ(run(after).error.code, Errc::bad_stateid);
    Compound read;
    read.root().walk("kept").open({}).read(0, 100).close();
    EXPECT_EQ(text_of(run(read).take<Read>().data), "begin end");
}

TEST_F(Ganesha, large_reads_and_writes_are_split_and_keep_their_bytes) {
    std::string pattern(5u << 20, '\0');
    for (size_t i = 0; i < pattern.size(); i++)
        pattern[i] = static_cast<char>(i * 2654435761u >> 13);
    Compound write;
    write.root().open(creating("large")).write(3, bytes(pattern)).close();
    Reply reply = run(write);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(reply.find<Write>()->count, pattern.size());
    Compound read;
    read.root().walk("large").open({}).read(3, 6u << 20).close();
    uint64_t copied = copied_bytes();
    reply = run(read);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code);
    EXPECT_LT(copied_bytes() - copied, 64u << 10);
    EXPECT_TRUE(text_of(reply.find<Read>()->data) == pattern);
    EXPECT_TRUE(reply.find<Read>()->eof);

    Compound open;
    open.root().walk("large").open({});
    OpenId id = run(open).find<Open>()->open;
    Compound piece;
    piece.use_open(id).read(1000, 3u << 20);
    EXPECT_TRUE(text_of(run(piece).take<Read>().data) == pattern.substr(997, 3u << 20));
    Compound close;
    close.use_open(id).close();
    EXPECT_TRUE(run(close).ok());
}

TEST_F(Ganesha, locks_are_held_by_their_owners_and_end_with_the_open) {
    Compound open;
    open.root().open(creating("locked"));
    OpenId id = run(open).find<Open>()->open;
    Owner me{1, 7}, you{1, 8};
    Compound lock;
    lock.use_open(id).add(Lock{LockKind::write, 10, 20, me});
    Reply reply = run(lock);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code);
    Compound test;
    test.use_open(id).add(TestLock{LockKind::read, 0, 100, you});
    reply = run(test);
    EXPECT_EQ(reply.error.code, Errc::denied);
    ASSERT_TRUE(reply.at<TestLock>(1));
    EXPECT_EQ(reply.at<TestLock>(1)->conflict.offset, 10u);
    EXPECT_EQ(reply.at<TestLock>(1)->conflict.length, 20u);
    EXPECT_EQ(reply.at<TestLock>(1)->conflict.owner.id, 7u);
    Compound unlock;
    unlock.use_open(id).add(Unlock{10, 10, me});
    EXPECT_TRUE(run(unlock).ok());
    Compound free_part;
    free_part.use_open(id).add(TestLock{LockKind::write, 10, 10, you});
    EXPECT_TRUE(run(free_part).ok());
    Compound close;
    close.use_open(id).close();
    reply = run(close);
    EXPECT_TRUE(reply.ok()) << errc_text(reply.error.code);
}

TEST_F(Ganesha, opens_of_one_owner_merge_and_exclusive_creates_repeat) {
    Open open = creating("owned", Open::Create::exclusive);
    open.verifier = {std::byte{1}, std::byte{2}};
    open.owner = {5, 6};
    Compound program;
    program.root().open(open);
    Reply first = run(program);
    ASSERT_TRUE(first.ok()) << errc_text(first.error.code);
    Reply again = run(program);
    ASSERT_TRUE(again.ok()) << errc_text(again.error.code);
    EXPECT_TRUE(again.find<Open>()->merged);
    EXPECT_EQ(again.find<Open>()->open, first.find<Open>()->open);
    open.verifier = {std::byte{9}};
    Compound other;
    other.root().open(open);
    EXPECT_EQ(run(other).error.code, Errc::exist);
    Compound close;
    close.use_open(first.find<Open>()->open).close();
    EXPECT_TRUE(run(close).ok());
}

TEST_F(Ganesha, a_program_that_passes_the_servers_limits_is_cut_and_goes_on) {
    std::string path;
    for (int i = 0; i < 150; i++) path += "d" + std::to_string(i) + "/";
    path += "file";
    write_file(*folder / path, "deep");
    rpcs();
    Compound program;
    program.root().walk(path).open({}).read(0, 100).close();
    Reply reply = run(program);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(text_of(reply.find<Read>()->data), "deep");
    EXPECT_EQ(reply.find<Walk>()->walked, 151u);
    EXPECT_LE(rpcs(), 3u);
}

TEST_F(Ganesha, holes_are_found_with_an_open_and_without_one) {
    Compound open;
    open.root().open(creating("holes"));
    OpenId id = run(open).find<Open>()->open;
    Compound write;
    write.use_open(id).write(1 << 20, bytes("data")).commit();
    ASSERT_TRUE(run(write).ok());
    Compound with;
    with.use_open(id).add(Seek{false, 1000});
    Reply reply = run(with);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Seek>()->offset, 1u << 20);
    rpcs();
    Compound without;
    without.root().walk("holes").add(Seek{false, 1000});
    reply = run(without);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Seek>()->offset, 1u << 20);
    EXPECT_EQ(rpcs(), 1u);
    Compound past;
    past.root().walk("holes").add(Seek{false, 9u << 20});
    EXPECT_EQ(run(past).error.code, Errc::nxio);
}

TEST_F(Ganesha, a_cancelled_call_keeps_the_mount_usable) {
    write_file(*folder / "calm", "x");
    StopSource stop;
    Scope scope{never, &stop};
    Compound program;
    program.root().walk("calm").open({});
    stop.request_stop();
    auto reply = reactor->block_on(remote->run(program).within(scope));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, Errc::cancelled);
    EXPECT_TRUE(run(program).ok());
}

}  // namespace
}  // namespace strait::interop
