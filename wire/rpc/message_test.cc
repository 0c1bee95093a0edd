// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/rpc/message.h"

#include <gtest/gtest.h>

#include "wire/xdr/generate.h"
#include "wire/xdr/golden.h"

namespace strait::wire::rpc {
namespace {

rpc_msg call(opaque_auth cred = {}) {
    rpc_msg msg{0x01020304, {}};
    msg.body.mtype = CALL;
    msg.body.cbody = {2, 100003, 4, 1, cred, {}};
    return msg;
}
#define GOLDEN_CALL "01020304 00000000 00000002 000186a3 00000004 00000001 "

rpc_msg reply() {
    rpc_msg msg{0x01020304, {}};
    msg.body.mtype = REPLY;
    return msg;
}

TEST(RpcGolden, calls) {
    golden(call(), GOLDEN_CALL "00000000 00000000 00000000 00000000");
    golden(call({AUTH_SYS, xdr::Opaque<400>(std::string_view("credbody"))}),
           GOLDEN_CALL "00000001 00000008 'credbody' 00000000 00000000");
}

TEST(RpcGolden, auth_sys) {
    golden(authsys_parms{1, "host", 1000, 100, {4, 24}},
           "00000001 00000004 'host' 000003e8 00000064 00000002 00000004 00000018");
}

TEST(RpcGolden, accepted_replies) {
    rpc_msg msg = reply();
    golden(msg, "01020304 00000001 00000000 00000000 00000000 00000000");
    for (accept_stat stat : {PROG_UNAVAIL, PROC_UNAVAIL, GARBAGE_ARGS, SYSTEM_ERR}) {
        msg.body.rbody.areply.data.stat = stat;
        golden(msg, "01020304 00000001 00000000 00000000 00000000 0000000" + std::to_string(stat));
    }
    msg.body.rbody.areply.data = {PROG_MISMATCH, {3, 4}};
    golden(msg, "01020304 00000001 00000000 00000000 00000000 00000002 00000003 00000004");
}

TEST(RpcGolden, denied_replies) {
    rpc_msg msg = reply();
    msg.body.rbody.stat = MSG_DENIED;
    msg.body.rbody.rreply = {RPC_MISMATCH, {2, 2}, {}};
    golden(msg, "01020304 00000001 00000001 00000000 00000002 00000002");
    msg.body.rbody.rreply = {AUTH_ERROR, {}, AUTH_TOOWEAK};
    golden(msg, "01020304 00000001 00000001 00000001 00000005");
}

TEST(Rpc, short_writers_write_the_same_heads) {
    auto same = [](auto&& write_it, std::string_view golden) {
        xdr::Writer out;
        write_it(out);
        EXPECT_EQ(hex(out.take().flatten().text()), hex(spelled(golden)));
    };
    same([](auto& out) { write_success(out, 5); },
         "00000005 00000001 00000000 00000000 00000000 00000000");
    same([](auto& out) { write_accept_error(out, 5, GARBAGE_ARGS); },
         "00000005 00000001 00000000 00000000 00000000 00000004");
    same([](auto& out) { write_prog_mismatch(out, 5, 3, 4); },
         "00000005 00000001 00000000 00000000 00000000 00000002 00000003 00000004");
    same([](auto& out) { write_rpc_mismatch(out, 5); },
         "00000005 00000001 00000001 00000000 00000002 00000002");
    same([](auto& out) { write_auth_error(out, 5, AUTH_BADCRED); },
         "00000005 00000001 00000001 00000001 00000001");
    same([](auto& out) { write_call(out, 0x01020304, call().body.cbody); },
         GOLDEN_CALL "00000000 00000000 00000000 00000000");
}

CallRead read_spelled(std::string_view golden) {
    std::string bytes = spelled(golden);
    xdr::Reader in(as_bytes(bytes));
    rpc_msg msg;
    return read_call(in, msg);
}

TEST(Rpc, what_to_do_with_a_call) {
    EXPECT_EQ(read_spelled(GOLDEN_CALL "00000000 00000000 00000000 00000000"), CallRead::ok);
    EXPECT_EQ(read_spelled(GOLDEN_CALL "00000000 00000000 00000000"), CallRead::malformed);
    EXPECT_EQ(read_spelled("01020304"), CallRead::malformed);
    EXPECT_EQ(read_spelled(""), CallRead::malformed);
    // other versions, also cut short behind theirs
    EXPECT_EQ(read_spelled("01020304 00000000 00000003 000186a3 00000004 00000001 "
                           "00000000 00000000 00000000 00000000"),
              CallRead::rpc_mismatch);
    EXPECT_EQ(read_spelled("01020304 00000000 00000003"), CallRead::rpc_mismatch);
    // a reply, and neither
    EXPECT_EQ(read_spelled("01020304 00000001 00000000 00000000 00000000 00000000"),
              CallRead::malformed);
    EXPECT_EQ(read_spelled("01020304 00000002 00000002"), CallRead::malformed);
    // credential of 401 bytes
    EXPECT_EQ(read_spelled(GOLDEN_CALL "00000001 00000191 '" + std::string(404, 'c') +
                           "' 00000000 00000000"),
              CallRead::bad_cred);
}

TEST(Rpc, auth_sys_over_its_limits_is_refused) {
    authsys_parms parms;
    EXPECT_TRUE(read_auth_sys(as_bytes(encoded(authsys_parms{})), parms));
    std::string groups = encoded(authsys_parms{0, "", 0, 0, xdr::List<uint32_t, 16>(16)});
    EXPECT_TRUE(read_auth_sys(as_bytes(groups), parms));
    std::string seventeen =
        spelled("00000000 00000000 00000000 00000000 00000011") + std::string(17 * 4, '\0');
    EXPECT_FALSE(read_auth_sys(as_bytes(seventeen), parms));
    std::string long_name = spelled("00000000 00000100") + std::string(256 + 12, '\0');
    EXPECT_FALSE(read_auth_sys(as_bytes(long_name), parms));
    std::string trailing = encoded(authsys_parms{}) + std::string(4, '\0');
    EXPECT_FALSE(read_auth_sys(as_bytes(trailing), parms));
    EXPECT_FALSE(read_auth_sys({}, parms));
}

TEST(Rpc, replies_become_errors_for_the_caller) {
    reply_body body;
    EXPECT_TRUE(check_reply(body));
    body.areply.data.stat = PROG_MISMATCH;
    EXPECT_EQ(check_reply(body).error(), Error(Errc::notsup, Domain::rpc, PROG_MISMATCH));
    body.areply.data.stat = GARBAGE_ARGS;
    EXPECT_EQ(check_reply(body).error(), Errc::protocol);
    body.areply.data.stat = static_cast<accept_stat>(77);
    EXPECT_EQ(check_reply(body).error(), Errc::serverfault);
    body.stat = MSG_DENIED;
    body.rreply = {AUTH_ERROR, {}, AUTH_TOOWEAK};
    EXPECT_EQ(check_reply(body).error(), Error(Errc::auth, Domain::rpc, AUTH_TOOWEAK));
    body.rreply = {RPC_MISMATCH, {2, 2}, {}};
    EXPECT_EQ(check_reply(body).error(), Errc::protocol);
}

TEST(Rpc, random_messages_round_trip_and_truncations_are_refused) {
    for (uint64_t seed = 0; seed < 2000; seed++) {
        xdr::Generator random(seed);
        rpc_msg msg;
        generate(random, msg);
        std::string bytes = encoded(msg);
        ASSERT_EQ(bytes.size(), encoded_size(msg));
        xdr::Reader in{as_bytes(bytes)};
        rpc_msg again;
        ASSERT_TRUE(read(in, again) && in.finish()) << xdr::to_text(msg);
        ASSERT_EQ(encoded(again), bytes);
        for (size_t size = 0; size < bytes.size(); size++) {
            xdr::Reader cut(as_bytes(std::string_view(bytes).substr(0, size)));
            ASSERT_FALSE(read(cut, again));
        }
    }
}

}  // namespace
}  // namespace strait::wire::rpc
