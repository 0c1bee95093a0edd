// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The opens of a StepBackend by id and by client. Safe on any core.

#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "vfs/store.h"

namespace strait::vfs {

// One open. It pins its node: an unlinked file goes on until its last open ends.
class OpenRecord final : public RefCounted {
  public:
    OpenRecord(uint64_t id_, NodeRef node_, const Owner& owner_, OpenAccess access)
        : id(id_), node(std::move(node_)), owner(owner_), access_(access) {}

    const uint64_t id;
    const NodeRef node;
    const Owner owner;

    bool may(OpenAccess wanted) const noexcept {
        auto bits = static_cast<uint8_t>(wanted);
        return (static_cast<uint8_t>(access_.load(std::memory_order_relaxed)) & bits) == bits;
    }
    void set_access(OpenAccess access) noexcept {
        access_.store(access, std::memory_order_relaxed);
    }

    // Guards the rest; held while a lock is taken, so that close() knows every owner.
    std::mutex mutex;
    bool closed = false;
    SmallVector<Owner, 2> lock_owners;

  private:
    std::atomic<OpenAccess> access_;
};
using OpenRef = Ref<OpenRecord>;

class OpenTable {
  public:
    uint64_t next_id() noexcept { return next_.fetch_add(1, std::memory_order_relaxed); }
    void insert(OpenRef record);
    OpenRef find(OpenId id);  // null: unknown
    // Takes it out; null when somebody else did.
    OpenRef take(OpenId id);
    // Ids of all opens of one client, or of everybody.
    std::vector<OpenId> of_client(uint64_t client);
    std::vector<OpenId> all();

  private:
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<uint64_t, OpenRef> records;
    };
    struct alignas(64) ClientShard {
        std::mutex mutex;
        std::unordered_map<uint64_t, std::unordered_set<uint64_t>> opens;
    };
    Shard& shard_of(uint64_t id) { return shards_[id % shards_.size()]; }
    ClientShard& clients_of(uint64_t client) { return clients_[client % clients_.size()]; }

    std::atomic<uint64_t> next_{1};
    std::array<Shard, 32> shards_;
    std::array<ClientShard, 32> clients_;
};

}  // namespace strait::vfs
