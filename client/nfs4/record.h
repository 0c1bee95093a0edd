// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// TCP record marking (RFC 5531 section 11) on the receiving side: bytes in as they come, whole
// records out as slices of them. Bounded: a longer record than the limit is refused at its mark.

#include "base/buffer.h"
#include "base/result.h"

namespace strait::client::nfs4 {

class RecordAssembler {
  public:
    explicit RecordAssembler(size_t max_record) noexcept : max_(max_record) {}
    void feed(Buffer bytes) { waiting_.append(std::move(bytes)); }
    // True: `record` is the next whole record. False: more bytes are needed. Errc::protocol: the
    // stream is no use any more.
    Result<bool> next(BufferChain& record);

  private:
    static constexpr uint32_t most_fragments = 4096;  // of one record
    bool read_mark();

    const size_t max_;
    BufferChain waiting_;      // received, not taken yet
    BufferChain record_;       // the fragments so far
    size_t fragment_ = 0;      // bytes of the fragment whose mark was read
    uint32_t fragments_ = 0;
    bool marked_ = false;
    bool last_ = false;
};

}  // namespace strait::client::nfs4
