// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The slots of one session: what makes each request run exactly once (RFC 8881 section 2.10.6).
// A slot runs one request at a time and keeps its last reply, where there was one to keep.

#include <expected>
#include <mutex>
#include <optional>
#include <vector>

#include "base/buffer.h"
#include "wire/nfs4/basic.h"

namespace strait::server::nfs4 {

using namespace wire::nfs4;

// Shared by all cores: a session's connections may end on different ones.
class SharedSlots {
  public:
    explicit SharedSlots(uint32_t count) : slots_(count) {}

    uint32_t count() const noexcept { return static_cast<uint32_t>(slots_.size()); }

    // What to do with a request. A replay: send this again. Nothing: run it, then call finish().
    // `digest` tells a retry from another request under the same number.
    // NFS4ERR_BADSLOT; SEQ_MISORDERED; SEQ_FALSE_RETRY; RETRY_UNCACHED_REP; DELAY: still running.
    using Begun = std::expected<std::optional<BufferChain>, nfsstat4>;
    Begun begin(slotid4 slot, sequenceid4 sequence, uint64_t digest);
    // The request ended. Without a reply its retry will be told RETRY_UNCACHED_REP.
    void finish(slotid4 slot, std::optional<BufferChain> reply);
    // Is a request running on some slot but this one? (DESTROY_SESSION asks.)
    bool busy_besides(std::optional<slotid4> slot) const;

  private:
    struct Slot {
        sequenceid4 sequence = 0;
        bool running = false;
        uint64_t digest = 0;
        std::optional<BufferChain> reply;
    };
    mutable std::mutex mutex_;
    std::vector<Slot> slots_;
};

}  // namespace strait::server::nfs4
