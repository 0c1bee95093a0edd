// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One row of the lease table and the one conflict table.

#include "vfs/compound.h"

namespace strait::vfs {

enum class LeaseScope : uint8_t { object, range, entries };
enum class LeaseKind : uint8_t {
    share,  // an open: what it does and what it denies to others
    lock,   // a byte range: read locks go together, a write lock stands alone
    cache,  // a promise to be told before somebody changes (read) or looks (write)
};

enum class Conflict : uint8_t {
    none,
    refused,  // the newcomer is told so
    recall,   // the holder gives it back first (on_recall), then the newcomer is served
};

// What a row does, and what it does not bear beside it. Bits as OpenAccess: 1 read, 2 write.
struct LeaseMode {
    uint8_t use = 0;
    uint8_t refuse = 0;
    friend bool operator==(const LeaseMode&, const LeaseMode&) = default;
};

constexpr LeaseMode share_mode(OpenAccess access, OpenDeny deny) {
    return {static_cast<uint8_t>(access), static_cast<uint8_t>(deny)};
}
constexpr LeaseMode lock_mode(LockKind kind) {
    return kind == LockKind::read ? LeaseMode{1, 2} : LeaseMode{3, 3};
}
constexpr LeaseMode cache_mode(bool writes) { return writes ? LeaseMode{3, 3} : LeaseMode{1, 2}; }

// Told, once, that a cache lease is wanted back. Runs on any thread, under no lock.
class RecallTarget {
  public:
    virtual ~RecallTarget() = default;
    virtual void on_recall() noexcept = 0;
};

struct Lease {
    LeaseScope scope = LeaseScope::object;
    LeaseKind kind = LeaseKind::share;
    LeaseMode mode;
    uint64_t first = 0, last = ~uint64_t{0};  // of a range, both included
    Owner owner;
    RecallTarget* on_recall = nullptr;
};

// May `wanted` stand beside `held`, on the same object?
Conflict conflict_of(const Lease& held, const Lease& wanted);

}  // namespace strait::vfs
