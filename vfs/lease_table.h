// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The one table of leases: opens with their share modes and byte-range locks of all objects,
// decided by conflict_of. Safe on any core; sharded by object; nothing waits while a shard is held.
// An object is a Node by address: whoever has a row keeps its node alive.

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "vfs/lease.h"
#include "vfs/range_locks.h"
#include "vfs/store.h"

namespace strait::vfs {

class LeaseTable {
  public:
    struct Shared {
        uint64_t open = 0;    // the row's id: the one given, or that of the owner's older row
        bool merged = false;  // into the older row
        LeaseMode mode;       // of the row now
        OpenAccess gained = OpenAccess::none;  // what nobody did to this object before
    };

    // Adds a row `open`, or widens the one that `owner` has. Errc::share_denied.
    Result<Shared> share(const Node& object, const Owner& owner, LeaseMode mode, uint64_t open);
    // Narrows a row. Errc::inval: not a subset of what it is; bad_stateid: no such row.
    Result<void> narrow(const Node& object, uint64_t open, LeaseMode mode);
    // Ends a row; true when the object has none left.
    bool unshare(const Node& object, uint64_t open);
    // May somebody without an open do this now? Errc::share_denied.
    Result<void> check_io(const Node& object, OpenAccess access) const;

    // Byte-range locks. The conflict, or nothing and it is taken.
    std::optional<LockConflict> lock(const Node& object, const Interval& wanted);
    std::optional<LockConflict> test(const Node& object, const Interval& wanted) const;
    void unlock(const Node& object, uint64_t first, uint64_t last, const Owner& owner);
    bool holds_locks(const Node& object, const Owner& owner) const;

    size_t objects() const;  // that have any row

  private:
    struct Row {
        Owner owner;
        LeaseMode mode;
    };
    // Opens of one object. Counts make the decision independent of how many there are.
    struct Object {
        std::map<uint64_t, Row> shares;                              // by open
        std::map<std::pair<uint64_t, uint64_t>, uint64_t> by_owner;  // open of an owner
        std::array<uint32_t, 2> uses{}, refuses{};                   // rows with bit 0, 1
        RangeLocks locks;

        void count(LeaseMode mode, uint32_t by);
        Lease others(LeaseMode own) const;
        bool unused() const { return shares.empty() && locks.empty(); }
    };
    struct alignas(64) Shard {
        mutable std::mutex mutex;
        std::unordered_map<const Node*, Object> objects;
    };
    Shard& shard_of(const Node& object) const {
        auto address = reinterpret_cast<uintptr_t>(&object);
        return shards_[(address * 0x9e3779b97f4a7c15u) >> 58];
    }
    static void forget_unused(Shard& shard, const Node& object);

    mutable std::array<Shard, 64> shards_;
    std::atomic<uint64_t> denying_{
        0};  // rows that deny anything: mostly none, and then I/O is free
};

}  // namespace strait::vfs
