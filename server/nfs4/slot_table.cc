// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/slot_table.h"

namespace strait::server::nfs4 {

SharedSlots::Begun SharedSlots::begin(slotid4 slot, sequenceid4 sequence, uint64_t digest) {
    std::lock_guard guard(mutex_);
    if (slot >= slots_.size()) return std::unexpected(NFS4ERR_BADSLOT);
    Slot& at = slots_[slot];
    if (sequence == at.sequence + 1) {
        if (at.running) return std::unexpected(NFS4ERR_SEQ_MISORDERED);
        at.sequence = sequence;
        at.running = true;
        at.digest = digest;
        at.reply.reset();
        return std::nullopt;
    }
    if (sequence != at.sequence) return std::unexpected(NFS4ERR_SEQ_MISORDERED);
    // RFC 8881 section 2.10.6.2: a retry while the request runs is told to come back.
    if (at.running) return std::unexpected(NFS4ERR_DELAY);
    if (!at.reply) {
        bool used = at.digest != 0;
        return std::unexpected(used ? NFS4ERR_RETRY_UNCACHED_REP : NFS4ERR_SEQ_MISORDERED);
    }
    if (digest != at.digest) return std::unexpected(NFS4ERR_SEQ_FALSE_RETRY);
    return at.reply;
}

void SharedSlots::finish(slotid4 slot, std::optional<BufferChain> reply) {
    std::lock_guard guard(mutex_);
    slots_[slot].running = false;
    slots_[slot].reply = std::move(reply);
}

bool SharedSlots::busy_besides(std::optional<slotid4> slot) const {
    std::lock_guard guard(mutex_);
    for (slotid4 i = 0; i < slots_.size(); i++)
        if (slots_[i].running && i != slot) return true;
    return false;
}

}  // namespace strait::server::nfs4
