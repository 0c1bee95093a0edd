// SPDX-License-Identifier: LGPL-2.1-or-later
// straitd in this process, over loopback, by raw compounds.

#include "server/straitd/server.h"

#include <stdlib.h>

#include <filesystem>

#include "tests/server/test_client.h"

namespace strait::server {
namespace {

struct TempDir {
    std::string path = "/tmp/strait-server-XXXXXX";
    TempDir() { path = mkdtemp(path.data()); }
    ~TempDir() { std::filesystem::remove_all(path); }
};

struct ServerTest : testing::Test {
    TempDir temp;
    std::unique_ptr<Server> server;

    void SetUp() override {
        std::filesystem::create_directory(temp.path + "/data");
        start();
    }
    void start() {
        StraitdOptions options;
        options.exports.push_back(*parse_export("x=local:" + temp.path + "/data,no_root_squash"));
        options.exports.push_back(*parse_export("deep/ro=memory:,ro"));
        options.exports.push_back(*parse_export("hidden=memory:,clients=192.0.2.0/24"));
        options.listen.push_back(Address::loopback(0));
        options.state_dir = temp.path + "/state";
        options.threads = 2;
        options.lease_seconds = options.grace_seconds = 60;
        auto made = Server::start(std::move(options));
        ASSERT_TRUE(made) << made.error();
        server = std::move(*made);
    }
    TestClient client() { return TestClient(server->listening()[0]); }
};

void at_x(CompoundCall& program) {
    put_root(program);
    lookup(program, "x");
}

WRITE4args write_args(std::string_view text, offset4 offset, stateid4 stateid = current_stateid) {
    WRITE4args args;
    args.stateid = stateid;
    args.offset = offset;
    args.stable = FILE_SYNC4;
    args.data = BufferChain(Buffer::copy_of(text));
    return args;
}

nfsstat4 create_file(TestClient& client, std::string_view name, std::string_view text) {
    return client
        .in_session([&](CompoundCall& program) {
            at_x(program);
            program.add(open_args(name, true));
            program.add(write_args(text, 0));
            program.add(CLOSE4args{0, current_stateid});
        })
        .status;
}

TEST_F(ServerTest, a_cold_read_is_one_compound_from_the_first_one_of_the_session_on) {
    TestClient writer = client();
    writer.begin("writer");
    ASSERT_EQ(create_file(writer, "file", "hello"), NFS4_OK);
    TestClient reader = client();
    reader.begin("reader", false);
    Answer answer = reader.in_session([](CompoundCall& program) {
        program.add(RECLAIM_COMPLETE4args{});
        at_x(program);
        program.add(open_args("file", false, OPEN4_SHARE_ACCESS_READ));
        program.add(GETFH4args{});
        program.add(GETATTR4args{{FATTR4_SIZE}});
        program.add(READ4args{current_stateid, 0, 100});
        program.add(CLOSE4args{0, current_stateid});
    });
    ASSERT_EQ(answer.status, NFS4_OK);
    EXPECT_EQ(answer.at<READ4res>(7).resok4.data.flatten().text(), "hello");
    EXPECT_TRUE(answer.at<READ4res>(7).resok4.eof);
}

TEST_F(ServerTest, a_retry_gets_the_same_bytes_and_runs_nothing) {
    TestClient one = client();
    one.begin("one");
    ASSERT_EQ(create_file(one, "once", "1"), NFS4_OK);
    auto rename = [](CompoundCall& program) {
        at_x(program);
        program.add(SAVEFH4args{});
        RENAME4args args;
        args.oldname = "once";
        args.newname = "renamed";
        program.add(args);
    };
    Answer first = one.in_session(rename, 3);
    Answer again = one.in_session(rename, 3, true);
    EXPECT_EQ(first.status, NFS4_OK);
    EXPECT_EQ(first.bytes.flatten().text(), again.bytes.flatten().text());
    EXPECT_EQ(one.in_session(rename, 3).status, NFS4ERR_NOENT);
}

TEST_F(ServerTest, a_retry_over_another_connection_of_the_session_is_still_a_retry) {
    TestClient one = client();
    one.begin("one");
    Answer first = one.in_session([](CompoundCall& program) { at_x(program); }, 2);
    TestClient other = client();
    other.session = one.session;
    other.sequences = one.sequences;
    Answer again = other.in_session([](CompoundCall& program) { at_x(program); }, 2, true);
    EXPECT_EQ(first.bytes.flatten().text(), again.bytes.flatten().text());
}

TEST_F(ServerTest, another_request_under_a_used_number_is_a_false_retry) {
    TestClient one = client();
    one.begin("one");
    ASSERT_EQ(one.in_session([](CompoundCall& program) { at_x(program); }, 1).status, NFS4_OK);
    EXPECT_EQ(one.in_session([](CompoundCall& program) { put_root(program); }, 1, true).status,
              NFS4ERR_SEQ_FALSE_RETRY);
}

TEST_F(ServerTest, an_idempotent_reply_that_nobody_asked_to_keep_cannot_be_replayed) {
    TestClient one = client();
    one.begin("one");
    auto look = [](CompoundCall& program) { at_x(program); };
    ASSERT_EQ(one.in_session(look, 1, false, false).status, NFS4_OK);
    EXPECT_EQ(one.in_session(look, 1, true, false).status, NFS4ERR_RETRY_UNCACHED_REP);
}

TEST_F(ServerTest, a_compound_that_stops_tells_what_was_done_and_what_failed) {
    TestClient one = client();
    one.begin("one");
    Answer answer = one.in_session([](CompoundCall& program) {
        at_x(program);
        program.add(GETFH4args{});
        lookup(program, "absent");
        program.add(GETFH4args{});
    });
    EXPECT_EQ(answer.status, NFS4ERR_NOENT);
    ASSERT_EQ(answer.results.size(), 5u);
    EXPECT_EQ(answer.last<LOOKUP4res>().status, NFS4ERR_NOENT);
}

TEST_F(ServerTest, a_failed_verify_keeps_what_follows_from_running) {
    TestClient one = client();
    one.begin("one");
    ASSERT_EQ(create_file(one, "kept", "x"), NFS4_OK);
    Attributes4 directory;
    directory.mask.set(FATTR4_TYPE);
    directory.type = NF4DIR;
    Answer answer = one.in_session([&](CompoundCall& program) {
        at_x(program);
        program.add(NVERIFY4args{fattr4::of(directory)});
        REMOVE4args args;
        args.target = "kept";
        program.add(args);
    });
    EXPECT_EQ(answer.status, NFS4ERR_SAME);
    EXPECT_EQ(create_file(one, "kept", "y"), NFS4_OK);
    EXPECT_TRUE(std::filesystem::exists(temp.path + "/data/kept"));
}

TEST_F(ServerTest, stateids_that_are_not_the_callers_open_of_that_file_are_bad) {
    TestClient one = client(), two = client();
    one.begin("one");
    two.begin("two");
    ASSERT_EQ(create_file(one, "other", "x"), NFS4_OK);
    Answer opened = one.in_session([](CompoundCall& program) {
        at_x(program);
        program.add(open_args("file", true));
    });
    ASSERT_EQ(opened.status, NFS4_OK);
    stateid4 stateid = opened.last<OPEN4res>().resok4.stateid;
    auto read = [](std::string_view name, stateid4 which) {
        return [=](CompoundCall& program) {
            at_x(program);
            lookup(program, name);
            program.add(READ4args{which, 0, 10});
        };
    };
    EXPECT_EQ(one.in_session(read("file", stateid)).status, NFS4_OK);
    EXPECT_EQ(one.in_session(read("other", stateid)).status, NFS4ERR_BAD_STATEID);
    EXPECT_EQ(two.in_session(read("file", stateid)).status, NFS4ERR_BAD_STATEID);
    EXPECT_EQ(one.in_session(read("file", current_stateid)).status, NFS4ERR_BAD_STATEID);
    stateid4 future = stateid;
    future.seqid += 5;
    EXPECT_EQ(one.in_session(read("file", future)).status, NFS4ERR_BAD_STATEID);
}

TEST_F(ServerTest, a_conflicting_lock_is_denied_and_names_its_holder) {
    TestClient one = client(), two = client();
    one.begin("one");
    two.begin("two");
    auto lock = [](TestClient& who, std::string_view owner) {
        return who.in_session([&](CompoundCall& program) {
            at_x(program);
            program.add(open_args("locked", true));
            LOCK4args args;
            args.locktype = WRITE_LT;
            args.offset = 10;
            args.length = 5;
            args.locker.new_lock_owner = true;
            args.locker.open_owner.open_stateid = current_stateid;
            args.locker.open_owner.lock_owner.owner = xdr::Opaque<NFS4_OPAQUE_LIMIT>(owner);
            program.add(args);
        });
    };
    std::string long_owner(1024, 'o');
    ASSERT_EQ(lock(one, long_owner).status, NFS4_OK);
    Answer denied = lock(two, "b");
    ASSERT_EQ(denied.status, NFS4ERR_DENIED);
    const LOCK4denied& told = denied.last<LOCK4res>().denied;
    EXPECT_EQ(told.offset, 10u);
    EXPECT_EQ(told.length, 5u);
    EXPECT_EQ(told.owner.clientid, one.clientid);
    EXPECT_EQ(told.owner.owner.text(), long_owner);
}

TEST_F(ServerTest, exports_are_found_by_their_path_and_hidden_ones_are_not_listed) {
    TestClient one = client();
    one.begin("one");
    Answer listed = one.in_session([](CompoundCall& program) {
        put_root(program);
        program.add(READDIR4args{0, {}, 4096, 4096, {FATTR4_FSID, FATTR4_MOUNTED_ON_FILEID}});
    });
    ASSERT_EQ(listed.status, NFS4_OK);
    std::vector<std::string> names;
    for (auto& entry : listed.last<READDIR4res>().resok4.reply.entries)
        names.emplace_back(entry.name);
    EXPECT_EQ(names, (std::vector<std::string>{"deep", "x"}));
    Answer refused = one.in_session([](CompoundCall& program) {
        put_root(program);
        lookup(program, "hidden");
    });
    EXPECT_EQ(refused.status, NFS4ERR_ACCESS);
    Answer climbed = one.in_session([](CompoundCall& program) {
        put_root(program);
        program.add(GETFH4args{});
        lookup(program, "deep");
        lookup(program, "ro");
        program.add(LOOKUPP4args{});
        program.add(LOOKUPP4args{});
        program.add(GETFH4args{});
    });
    ASSERT_EQ(climbed.status, NFS4_OK);
    EXPECT_EQ(climbed.at<GETFH4res>(2).resok4.object, climbed.last<GETFH4res>().resok4.object);
}

TEST_F(ServerTest, a_read_only_export_refuses_every_change) {
    TestClient one = client();
    one.begin("one");
    auto at_ro = [](CompoundCall& program) {
        put_root(program);
        lookup(program, "deep");
        lookup(program, "ro");
    };
    Answer opened = one.in_session([&](CompoundCall& program) {
        at_ro(program);
        program.add(open_args("new", true));
    });
    EXPECT_EQ(opened.status, NFS4ERR_ROFS);
    Answer removed = one.in_session([&](CompoundCall& program) {
        at_ro(program);
        REMOVE4args args;
        args.target = "new";
        program.add(args);
    });
    EXPECT_EQ(removed.status, NFS4ERR_ROFS);
}

TEST_F(ServerTest, a_forged_or_altered_handle_is_refused) {
    TestClient one = client();
    one.begin("one");
    Answer told = one.in_session([](CompoundCall& program) {
        at_x(program);
        program.add(GETFH4args{});
    });
    std::string handle(told.last<GETFH4res>().resok4.object.text());
    auto put = [&](std::string_view bytes) {
        return one.in_session(
            [&](CompoundCall& program) { program.add(PUTFH4args{nfs_fh4(bytes)}); });
    };
    EXPECT_EQ(put(handle).status, NFS4_OK);
    for (size_t i = 0; i < handle.size(); i++) {
        std::string altered = handle;
        altered[i] ^= 1;
        EXPECT_EQ(put(altered).status, NFS4ERR_BADHANDLE) << i;
    }
    for (size_t size = 0; size <= 128; size += 7)
        EXPECT_EQ(put(std::string(size, '\1')).status, NFS4ERR_BADHANDLE) << size;
}

TEST_F(ServerTest, after_a_restart_what_was_held_is_reclaimed_before_anything_new_is_granted) {
    TestClient one = client(), two = client();
    one.begin("one");
    two.begin("two");
    Answer opened = one.in_session([](CompoundCall& program) {
        at_x(program);
        program.add(open_args("file", true));
        program.add(GETFH4args{});
    });
    ASSERT_EQ(opened.status, NFS4_OK);
    std::string handle(opened.last<GETFH4res>().resok4.object.text());
    std::string identity = one.exchange_id("one");
    server.reset();
    start();

    TestClient back = client();
    EXPECT_EQ(back.in_session([](CompoundCall&) {}).status, NFS4ERR_BADSESSION);
    EXPECT_EQ(back.exchange_id("one"), identity);
    ASSERT_EQ(back.create_session(), NFS4_OK);
    auto reclaim = [&](TestClient& who) {
        return who.in_session([&](CompoundCall& program) {
            program.add(PUTFH4args{nfs_fh4(std::string_view(handle))});
            OPEN4args args = open_args("", false);
            args.claim.claim = CLAIM_PREVIOUS;
            args.claim.delegate_type = OPEN_DELEGATE_NONE;
            program.add(args);
        });
    };
    auto fresh = [](CompoundCall& program) {
        at_x(program);
        program.add(open_args("file", false));
    };
    auto complete = [](CompoundCall& program) { program.add(RECLAIM_COMPLETE4args{}); };
    EXPECT_EQ(back.in_session(fresh).status, NFS4ERR_GRACE);
    EXPECT_EQ(reclaim(back).status, NFS4_OK);
    EXPECT_EQ(back.in_session(complete).status, NFS4_OK);
    EXPECT_EQ(reclaim(back).status, NFS4ERR_NO_GRACE);
    EXPECT_EQ(back.in_session(fresh).status, NFS4ERR_GRACE);

    TestClient stranger = client();
    stranger.begin("stranger", false);
    EXPECT_EQ(reclaim(stranger).status, NFS4ERR_RECLAIM_BAD);

    // The last one that was expected ends the grace period.
    TestClient second = client();
    second.begin("two");
    EXPECT_EQ(back.in_session(fresh).status, NFS4_OK);
}

TEST_F(ServerTest, the_write_verifier_differs_between_two_lives) {
    int life = 0;
    auto verifier = [&] {
        TestClient one = client();
        one.begin("client " + std::to_string(life++));
        Answer answer = one.in_session([](CompoundCall& program) {
            at_x(program);
            program.add(open_args("v", true));
            program.add(COMMIT4args{});
        });
        EXPECT_EQ(answer.status, NFS4_OK);
        return answer.last<COMMIT4res>().resok4.writeverf;
    };
    auto first = verifier();
    EXPECT_EQ(first, verifier());
    server.reset();
    std::filesystem::remove_all(temp.path + "/state");  // no grace period this time
    start();
    EXPECT_NE(first, verifier());
}

}  // namespace
}  // namespace strait::server
