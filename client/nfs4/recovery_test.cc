// SPDX-License-Identifier: LGPL-2.1-or-later
// What the client does when connections, sessions, servers and replies are lost.
#include <gtest/gtest.h>

#include <set>

#include "client/nfs4/fake_server.h"
#include "client/nfs4/mount.h"
#include "wire/nfs4/errc_map.h"
#include "wire/rpc/message.h"

namespace strait::client::nfs4 {
namespace {

using namespace vfs;
using namespace wire::nfs4;
using Fate = FakeServer::Fate;
using Seen = FakeServer::Seen;

class Recovery : public ::testing::Test {
  protected:
    void connect(std::string_view options = "") {
        auto url = parse_url(server->url(options));
        auto parsed = parse_options(*url);
        ASSERT_TRUE(parsed.has_value());
        auto made = reactor->block_on(Mount::connect(*reactor, *url, *parsed, &counters));
        ASSERT_TRUE(made.has_value()) << errc_text(made.error().code);
        mount = std::move(*made);
    }
    void TearDown() override {
        server->fate = {};
        server->status = {};
        if (mount) EXPECT_TRUE(reactor->block_on(mount->close()).has_value());
        mount.reset();
        server.reset();
    }
    Reply run(const Compound& program) {
        auto reply = reactor->block_on(mount->run(program));
        EXPECT_TRUE(reply.has_value()) << errc_text(reply.error().code);
        return reply ? std::move(*reply) : Reply();
    }
    OpenId open_file(Owner owner = {}) {
        Compound program;
        program.root().walk("file").open({.access = OpenAccess::both, .owner = owner});
        Reply reply = run(program);
        EXPECT_TRUE(reply.ok());
        auto* made = reply.find<Open>();
        return made ? made->open : OpenId();
    }
    // Begins the program, and calls it off once the server has its `operation`.
    void cancel_when_sent(const Compound& program, const std::string& operation) {
        Result<Reply> outcome = Reply();
        Nursery nursery;
        nursery.spawn([](Mount& to, const Compound& what, Result<Reply>& how) -> Task<> {
            how = co_await to.run(what).result();
        }(*mount, program, outcome));
        EXPECT_TRUE(reactor->block_on(server->until_seen(operation)).has_value());
        nursery.stop();
        (void)reactor->block_on(nursery.close());
        ASSERT_FALSE(outcome.has_value());
        EXPECT_EQ(outcome.error().code, Errc::cancelled);
    }
    static bool has(const Seen& seen, std::string_view operation) {
        return (" " + seen.operations + " ").find(" " + std::string(operation) + " ") !=
               std::string::npos;
    }
    // Runs `task` beside others.
    Reactor& loop() { return *reactor; }

    Event release;  // outlives the server's waits for it
    std::unique_ptr<Reactor> reactor = std::move(*Reactor::create());
    std::unique_ptr<FakeServer> server = std::make_unique<FakeServer>(*reactor);
    RpcCounters counters;
    std::unique_ptr<Mount> mount;
};

TEST_F(Recovery, a_lost_reply_is_asked_for_again_in_the_same_slot_and_done_once) {
    connect();
    int lost = 0;
    server->fate = [&](const Seen& seen) {
        bool lose = has(seen, "REMOVE") && lost++ < 3;
        return Fate{.answer = !lose, .hang_up = lose};
    };
    Compound program;
    program.root().remove("name");
    EXPECT_TRUE(run(program).ok());
    EXPECT_EQ(server->done(OP_REMOVE), 1u);
    std::vector<Seen> sent;
    for (const Seen& seen : server->seen)
        if (has(seen, "REMOVE")) sent.push_back(seen);
    ASSERT_EQ(sent.size(), 4u);
    for (const Seen& seen : sent) {
        EXPECT_EQ(seen.slot, sent[0].slot);
        EXPECT_EQ(seen.sequence, sent[0].sequence);
        EXPECT_TRUE(seen.cache_this);
    }
    EXPECT_EQ(counters.resends, 3u);
}

TEST_F(Recovery, a_resend_that_meets_its_first_sending_under_way_keeps_its_slot_for_that_reply) {
    connect();
    bool lost = false;
    server->still_running = 3;
    server->fate = [&](const Seen& seen) {
        bool lose = has(seen, "OPEN") && !std::exchange(lost, true);
        return Fate{.answer = !lose, .hang_up = lose};
    };
    auto make = [](Mount& mount) -> Task<> {
        Compound program;
        program.root().open(
            {.access = OpenAccess::write, .name = "new", .create = Open::Create::guarded});
        program.close();
        Reply reply = co_await mount.run(program);
        EXPECT_TRUE(reply.ok()) << errc_text(reply.error.code);
    };
    auto others = [](Mount& mount, FakeServer& server) -> Task<> {
        co_await server.until_seen("OPEN", 2);
        for (int i = 0; i < 3; i++) {
            Compound program;
            program.root().remove("name");
            Reply reply = co_await mount.run(program);
            EXPECT_TRUE(reply.ok()) << errc_text(reply.error.code);
        }
    };
    Nursery nursery;
    nursery.spawn(make(*mount));
    nursery.spawn(others(*mount, *server));
    ASSERT_TRUE(loop().block_on(nursery.close()).has_value());
    EXPECT_EQ(server->done(OP_OPEN), 1u);
    EXPECT_EQ(server->done(OP_REMOVE), 3u);
    EXPECT_EQ(server->done(OP_CREATE_SESSION), 1u);
    EXPECT_EQ(server->still_running, 0u);
}

TEST_F(Recovery, nothing_is_sent_again_while_the_connection_lives) {
    connect("timeo=1&retrans=0&hard");
    server->fate = [&](const Seen& seen) {
        return Fate{.wait_for = has(seen, "REMOVE") ? &release : nullptr};
    };
    Compound program;
    program.root().remove("name");
    std::optional<bool> ok;
    Nursery nursery;
    auto task = [](Mount& mount, const Compound& program, std::optional<bool>& ok) -> Task<> {
        Reply reply = co_await mount.run(program);
        ok = reply.ok();
    };
    nursery.spawn(task(*mount, program, ok));
    ASSERT_TRUE(loop().block_on(server->until_seen("REMOVE")).has_value());
    ASSERT_TRUE(loop().block_on(loop().sleep_for(300ms)).has_value());  // three times timeo
    EXPECT_FALSE(ok.has_value());
    EXPECT_EQ(server->seen_with("REMOVE"), 1u);
    release.set();
    ASSERT_TRUE(loop().block_on(nursery.close()).has_value());
    EXPECT_EQ(ok, true);
}

TEST_F(Recovery, delay_and_grace_repeat_only_what_was_not_done) {
    connect();
    int refused = 0;
    server->status = [&](const nfs_argop4& op) {
        if (op.argop == OP_WRITE && refused < 2)
            return refused++ == 0 ? NFS4ERR_DELAY : NFS4ERR_GRACE;
        return NFS4_OK;
    };
    Compound program;
    program.root().open(
        {.access = OpenAccess::write, .name = "new", .create = Open::Create::guarded});
    program.write(0, BufferChain(Buffer::copy_of("data"))).close();
    Reply reply = run(program);
    EXPECT_TRUE(reply.ok()) << errc_text(reply.error.code);
    EXPECT_EQ(refused, 2);
    EXPECT_EQ(server->done(OP_OPEN), 1u);
    EXPECT_EQ(server->done(OP_WRITE), 1u);
    EXPECT_EQ(server->done(OP_CLOSE), 1u);
}

TEST_F(Recovery, a_lost_session_is_made_anew_under_the_same_client_id) {
    connect();
    OpenId id = open_file();
    server->forget(false);
    Compound program;
    program.use_open(id).read(0, 10);
    EXPECT_TRUE(run(program).ok());
    EXPECT_EQ(server->done(OP_EXCHANGE_ID), 1u);
    EXPECT_EQ(server->done(OP_CREATE_SESSION), 2u);
    EXPECT_EQ(server->claims.size(), 1u);  // nothing to reclaim: the server kept the state
}

TEST_F(Recovery, after_a_restart_opens_and_locks_are_reclaimed_before_anything_else) {
    connect();
    OpenId id = open_file();
    Compound lock;
    lock.use_open(id).add(Lock{LockKind::write, 0, 10, {1, 1}});
    lock.add(Lock{LockKind::read, 20, 10, {1, 1}});
    ASSERT_TRUE(run(lock).ok());
    size_t before = server->seen.size();
    server->forget(true);
    server->hang_up();
    Compound program;
    program.use_open(id).read(0, 10).close();
    EXPECT_TRUE(run(program).ok());
    EXPECT_EQ(server->done(OP_EXCHANGE_ID), 2u);
    EXPECT_EQ(server->claims, (std::vector{CLAIM_FH, CLAIM_PREVIOUS}));
    EXPECT_EQ(server->lock_reclaims, (std::vector{false, false, true, true}));
    size_t complete = 0, read = 0;
    for (size_t i = before; i < server->seen.size(); i++) {
        if (has(server->seen[i], "RECLAIM_COMPLETE")) complete = i;
        if (has(server->seen[i], "READ") && server->done(OP_READ)) read = i;
    }
    EXPECT_GT(complete, before);
    EXPECT_GT(read, complete);
}

TEST_F(Recovery, what_cannot_be_reclaimed_is_told_to_those_who_lost_it_only) {
    connect();
    OpenId plain = open_file(), locked = open_file();
    Compound lock;
    lock.use_open(locked).add(Lock{LockKind::write, 0, 10, {1, 1}});
    ASSERT_TRUE(run(lock).ok());
    server->refuse_reclaim = true;
    server->forget(true);
    Compound read_locked;
    read_locked.use_open(locked).read(0, 10);
    EXPECT_EQ(run(read_locked).error.code, Errc::stale);
    EXPECT_EQ(run(read_locked).error.code, Errc::stale);
    Compound read_plain;
    read_plain.use_open(plain).read(0, 10);
    EXPECT_TRUE(run(read_plain).ok());  // opened anew: it had promised nothing
    Compound close;
    close.use_open(locked);
    close.close();
    EXPECT_EQ(run(close).error.code, Errc::ok);
}

TEST_F(Recovery, a_second_restart_during_reclaim_begins_it_again) {
    connect();
    OpenId id = open_file();
    bool once = false;
    server->status = [&](const nfs_argop4& op) {
        auto* open = std::get_if<OPEN4args>(&op.args);
        if (!once && open && open->claim.claim == CLAIM_PREVIOUS) {
            once = true;
            server->forget(true);
        }
        return NFS4_OK;
    };
    server->forget(true);
    Compound program;
    program.use_open(id).read(0, 10);
    EXPECT_TRUE(run(program).ok());
    EXPECT_TRUE(once);
    EXPECT_EQ(server->claims.back(), CLAIM_PREVIOUS);
}

TEST_F(Recovery, what_was_done_before_a_restart_is_not_reported_as_refused) {
    connect();
    int tries = 0;
    server->fate = [&](const Seen& seen) {
        if (!has(seen, "REMOVE") && !has(seen, "CREATE")) return Fate{};
        bool first = tries++ == 0;
        if (first) server->after = [&] { server->forget(true); };
        return Fate{.answer = !first, .hang_up = first};
    };
    server->status = [&](const nfs_argop4& op) {
        if (tries < 2) return NFS4_OK;
        if (op.argop == OP_REMOVE) return NFS4ERR_NOENT;
        return op.argop == OP_CREATE ? NFS4ERR_EXIST : NFS4_OK;
    };
    Compound remove;
    remove.root().remove("name");
    Reply reply = run(remove);
    EXPECT_TRUE(reply.ok()) << errc_text(reply.error.code);
    EXPECT_EQ(tries, 2);
    EXPECT_EQ(run(remove).error.code, Errc::noent);  // without a doubt this time
    tries = 0;
    Compound make;
    make.root().add(vfs::Create{.name = "new"}).getattr(stat_mask);
    reply = run(make);
    EXPECT_TRUE(reply.ok()) << errc_text(reply.error.code);
    EXPECT_EQ(run(make).error.code, Errc::exist);
}

TEST_F(Recovery, a_guarded_create_after_a_restart_is_told_by_its_verifier_and_not_guessed) {
    server->verifiers_apart = true;
    connect();
    ASSERT_TRUE(run(Compound().root().getattr(stat_mask)).ok());  // brings what the server can
    std::vector<createhow4> creates;
    nfsstat4 second = NFS4_OK;
    server->status = [&](const nfs_argop4& op) {
        auto* open = std::get_if<OPEN4args>(&op.args);
        if (!open || open->openhow.opentype != OPEN4_CREATE) return NFS4_OK;
        creates.push_back(open->openhow.how);
        return creates.size() == 1 ? NFS4_OK : second;
    };
    server->fate = [&](const Seen& seen) {
        bool first = has(seen, "OPEN") && creates.empty();
        if (first) server->after = [&] { server->forget(true); };
        return Fate{.answer = !first, .hang_up = first};
    };
    Compound program;
    program.root().open(
        {.access = OpenAccess::write, .name = "new", .create = Open::Create::guarded});
    program.close();
    EXPECT_TRUE(run(program).ok());
    ASSERT_EQ(creates.size(), 2u);
    EXPECT_EQ(creates[0].mode, EXCLUSIVE4_1);
    EXPECT_EQ(creates[0].ch_createboth.cva_verf, creates[1].ch_createboth.cva_verf);
    auto before = creates[0].ch_createboth.cva_verf;
    creates.clear();
    second = NFS4ERR_EXIST;  // somebody else made it while the server was away
    EXPECT_EQ(run(program).error.code, Errc::exist);
    ASSERT_EQ(creates.size(), 2u);
    EXPECT_NE(creates[0].ch_createboth.cva_verf, before);
}

TEST_F(Recovery, replies_that_nobody_waits_for_are_passed_over) {
    connect();
    server->fate = [](const Seen& seen) {
        bool odd = has(seen, "REMOVE");
        return Fate{.twice = odd, .wrong_xid = odd};
    };
    Compound program;
    program.root().remove("name");
    for (int i = 0; i < 3; i++) EXPECT_TRUE(run(program).ok());
    EXPECT_EQ(server->done(OP_REMOVE), 3u);
    EXPECT_EQ(counters.connects, 1u);
}

TEST_F(Recovery, a_reply_cut_short_fails_its_call_and_nothing_else) {
    connect();
    ASSERT_TRUE(run(Compound().root()).ok());
    for (size_t missing = 4; missing <= 40; missing += 4) {
        server->fate = [&](const Seen&) { return Fate{.cut_reply = missing}; };
        Compound program;
        program.root().getattr(stat_mask);
        auto reply = reactor->block_on(mount->run(program));
        ASSERT_FALSE(reply.has_value()) << missing;
        EXPECT_EQ(reply.error().code, Errc::protocol) << missing;
        server->fate = {};
        EXPECT_TRUE(run(program).ok()) << missing;
    }
}

TEST_F(Recovery, garbage_ends_the_connection_and_the_call_goes_on_over_another) {
    connect();
    int times = 0;
    server->fate = [&](const Seen& seen) {
        return Fate{.garbage = has(seen, "REMOVE") && times++ == 0};
    };
    Compound program;
    program.root().remove("name");
    EXPECT_TRUE(run(program).ok());
    EXPECT_EQ(server->done(OP_REMOVE), 1u);
    EXPECT_EQ(counters.connects, 2u);
}

TEST_F(Recovery, more_data_than_was_asked_for_is_refused) {
    connect();
    server->read_more = 8;
    Compound program;
    program.root().walk("file").open({}).read(0, 16);
    auto reply = reactor->block_on(mount->run(program));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, Errc::protocol);
}

TEST_F(Recovery, a_soft_mount_gives_up_in_time_and_a_deadline_counts_on_any) {
    connect("soft&timeo=3&retrans=1");
    server->fate = [&](const Seen& seen) {
        return Fate{.wait_for = has(seen, "REMOVE") ? &release : nullptr};
    };
    Compound program;
    program.root().remove("name");
    MonoTime begun = MonoClock::now();
    auto reply = reactor->block_on(mount->run(program));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, Errc::timedout);
    EXPECT_GE(MonoClock::now() - begun, 600ms);
    release.set();
    reactor->block_on(mount->close());
    mount.reset();
    release.reset();
    connect("hard");
    reply = reactor->block_on(reactor->with_deadline(mount->run(program), MonoClock::now() + 50ms));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, Errc::timedout);
    release.set();
}

TEST_F(Recovery, the_slot_of_a_cancelled_call_stays_busy_until_its_reply_has_come) {
    server->slots = 1;
    connect();
    server->fate = [&](const Seen& seen) {
        return Fate{.wait_for = has(seen, "REMOVE") ? &release : nullptr};
    };
    Compound remove, stat;
    remove.root().remove("name");
    stat.root().getattr(stat_mask);
    cancel_when_sent(remove, "REMOVE");
    auto waiting =
        reactor->block_on(reactor->with_deadline(mount->run(stat), MonoClock::now() + 20ms));
    EXPECT_FALSE(waiting.has_value());
    release.set();
    EXPECT_TRUE(run(stat).ok());
}

TEST_F(Recovery, what_a_cancelled_call_has_opened_is_closed_when_the_reply_comes) {
    connect();
    server->fate = [&](const Seen& seen) {
        return Fate{.wait_for = has(seen, "OPEN") ? &release : nullptr};
    };
    Compound program;
    program.root().walk("file").open({});
    cancel_when_sent(program, "OPEN");
    release.set();
    EXPECT_TRUE(reactor->block_on(server->until_seen("CLOSE")).has_value());
}

TEST_F(Recovery, an_older_server_costs_one_round_trip_more_and_only_then) {
    server->highest_minor = 1;
    connect();
    EXPECT_EQ(mount->session().minor(), 1u);
    EXPECT_EQ(server->seen_with("EXCHANGE_ID"), 2u);
    Compound program;
    program.root().walk("file").open({}).add(Seek{});
    EXPECT_EQ(run(program).error.code, Errc::notsup);
}

TEST_F(Recovery, an_idle_client_renews_its_lease) {
    server->lease_time = 1;
    connect();
    EXPECT_TRUE(run(Compound().root()).ok());
    auto only_sequence = [&] {
        for (const Seen& seen : server->seen)
            if (seen.operations == "SEQUENCE") return true;
        return false;
    };
    while (!only_sequence()) {
        server->came.reset();
        ASSERT_TRUE(reactor->block_on(server->came.wait()).has_value());
    }
}

TEST_F(Recovery, callbacks_are_answered) {
    connect();
    ASSERT_TRUE(run(Compound().root()).ok());
    auto answered = [&](size_t count) {
        while (server->answers.size() < count) {
            server->came.reset();
            ASSERT_TRUE(reactor->block_on(server->came.wait()).has_value());
        }
    };
    server->call_back(CB_NULL, {});
    answered(1);
    auto recall = [](CompoundCall& compound) {
        CB_SEQUENCE4args sequence;
        sequence.csa_sessionid[0] = std::byte(1);
        sequence.csa_sequenceid = 1;
        compound.add(sequence);
        compound.add(CB_RECALL4args{});
    };
    server->call_back(CB_COMPOUND, recall);
    answered(2);
    wire::xdr::Reader in(server->answers[1]);
    wire::rpc::rpc_msg head;
    ASSERT_TRUE(read(in, head));
    CompoundResults results(in);
    ASSERT_TRUE(results.read_head().has_value());
    EXPECT_EQ(results.status(), NFS4ERR_BADHANDLE);
    CB_SEQUENCE4res sequence;
    EXPECT_EQ(results.next(sequence), NFS4_OK);
}

TEST_F(Recovery, one_slot_serves_all_who_wait_for_it) {
    server->slots = 1;
    connect();
    int finished = 0;
    auto task = [](Mount& mount, int& finished) -> Task<> {
        Compound program;
        program.root().getattr(stat_mask);
        Reply reply = co_await mount.run(program);
        finished += reply.ok();
    };
    Nursery nursery;
    for (int i = 0; i < 20; i++) nursery.spawn(task(*mount, finished));
    ASSERT_TRUE(reactor->block_on(nursery.close()).has_value());
    EXPECT_EQ(finished, 20);
}

TEST_F(Recovery, short_reads_and_writes_of_large_pieces_are_completed) {
    server->response = 64 * 1024;
    server->short_by = 1000;
    connect();
    OpenId id = open_file();
    Compound read;
    read.use_open(id).read(100, 200000);
    Reply reply = run(read);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code);
    Buffer all = reply.find<Read>()->data.flatten();
    ASSERT_EQ(all.size(), 200000u);
    for (size_t i = 0; i < all.size(); i++)
        ASSERT_EQ(all.data()[i], std::byte((100 + i) * 7 % 251)) << i;
    Compound write;
    write.use_open(id).write(0, BufferChain(all));
    reply = run(write);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Write>()->count, 200000u);
}

TEST_F(Recovery, programs_are_cut_to_what_a_small_server_takes) {
    server->operations = 12;
    server->response = 4096;
    connect();
    Compound program;
    program.root().walk("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15").open({}).getattr(stat_mask);
    program.read(0, 8000).close();
    Reply reply = run(program);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(reply.find<Walk>()->walked, 15u);
    EXPECT_EQ(reply.find<Read>()->data.size(), 8000u);
    EXPECT_EQ(server->done(OP_CLOSE), 1u);
    EXPECT_EQ(server->done(OP_LOOKUP), 15u);
}

TEST_F(Recovery, several_connections_share_one_session) {
    connect("nconnect=3");
    EXPECT_TRUE(reactor->block_on(server->until_seen("BIND_CONN_TO_SESSION", 2)).has_value());
    auto task = [](Mount& mount) -> Task<> {
        Compound program;
        program.root().getattr(stat_mask);
        co_await mount.run(program);
    };
    for (int round = 0; round < 3; round++) {
        Nursery nursery;
        for (int i = 0; i < 6; i++) nursery.spawn(task(*mount));
        ASSERT_TRUE(reactor->block_on(nursery.close()).has_value());
    }
    std::set<uint32_t> used;
    for (const Seen& seen : server->seen)
        if (has(seen, "GETATTR")) used.insert(seen.connection);
    EXPECT_EQ(used.size(), 3u);
    EXPECT_EQ(server->done(OP_CREATE_SESSION), 1u);
}

}  // namespace
}  // namespace strait::client::nfs4
