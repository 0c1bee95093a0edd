// SPDX-License-Identifier: LGPL-2.1-or-later
// The server's calls to us (RFC 8881 section 20). We ask for no delegations, so that there is
// nothing to recall; but every call is answered as it must be.
#include "wire/nfs4/callback.h"
#include "base/log.h"
#include "client/nfs4/session.h"
#include "wire/nfs4/ops.h"
#include "wire/rpc/message.h"
#include "wire/rpc/record.h"

namespace strait::client::nfs4 {

using namespace wire;
using namespace wire::nfs4;

namespace {

// What is said to a callback that concerns something we do not hold.
nfsstat4 answer_to(nfs_cb_opnum4 op) {
    switch (op) {
        case OP_CB_RECALL:
        case OP_CB_GETATTR:
            return NFS4ERR_BADHANDLE;
        case OP_CB_RECALL_ANY:
        case OP_CB_NOTIFY_LOCK:
        case OP_CB_RECALL_SLOT:
            return NFS4_OK;
        default:
            return NFS4ERR_NOTSUPP;
    }
}

}  // namespace

nfsstat4 Session::answer_sequence(const CB_SEQUENCE4args& args, CB_SEQUENCE4res& out) noexcept {
    if (args.csa_sessionid != session_id_) return NFS4ERR_BADSESSION;
    if (args.csa_slotid != 0) return NFS4ERR_BADSLOT;
    // Nothing we answer changes anything, so a call that came before is simply done again.
    if (args.csa_sequenceid != back_sequence_ && args.csa_sequenceid != back_sequence_ + 1)
        return NFS4ERR_SEQ_MISORDERED;
    back_sequence_ = args.csa_sequenceid;
    out.csr_resok4 = {session_id_, args.csa_sequenceid, 0, 0, 0};
    return NFS4_OK;
}

void Session::answer_callback(xdr::Reader& in, xdr::Writer& out) noexcept {
    CbCompoundHead head;
    bool good = read(in, head);
    nfs4::CompoundReply reply(out, good ? std::string_view(head.tag) : std::string_view());
    nfsstat4 status = good ? NFS4_OK : NFS4ERR_BADXDR;
    if (good && head.minorversion != minor_) status = NFS4ERR_MINOR_VERS_MISMATCH;
    for (uint32_t i = 0; i < head.count && status == NFS4_OK; i++) {
        nfs_cb_argop4 op;
        if (!read(in, op)) {
            status = NFS4ERR_BADXDR;
            break;
        }
        auto* sequence = std::get_if<CB_SEQUENCE4args>(&op.args);
        if ((i == 0) != (sequence != nullptr)) {
            status = i == 0 ? NFS4ERR_OP_NOT_IN_SESSION : NFS4ERR_SEQUENCE_POS;
            reply.add_error(op.argop, status);
        } else if (sequence) {
            CB_SEQUENCE4res result;
            status = result.csr_status = answer_sequence(*sequence, result);
            reply.add(result);
        } else {
            status = answer_to(op.argop);
            reply.add_error(op.argop, status);
        }
    }
    reply.finish(status);
}

void Session::called(Link& link, BufferChain record) noexcept {
    xdr::Reader in(std::move(record));
    rpc::rpc_msg message;
    rpc::CallRead read = rpc::read_call(in, message);
    if (read == rpc::CallRead::malformed) return link.drop(Errc::protocol);
    xdr::Writer out;
    auto mark = rpc::begin_record(out);
    const rpc::call_body& call = message.body.cbody;
    if (read == rpc::CallRead::rpc_mismatch) {
        rpc::write_rpc_mismatch(out, message.xid);
    } else if (read == rpc::CallRead::bad_cred) {
        rpc::write_auth_error(out, message.xid, rpc::AUTH_BADCRED);
    } else if (call.prog != callback_program) {
        rpc::write_accept_error(out, message.xid, rpc::PROG_UNAVAIL);
    } else if (call.vers != NFS_CB) {
        rpc::write_prog_mismatch(out, message.xid, NFS_CB, NFS_CB);
    } else if (call.proc == CB_NULL) {
        rpc::write_success(out, message.xid);
    } else if (call.proc == CB_COMPOUND) {
        rpc::write_success(out, message.xid);
        answer_callback(in, out);
    } else {
        rpc::write_accept_error(out, message.xid, rpc::PROC_UNAVAIL);
    }
    rpc::end_record(out, mark);
    link.send(out.take());
}

}  // namespace strait::client::nfs4
