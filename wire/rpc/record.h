// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Record marking (RFC 5531 11): cuts a byte stream into RPC records, as slices of the received
// buffers. No I/O here. Invariants: a record has at most max_record bytes; what an unfinished
// record pins in memory is at most four times its bytes plus pin_slack, however small the pieces
// are in which a slow peer drips it (small pieces are copied together).

#include <cstdint>
#include <deque>
#include <optional>

#include "base/buffer.h"
#include "base/result.h"
#include "wire/xdr/writer.h"

namespace strait::wire::rpc {

class RecordParser {
  public:
    static constexpr size_t pin_slack = 512 * 1024;
    // No sender cuts its records finer; empty fragments count, too.
    static constexpr uint32_t max_fragments = 16384;

    explicit RecordParser(size_t max_record) : max_record_(max_record) {}

    // Bytes as they were received; shared, not copied.
    void feed(Buffer bytes);

    // The next complete record, or nothing until more is fed. Errc::toobig: longer than max_record;
    // Errc::protocol: empty, or too many fragments. After an error the stream cannot be followed
    // any more: close the connection.
    Result<std::optional<BufferChain>> next();

    // Is a record begun and not finished? (A peer that leaves in the middle of one.)
    bool in_record() const { return mark_bytes_ != 0 || fragments_ != 0; }

  private:
    Buffer take_whole();
    bool take_mark();
    void take_body();
    void keep(Buffer piece);
    void copy_in(const Buffer& piece);
    bool extends_last(const Buffer& piece) const;
    BufferChain finish();
    std::unexpected<Error> broken(Errc code);

    size_t max_record_;
    std::deque<Buffer> input_;

    uint32_t mark_ = 0;        // of the current fragment
    uint32_t mark_bytes_ = 0;  // how many of its four bytes are here
    size_t fragment_left_ = 0;
    uint32_t fragments_ = 0;  // of the current record
    bool last_fragment_ = false;

    BufferChain record_;
    Buffer last_;  // the end of the record: grows while adjacent pieces come
    size_t record_bytes_ = 0;
    size_t pinned_ = 0;  // capacity of the blocks that the record's slices hold
    Buffer gather_;      // where small pieces are copied to
    size_t gathered_ = 0;
    Errc broken_ = Errc::ok;
};

// Leaves room for the record mark; end_record sets it when the message is complete. One fragment a
// record.
inline xdr::Writer::Slot begin_record(xdr::Writer& out) { return out.slot(); }
// `mark` must be the first thing in `out`.
void end_record(xdr::Writer& out, xdr::Writer::Slot mark);

}  // namespace strait::wire::rpc
