// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// COMPOUND and CB_COMPOUND (RFC 8881 16.2, 20): programs and replies, one operation at a time.
// ops.h has every operation in one variant.

#include "base/result.h"
#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::wire::nfs4 {

// The number of T's operation, in the program it belongs to.
template <class T>
inline constexpr uint32_t opcode_of =
    op_of<T> != OP_ILLEGAL ? static_cast<uint32_t>(op_of<T>) : static_cast<uint32_t>(cb_op_of<T>);

// A longer tag makes the head unreadable: it would be echoed.
using compound_tag = xdr::Utf8<4096>;
// What an absurd count is refused with before anything is read; sessions negotiate far less.
inline constexpr uint32_t max_compound_ops = 65536;

// COMPOUND4args without its operations, which follow one by one: u32 number, then that operation's
// args.
struct CompoundHead {
    compound_tag tag;
    uint32_t minorversion{};
    uint32_t count{};
    STRAIT_FIELDS(tag, minorversion, count)
};
STRAIT_MESSAGE(CompoundHead)

// CB_COMPOUND4args without its operations.
struct CbCompoundHead {
    compound_tag tag;
    uint32_t minorversion{};
    uint32_t callback_ident{};
    uint32_t count{};
    STRAIT_FIELDS(tag, minorversion, callback_ident, count)
};
STRAIT_MESSAGE(CbCompoundHead)

// COMPOUND4res and CB_COMPOUND4res without their results: u32 number, then that operation's result.
struct CompoundReplyHead {
    nfsstat4 status{};
    compound_tag tag;
    uint32_t count{};
    STRAIT_FIELDS(status, tag, count)
};
STRAIT_MESSAGE(CompoundReplyHead)

// Writes a call's operations one after another; the count is set by finish().
class CompoundCall {
  public:
    // COMPOUND
    CompoundCall(xdr::Writer& out, std::string_view tag, uint32_t minorversion);
    // CB_COMPOUND
    CompoundCall(xdr::Writer& out, std::string_view tag, uint32_t minorversion,
                 uint32_t callback_ident);

    template <class Args>
    void add(const Args& args) {
        begin(opcode_of<Args>);
        write(out_, args);
    }
    // Writes an operation's number; its args are to be written next.
    void begin(uint32_t opcode) {
        count_++;
        out_.u32(opcode);
    }
    uint32_t count() const { return count_; }
    // Bytes in the Writer, whatever stood before the compound included.
    size_t size() const { return out_.size(); }
    void finish() { out_.set(count_slot_, count_); }

  private:
    xdr::Writer& out_;
    xdr::Writer::Slot count_slot_;
    uint32_t count_ = 0;
};

// Writes a reply's results one after another; status and count are set by finish().
class CompoundReply {
  public:
    CompoundReply(xdr::Writer& out, std::string_view tag);

    template <class Res>
    void add(const Res& result) {
        begin(opcode_of<Res>);
        write(out_, result);
    }
    // Writes a result's number; the result is to be written next.
    void begin(uint32_t opcode);
    // The result of a failed operation, from its number alone. Not for statuses that carry data:
    // LOCK and LOCKT denied, NFS4ERR_TOOSMALL of GETDEVICEINFO, LAYOUTTRYLATER, OFFLOAD_NO_REQS.
    void add_error(nfs_opnum4 op, nfsstat4 status);
    void add_error(nfs_cb_opnum4 op, nfsstat4 status);
    // Takes back the result that was added last (once): it made the reply too big.
    void drop_last();
    uint32_t count() const { return count_; }
    // Bytes in the Writer, whatever stood before the compound included.
    size_t size() const { return out_.size(); }
    void finish(nfsstat4 status);

  private:
    xdr::Writer& out_;
    xdr::Writer::Slot status_slot_;
    xdr::Writer::Slot count_slot_;
    xdr::Writer::Mark last_;
    uint32_t count_ = 0;
};

// Reads a reply's results in the order of the call.
class CompoundResults {
  public:
    explicit CompoundResults(xdr::Reader& in) : in_(in) {}

    // First. Errc::protocol when the head is malformed.
    Result<> read_head();
    nfsstat4 status() const { return head_.status; }
    std::string_view tag() const { return head_.tag; }
    uint32_t left() const { return left_; }

    // The status of the next operation, which the caller knows to be Res's; with NFS4_OK (and the
    // few statuses that carry data) `result` holds the rest. A server that does not know the
    // operation gives NFS4ERR_OP_ILLEGAL. Errc::protocol when there is no further result, it is
    // another operation's, or it is malformed.
    template <class Res>
    Result<nfsstat4> next(Res& result) {
        auto known = next_is(opcode_of<Res>);
        if (!known || *known != NFS4_OK) return known;
        if (!read(in_, result)) return fail(Errc::protocol);
        return status_of(result);
    }

  private:
    Result<nfsstat4> next_is(uint32_t opcode);

    xdr::Reader& in_;
    CompoundReplyHead head_;
    uint32_t left_ = 0;
};

}  // namespace strait::wire::nfs4
