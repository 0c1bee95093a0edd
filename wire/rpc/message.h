// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// ONC RPC version 2 (RFC 5531 8, 9): call and reply heads. What follows the head in the record
// belongs to the program.

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/types.h"
#include "wire/xdr/writer.h"

namespace strait::wire::rpc {

inline constexpr uint32_t RPC_VERSION = 2;
inline constexpr uint32_t max_auth_bytes = 400;

enum auth_flavor : uint32_t {
    AUTH_NONE = 0,
    AUTH_SYS = 1,
    AUTH_SHORT = 2,
    AUTH_DH = 3,
    RPCSEC_GSS = 6,
    AUTH_TLS = 7  // RFC 9289
};

enum msg_type : uint32_t { CALL = 0, REPLY = 1 };
enum reply_stat : uint32_t { MSG_ACCEPTED = 0, MSG_DENIED = 1 };
enum accept_stat : uint32_t {
    SUCCESS = 0,
    PROG_UNAVAIL = 1,
    PROG_MISMATCH = 2,
    PROC_UNAVAIL = 3,
    GARBAGE_ARGS = 4,
    SYSTEM_ERR = 5
};
enum reject_stat : uint32_t { RPC_MISMATCH = 0, AUTH_ERROR = 1 };
enum auth_stat : uint32_t {
    AUTH_OK = 0,
    AUTH_BADCRED = 1,
    AUTH_REJECTEDCRED = 2,
    AUTH_BADVERF = 3,
    AUTH_REJECTEDVERF = 4,
    AUTH_TOOWEAK = 5,
    AUTH_INVALIDRESP = 6,
    AUTH_FAILED = 7,
    RPCSEC_GSS_CREDPROBLEM = 13,
    RPCSEC_GSS_CTXPROBLEM = 14
};
std::string_view to_string(auth_flavor flavor);
std::string_view to_string(accept_stat status);
std::string_view to_string(auth_stat status);

struct opaque_auth {
    auth_flavor flavor{};
    xdr::Opaque<max_auth_bytes> body;
    STRAIT_FIELDS(flavor, body)
};

// The body of an AUTH_SYS credential (RFC 5531 14).
struct authsys_parms {
    uint32_t stamp{};
    xdr::Utf8<255> machinename;
    uint32_t uid{};
    uint32_t gid{};
    xdr::List<uint32_t, 16> gids;
    STRAIT_FIELDS(stamp, machinename, uid, gid, gids)
};
STRAIT_MESSAGE(authsys_parms)

// False when the body is malformed or followed by anything: answer AUTH_BADCRED. Views into `body`.
bool read_auth_sys(Bytes body, authsys_parms& out);

struct call_body {
    uint32_t rpcvers = RPC_VERSION;
    uint32_t prog{};
    uint32_t vers{};
    uint32_t proc{};
    opaque_auth cred;
    opaque_auth verf;
    STRAIT_FIELDS(rpcvers, prog, vers, proc, cred, verf)
};

struct mismatch_info {
    uint32_t low{};
    uint32_t high{};
    STRAIT_FIELDS(low, high)
};

// With SUCCESS the results follow.
struct reply_data {
    accept_stat stat{};
    mismatch_info mismatch;
    STRAIT_UNION(stat, STRAIT_ARM(mismatch, PROG_MISMATCH), STRAIT_OTHERWISE_VOID)
};
struct accepted_reply {
    opaque_auth verf;
    reply_data data;
    STRAIT_FIELDS(verf, data)
};
struct rejected_reply {
    reject_stat stat{};
    mismatch_info mismatch;
    auth_stat why{};
    STRAIT_UNION(stat, STRAIT_ARM(mismatch, RPC_MISMATCH), STRAIT_ARM(why, AUTH_ERROR))
};
struct reply_body {
    reply_stat stat{};
    accepted_reply areply;
    rejected_reply rreply;
    STRAIT_UNION(stat, STRAIT_ARM(areply, MSG_ACCEPTED), STRAIT_ARM(rreply, MSG_DENIED))
};

struct rpc_body {
    msg_type mtype{};
    call_body cbody;
    reply_body rbody;
    STRAIT_UNION(mtype, STRAIT_ARM(cbody, CALL), STRAIT_ARM(rbody, REPLY))
};
struct rpc_msg {
    uint32_t xid{};
    rpc_body body;
    STRAIT_FIELDS(xid, body)
};
STRAIT_MESSAGE(rpc_msg)

// What a receiver of calls has to do with a message.
enum class CallRead {
    ok,            // args follow in the Reader
    rpc_mismatch,  // answer write_rpc_mismatch
    bad_cred,      // credential or verifier over 400 bytes: answer write_auth_error(AUTH_BADCRED)
    malformed      // cut short, or no call: close the connection
};
// Reads a call's head. msg.xid is set in the first three cases.
CallRead read_call(xdr::Reader& in, rpc_msg& msg);

// What a caller makes of the head of a reply: nothing wrong (results follow), or what to tell the
// user, with Domain::rpc.
//   Errc::auth        credential refused
//   Errc::notsup      program, version or procedure is not there
//   Errc::protocol    the server could not read our call, or speaks another RPC version
//   Errc::serverfault SYSTEM_ERR, or a status that no RFC names
Result<> check_reply(const reply_body& reply);

// Heads to be followed by arguments or results. Replies carry an AUTH_NONE verifier.
void write_call(xdr::Writer& out, uint32_t xid, const call_body& call);
void write_success(xdr::Writer& out, uint32_t xid);
// PROG_UNAVAIL, PROC_UNAVAIL, GARBAGE_ARGS, SYSTEM_ERR
void write_accept_error(xdr::Writer& out, uint32_t xid, accept_stat status);
void write_prog_mismatch(xdr::Writer& out, uint32_t xid, uint32_t low, uint32_t high);
void write_rpc_mismatch(xdr::Writer& out, uint32_t xid);
void write_auth_error(xdr::Writer& out, uint32_t xid, auth_stat why);

}  // namespace strait::wire::rpc
