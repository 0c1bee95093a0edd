// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/trace.h"

#include <fmt/format.h>

#include "wire/nfs4/compound.h"
#include "wire/nfs4/ops.h"
#include "wire/rpc/message.h"
#include "wire/xdr/print.h"

namespace strait::wire::nfs4 {

namespace {

constexpr size_t longest_line = 16 * 1024;

std::string_view name_of(const nfs_argop4& op) { return to_string(op.argop); }
std::string_view name_of(const nfs_resop4& op) { return to_string(op.resop); }
std::string_view name_of(const nfs_cb_argop4& op) { return to_string(op.argop); }
std::string_view name_of(const nfs_cb_resop4& op) { return to_string(op.resop); }

// " SEQUENCE PUTFH ..." from what is left of the record.
template <class Op>
bool describe_ops(xdr::Reader& in, uint32_t count, Detail detail, std::string& line) {
    for (uint32_t i = 0; i < count; i++) {
        if (line.size() > longest_line) {
            line += " ...";
            return true;
        }
        Op op;
        if (!read(in, op)) return false;
        line += ' ';
        line += detail == Detail::names ? std::string(name_of(op)) : xdr::to_text(op);
    }
    return in.finish();
}

bool describe_call(xdr::Reader& in, const rpc::call_body& call, Program program, Detail detail,
                   std::string& line) {
    if (call.proc != NFSPROC4_COMPOUND) {
        line += call.proc == NFSPROC4_NULL ? " NULL" : fmt::format(" proc={}", call.proc);
        return true;
    }
    if (program == Program::callback) {
        CbCompoundHead head;
        return read(in, head) && describe_ops<nfs_cb_argop4>(in, head.count, detail, line);
    }
    CompoundHead head;
    return read(in, head) && describe_ops<nfs_argop4>(in, head.count, detail, line);
}

bool describe_reply(xdr::Reader& in, const rpc::reply_body& reply, Program program, Detail detail,
                    std::string& line) {
    if (reply.stat == rpc::MSG_DENIED) {
        line += reply.rreply.stat == rpc::AUTH_ERROR
                    ? fmt::format(" {}", to_string(reply.rreply.why))
                    : " RPC_MISMATCH";
        return true;
    }
    if (reply.areply.data.stat != rpc::SUCCESS) {
        line += fmt::format(" {}", to_string(reply.areply.data.stat));
        return true;
    }
    if (in.remaining() == 0) return true;  // NULL
    CompoundReplyHead head;
    if (!read(in, head)) return false;
    line += fmt::format(" {}", to_string(head.status));
    return program == Program::callback ? describe_ops<nfs_cb_resop4>(in, head.count, detail, line)
                                        : describe_ops<nfs_resop4>(in, head.count, detail, line);
}

}  // namespace

std::string describe_record(const BufferChain& record, Program program, Detail detail) {
    xdr::Reader in(record);
    rpc::rpc_msg msg;
    if (!read(in, msg)) return "RPC (malformed)";
    bool call = msg.body.mtype == rpc::CALL;
    std::string line = fmt::format("{} xid={:x}", call ? "CALL" : "REPLY", msg.xid);
    bool whole = call ? describe_call(in, msg.body.cbody, program, detail, line)
                      : describe_reply(in, msg.body.rbody, program, detail, line);
    if (!whole) line += " (malformed)";
    return line;
}

}  // namespace strait::wire::nfs4
