// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/rpc/message.h"

#include "wire/xdr/codec.h"

namespace strait::wire::rpc {

STRAIT_MESSAGE_CODEC(authsys_parms)
STRAIT_MESSAGE_CODEC(rpc_msg)

std::string_view to_string(auth_flavor flavor) {
    switch (flavor) {
        case AUTH_NONE:
            return "AUTH_NONE";
        case AUTH_SYS:
            return "AUTH_SYS";
        case AUTH_SHORT:
            return "AUTH_SHORT";
        case AUTH_DH:
            return "AUTH_DH";
        case RPCSEC_GSS:
            return "RPCSEC_GSS";
        case AUTH_TLS:
            return "AUTH_TLS";
    }
    return "AUTH_?";
}

std::string_view to_string(accept_stat status) {
    switch (status) {
        case SUCCESS:
            return "SUCCESS";
        case PROG_UNAVAIL:
            return "PROG_UNAVAIL";
        case PROG_MISMATCH:
            return "PROG_MISMATCH";
        case PROC_UNAVAIL:
            return "PROC_UNAVAIL";
        case GARBAGE_ARGS:
            return "GARBAGE_ARGS";
        case SYSTEM_ERR:
            return "SYSTEM_ERR";
    }
    return "accept_stat ?";
}

std::string_view to_string(auth_stat status) {
    switch (status) {
        case AUTH_OK:
            return "AUTH_OK";
        case AUTH_BADCRED:
            return "AUTH_BADCRED";
        case AUTH_REJECTEDCRED:
            return "AUTH_REJECTEDCRED";
        case AUTH_BADVERF:
            return "AUTH_BADVERF";
        case AUTH_REJECTEDVERF:
            return "AUTH_REJECTEDVERF";
        case AUTH_TOOWEAK:
            return "AUTH_TOOWEAK";
        case AUTH_INVALIDRESP:
            return "AUTH_INVALIDRESP";
        case AUTH_FAILED:
            return "AUTH_FAILED";
        case RPCSEC_GSS_CREDPROBLEM:
            return "RPCSEC_GSS_CREDPROBLEM";
        case RPCSEC_GSS_CTXPROBLEM:
            return "RPCSEC_GSS_CTXPROBLEM";
    }
    return "auth_stat ?";
}

bool read_auth_sys(Bytes body, authsys_parms& out) {
    xdr::Reader in(body);
    return read(in, out) && in.finish();
}

CallRead read_call(xdr::Reader& in, rpc_msg& msg) {
    msg.body.cbody.rpcvers = RPC_VERSION;
    bool whole = read(in, msg);
    if (msg.body.mtype != CALL) return CallRead::malformed;
    // A record that ends before the version reads as version 0.
    if (in.fault() == xdr::Fault::truncated && msg.body.cbody.rpcvers == 0)
        return CallRead::malformed;
    // A call of another version may go on differently: its number is all that counts.
    if (msg.body.cbody.rpcvers != RPC_VERSION) return CallRead::rpc_mismatch;
    if (whole) return CallRead::ok;
    return in.fault() == xdr::Fault::too_long ? CallRead::bad_cred : CallRead::malformed;
}

namespace {

Errc errc_of(accept_stat status) {
    switch (status) {
        case SUCCESS:
            return Errc::ok;
        case PROG_UNAVAIL:
        case PROG_MISMATCH:
        case PROC_UNAVAIL:
            return Errc::notsup;
        case GARBAGE_ARGS:
            return Errc::protocol;
        case SYSTEM_ERR:
            return Errc::serverfault;
    }
    return Errc::serverfault;
}

// Everything up to the verdict of an accepted reply.
void write_accepted(xdr::Writer& out, uint32_t xid, accept_stat status) {
    out.u32(xid);
    out.u32(REPLY);
    out.u32(MSG_ACCEPTED);
    out.u32(AUTH_NONE);
    out.u32(0);
    out.u32(status);
}

}  // namespace

Result<> check_reply(const reply_body& reply) {
    if (reply.stat == MSG_DENIED) {
        const rejected_reply& denied = reply.rreply;
        if (denied.stat == AUTH_ERROR) return fail(Error(Errc::auth, Domain::rpc, denied.why));
        return fail(Error(Errc::protocol, Domain::rpc, denied.stat));
    }
    accept_stat status = reply.areply.data.stat;
    if (status == SUCCESS) return {};
    return fail(Error(errc_of(status), Domain::rpc, status));
}

void write_call(xdr::Writer& out, uint32_t xid, const call_body& call) {
    out.u32(xid);
    out.u32(CALL);
    xdr::put(out, call);
}

void write_success(xdr::Writer& out, uint32_t xid) { write_accepted(out, xid, SUCCESS); }

void write_accept_error(xdr::Writer& out, uint32_t xid, accept_stat status) {
    write_accepted(out, xid, status);
}

void write_prog_mismatch(xdr::Writer& out, uint32_t xid, uint32_t low, uint32_t high) {
    write_accepted(out, xid, PROG_MISMATCH);
    out.u32(low);
    out.u32(high);
}

void write_rpc_mismatch(xdr::Writer& out, uint32_t xid) {
    out.u32(xid);
    out.u32(REPLY);
    out.u32(MSG_DENIED);
    out.u32(RPC_MISMATCH);
    out.u32(RPC_VERSION);
    out.u32(RPC_VERSION);
}

void write_auth_error(xdr::Writer& out, uint32_t xid, auth_stat why) {
    out.u32(xid);
    out.u32(REPLY);
    out.u32(MSG_DENIED);
    out.u32(AUTH_ERROR);
    out.u32(why);
}

}  // namespace strait::wire::rpc
