// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/compound.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_MESSAGE_CODEC(CompoundHead)
STRAIT_MESSAGE_CODEC(CbCompoundHead)
STRAIT_MESSAGE_CODEC(CompoundReplyHead)

CompoundCall::CompoundCall(xdr::Writer& out, std::string_view tag, uint32_t minorversion)
    : out_(out) {
    out_.opaque(as_bytes(tag));
    out_.u32(minorversion);
    count_slot_ = out_.slot();
}

CompoundCall::CompoundCall(xdr::Writer& out, std::string_view tag, uint32_t minorversion,
                           uint32_t callback_ident)
    : out_(out) {
    out_.opaque(as_bytes(tag));
    out_.u32(minorversion);
    out_.u32(callback_ident);
    count_slot_ = out_.slot();
}

CompoundReply::CompoundReply(xdr::Writer& out, std::string_view tag)
    : out_(out), status_slot_(out.slot()) {
    out_.opaque(as_bytes(tag));
    count_slot_ = out_.slot();
}

void CompoundReply::begin(uint32_t opcode) {
    last_ = out_.mark();
    count_++;
    out_.u32(opcode);
}

void CompoundReply::add_error(nfs_opnum4 op, nfsstat4 status) {
    begin(op);
    out_.u32(status);
    // SETATTR4res is no union: an empty attrsset comes along.
    if (op == OP_SETATTR) out_.u32(0);
}

void CompoundReply::add_error(nfs_cb_opnum4 op, nfsstat4 status) {
    begin(op);
    out_.u32(status);
}

void CompoundReply::drop_last() {
    out_.rollback(last_);
    count_--;
}

void CompoundReply::finish(nfsstat4 status) {
    out_.set(status_slot_, status);
    out_.set(count_slot_, count_);
}

Result<> CompoundResults::read_head() {
    if (!read(in_, head_) || head_.count > max_compound_ops) return fail(Errc::protocol);
    left_ = head_.count;
    return {};
}

// NFS4_OK: a result of `opcode` comes next. OP_ILLEGAL (10044 in both programs) is consumed here.
Result<nfsstat4> CompoundResults::next_is(uint32_t opcode) {
    if (left_ == 0) return fail(Errc::protocol);
    left_--;
    uint32_t number = in_.u32();
    if (number == OP_ILLEGAL && opcode != OP_ILLEGAL) {
        auto status = static_cast<nfsstat4>(in_.u32());
        if (!in_.ok() || status == NFS4_OK) return fail(Errc::protocol);
        return status;
    }
    if (!in_.ok() || number != opcode) return fail(Errc::protocol);
    return NFS4_OK;
}

}  // namespace strait::wire::nfs4
