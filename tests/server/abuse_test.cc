// SPDX-License-Identifier: LGPL-2.1-or-later
// Hostile and broken peers: the server answers as the RFCs say or closes that connection, and goes
// on serving the others.

#include <random>

#include "server/straitd/server.h"
#include "tests/server/test_client.h"

namespace strait::server {
namespace {

struct Abuse : testing::Test {
    std::unique_ptr<Server> server;
    void SetUp() override {
        StraitdOptions options;
        options.exports.push_back(*parse_export("x=memory:,no_root_squash"));
        options.listen.push_back(Address::loopback(0));
        options.threads = 2;
        auto made = Server::start(std::move(options));
        ASSERT_TRUE(made) << made.error();
        server = std::move(*made);
    }
    void TearDown() override {
        // Whatever a test did: another client is served.
        TestClient other = client();
        other.begin("other");
        server.reset();
    }
    TestClient client() { return TestClient(server->listening()[0]); }
    static wire::rpc::call_body head(uint32_t prog, uint32_t vers, uint32_t proc) {
        wire::rpc::call_body made;
        made.prog = prog;
        made.vers = vers;
        made.proc = proc;
        return made;
    }
    // The outcome of an accepted call.
    static wire::rpc::accept_stat outcome(const Buffer& record) {
        xdr::Reader in(record.bytes());
        wire::rpc::rpc_msg message;
        EXPECT_TRUE(read(in, message));
        return message.body.rbody.areply.data.stat;
    }
    nfsstat4 in_x(TestClient& one, const TestClient::Fill& fill) {
        return one
            .in_session([&](CompoundCall& program) {
                put_root(program);
                lookup(program, "x");
                fill(program);
            })
            .status;
    }
};

void raw_mark(TestClient& one, uint32_t mark, std::string_view body) {
    xdr::Writer out;
    out.u32(mark);
    out.fixed(as_bytes(body));
    one.send_raw(out.take().flatten().bytes());
}

TEST_F(Abuse, a_record_longer_than_any_session_allows_ends_the_connection) {
    for (uint32_t mark : {0xffffffffu, 0x80400001u, 0x7fffffffu, 0x80000000u}) {
        TestClient one = client();
        raw_mark(one, mark, "12345678");
        EXPECT_TRUE(one.receive_record().empty()) << mark;
    }
}

TEST_F(Abuse, fragments_without_end_are_cut_off) {
    TestClient one = client();
    xdr::Writer out;
    for (int i = 0; i < 20'000; i++) {
        out.u32(4);
        out.u32(0);
    }
    one.send_raw(out.take().flatten().bytes());
    EXPECT_TRUE(one.receive_record().empty());
}

TEST_F(Abuse, noise_never_gets_a_reply_of_success) {
    std::mt19937 random(7);
    for (int i = 0; i < 200; i++) {
        TestClient one = client();
        std::string noise(4 * (1 + random() % 64), '\0');
        for (char& each : noise) each = static_cast<char>(random());
        raw_mark(one, 0x80000000u | static_cast<uint32_t>(noise.size()), noise);
        Buffer record = one.receive_record();
        if (!record.empty()) {
            EXPECT_NE(outcome(record), wire::rpc::SUCCESS);
        }
    }
}

TEST_F(Abuse, wrong_programs_versions_and_procedures_are_told_apart) {
    TestClient one = client();
    EXPECT_EQ(outcome(one.call(head(100003, 4, 0), {})), wire::rpc::SUCCESS);
    EXPECT_EQ(outcome(one.call(head(100005, 3, 0), {})), wire::rpc::PROG_UNAVAIL);
    EXPECT_EQ(outcome(one.call(head(100003, 3, 0), {})), wire::rpc::PROG_MISMATCH);
    EXPECT_EQ(outcome(one.call(head(100003, 4, 2), {})), wire::rpc::PROC_UNAVAIL);
    EXPECT_EQ(outcome(one.call(head(100003, 4, 1), {})), wire::rpc::GARBAGE_ARGS);
}

TEST_F(Abuse, a_credential_with_seventeen_groups_is_refused) {
    TestClient one = client();
    xdr::Writer credential;
    for (uint32_t word : {0u, 0u, 0u, 0u, 17u}) credential.u32(word);
    for (int i = 0; i < 17; i++) credential.u32(1);
    Buffer body = credential.take().flatten();
    auto call = head(100003, 4, 0);
    call.cred = {wire::rpc::AUTH_SYS, body.bytes()};
    Buffer record = one.call(call, {});
    xdr::Reader in(record.bytes());
    wire::rpc::rpc_msg message;
    ASSERT_TRUE(read(in, message));
    EXPECT_EQ(message.body.rbody.stat, wire::rpc::MSG_DENIED);
}

TEST_F(Abuse, compounds_of_no_operations_wrong_minors_and_illegal_operations) {
    TestClient one = client();
    EXPECT_EQ(one.compound([](CompoundCall&) {}).status, NFS4_OK);
    for (uint32_t minor : {0u, 3u, ~0u}) {
        Answer answer = one.compound(put_root, minor);
        EXPECT_EQ(answer.status, NFS4ERR_MINOR_VERS_MISMATCH);
        EXPECT_TRUE(answer.results.empty());
    }
    EXPECT_EQ(one.compound(put_root).status, NFS4ERR_OP_NOT_IN_SESSION);
    EXPECT_EQ(one.compound([](CompoundCall&) {}, 2, "\xff\xfe").status, NFS4ERR_INVAL);
    one.begin("one");
    for (uint32_t number : {0u, 2u, 76u, 10044u, ~0u}) {
        Answer answer = one.in_session([&](CompoundCall& program) { program.begin(number); });
        EXPECT_EQ(answer.status, NFS4ERR_OP_ILLEGAL) << number;
        EXPECT_EQ(answer.results.back().resop, OP_ILLEGAL);
    }
    auto many = [](CompoundCall& program) {
        for (int i = 0; i < 10'000; i++) put_root(program);
    };
    EXPECT_EQ(one.in_session(many).status, NFS4ERR_TOO_MANY_OPS);
}

TEST_F(Abuse, reads_that_together_exceed_the_reply_are_refused_before_they_run) {
    TestClient one = client();
    one.fore.ca_maxresponsesize = 64 << 10;
    one.begin("one");
    nfsstat4 status = in_x(one, [](CompoundCall& program) {
        program.add(open_args("big", true));
        for (int i = 0; i < 20; i++) program.add(READ4args{current_stateid, 0, 1 << 20});
    });
    EXPECT_EQ(status, NFS4ERR_REP_TOO_BIG);
}

TEST_F(Abuse, offsets_and_lengths_at_the_edge_never_wrap) {
    TestClient one = client();
    one.begin("one");
    constexpr uint64_t most = ~uint64_t{0};
    for (uint64_t offset : {most, most - 1, uint64_t{1} << 63}) {
        in_x(one, [&](CompoundCall& program) {
            program.add(open_args("edge", true));
            program.add(READ4args{current_stateid, offset, 4096});
            program.add(COMMIT4args{offset, 4096});
        });
        WRITE4args write;
        write.stateid = current_stateid;
        write.offset = offset;
        write.data = BufferChain(Buffer::copy_of("xyz"));
        EXPECT_NE(in_x(one,
                       [&](CompoundCall& program) {
                           program.add(open_args("edge", true));
                           program.add(write);
                       }),
                  NFS4_OK);
        for (uint64_t length : {uint64_t{2}, most}) {
            EXPECT_NE(in_x(one,
                           [&](CompoundCall& program) {
                               program.add(open_args("edge", true));
                               program.add(ALLOCATE4args{current_stateid, offset, length});
                           }),
                      NFS4_OK);
        }
        EXPECT_EQ(in_x(one,
                       [&](CompoundCall& program) {
                           program.add(open_args("edge", true));
                           program.add(DEALLOCATE4args{current_stateid, offset, most});
                       }),
                  NFS4ERR_INVAL);
    }
}

TEST_F(Abuse, names_that_leave_their_directory_are_refused) {
    TestClient one = client();
    one.begin("one");
    for (std::string_view name : {"..", ".", "a/b", "/", ""}) {
        EXPECT_NE(in_x(one, [&](CompoundCall& program) { lookup(program, name); }), NFS4_OK);
        EXPECT_NE(in_x(one, [&](CompoundCall& program) { program.add(open_args(name, true)); }),
                  NFS4_OK);
    }
    EXPECT_EQ(in_x(one, [](CompoundCall& program) { lookup(program, std::string(256, 'x')); }),
              NFS4ERR_NAMETOOLONG);
}

TEST_F(Abuse, listings_with_bad_cookies_and_tiny_limits) {
    TestClient one = client();
    one.begin("one");
    auto list = [&](READDIR4args args) {
        return in_x(one, [&](CompoundCall& program) { program.add(args); });
    };
    EXPECT_EQ(list({1, {}, 0, 4096, {}}), NFS4ERR_BAD_COOKIE);
    EXPECT_EQ(list({0, {}, 0, 1, {}}), NFS4ERR_TOOSMALL);
    EXPECT_EQ(list({0, {}, 0, ~0u, {}}), NFS4_OK);
    EXPECT_NE(list({~uint64_t{0} >> 1, {std::byte{9}}, 0, 4096, {}}), NFS4ERR_SERVERFAULT);
}

TEST_F(Abuse, attributes_that_cannot_be_set_or_decoded) {
    TestClient one = client();
    one.begin("one");
    auto set = [&](fattr4 attributes) {
        SETATTR4args args;
        args.obj_attributes = attributes;
        return in_x(one, [&](CompoundCall& program) { program.add(args); });
    };
    fattr4 read_only;
    read_only.attrmask.set(FATTR4_TYPE);
    read_only.attr_vals = xdr::Opaque<max_attrlist>(std::string_view("\0\0\0\1", 4));
    EXPECT_EQ(set(read_only), NFS4ERR_INVAL);
    fattr4 unknown;
    unknown.attrmask.set(FATTR4_ARCHIVE);
    unknown.attr_vals = read_only.attr_vals;
    EXPECT_EQ(set(unknown), NFS4ERR_ATTRNOTSUPP);
    fattr4 cut;
    cut.attrmask.set(FATTR4_MODE);
    cut.attr_vals = xdr::Opaque<max_attrlist>(std::string_view("\0\0", 2));
    EXPECT_EQ(set(cut), NFS4ERR_BADXDR);
    Attributes4 owner;
    owner.mask.set(FATTR4_OWNER);
    owner.owner = "4294967295";
    EXPECT_EQ(set(fattr4::of(owner)), NFS4ERR_BADOWNER);
    owner.owner = "nobody-knows@example.org";
    EXPECT_EQ(set(fattr4::of(owner)), NFS4ERR_BADOWNER);
}

TEST_F(Abuse, a_flood_of_unconfirmed_clients_leaves_the_confirmed_ones_alone) {
    TestClient one = client();
    one.begin("one");
    TestClient flood = client();
    for (int i = 0; i < 6000; i++) flood.exchange_id("flood " + std::to_string(i));
    EXPECT_EQ(one.in_session(put_root).status, NFS4_OK);
    EXPECT_EQ(server->service().clients().client_count(), 1u);
}

TEST_F(Abuse, a_peer_that_takes_no_replies_stops_being_read) {
    TestClient one = client();
    one.begin("one");
    ASSERT_EQ(in_x(one,
                   [](CompoundCall& program) {
                       program.add(open_args("data", true));
                       WRITE4args write;
                       write.stateid = current_stateid;
                       write.data = BufferChain(Buffer::copy_of(std::string(500'000, 'd')));
                       program.add(write);
                   }),
              NFS4_OK);
    // Ten thousand NULL calls in one burst, and not one reply taken: the window closes, no more.
    TestClient deaf = client();
    xdr::Writer burst;
    for (uint32_t i = 0; i < 10'000; i++) {
        burst.u32(0x80000000u | 40);
        wire::rpc::write_call(burst, i, head(100003, 4, 0));
    }
    deaf.send_raw(burst.take().flatten().bytes());
    EXPECT_EQ(one.in_session(put_root).status, NFS4_OK);
}

}  // namespace
}  // namespace strait::server
