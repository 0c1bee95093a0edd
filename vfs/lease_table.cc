// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/lease_table.h"

namespace strait::vfs {

namespace {

LeaseMode united(LeaseMode a, LeaseMode b) {
    return {static_cast<uint8_t>(a.use | b.use), static_cast<uint8_t>(a.refuse | b.refuse)};
}

Lease share_lease(const Owner& owner, LeaseMode mode) {
    return {.kind = LeaseKind::share, .mode = mode, .owner = owner};
}

std::pair<uint64_t, uint64_t> key_of(const Owner& owner) { return {owner.client, owner.id}; }

// Stands for all rows of others taken together; no real owner has this name.
constexpr Owner everybody{~uint64_t{0}, ~uint64_t{0}};

}  // namespace

void LeaseTable::Object::count(LeaseMode mode, uint32_t by) {
    for (unsigned bit = 0; bit < 2; bit++) {
        if (mode.use >> bit & 1) uses[bit] += by;
        if (mode.refuse >> bit & 1) refuses[bit] += by;
    }
}

// All rows but one of mode `own`, as one lease.
Lease LeaseTable::Object::others(LeaseMode own) const {
    LeaseMode mode;
    for (unsigned bit = 0; bit < 2; bit++) {
        if (uses[bit] > (own.use >> bit & 1u)) mode.use |= 1u << bit;
        if (refuses[bit] > (own.refuse >> bit & 1u)) mode.refuse |= 1u << bit;
    }
    return share_lease(everybody, mode);
}

Result<LeaseTable::Shared> LeaseTable::share(const Node& node, const Owner& owner, LeaseMode mode,
                                             uint64_t open) {
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    Object& object = shard.objects[&node];
    auto mine = object.by_owner.find(key_of(owner));
    Row* old = mine == object.by_owner.end() ? nullptr : &object.shares.at(mine->second);
    LeaseMode own = old ? old->mode : LeaseMode{};
    Lease others = object.others(own);
    if (conflict_of(others, share_lease(owner, mode)) != Conflict::none) {
        forget_unused(shard, node);
        return fail(Errc::share_denied);
    }
    LeaseMode whole = united(own, mode);
    auto gained = static_cast<OpenAccess>(mode.use & ~(others.mode.use | own.use));
    object.count(own, ~0u);
    object.count(whole, 1);
    if (!own.refuse && whole.refuse) denying_++;
    if (old) {
        old->mode = whole;
        return Shared{mine->second, true, whole, gained};
    }
    object.shares.emplace(open, Row{owner, whole});
    object.by_owner.emplace(key_of(owner), open);
    return Shared{open, false, whole, gained};
}

Result<void> LeaseTable::narrow(const Node& node, uint64_t open, LeaseMode mode) {
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    auto object = shard.objects.find(&node);
    if (object == shard.objects.end()) return fail(Errc::bad_stateid);
    auto row = object->second.shares.find(open);
    if (row == object->second.shares.end()) return fail(Errc::bad_stateid);
    LeaseMode old = row->second.mode;
    if ((mode.use & ~old.use) || (mode.refuse & ~old.refuse)) return fail(Errc::inval);
    object->second.count(old, ~0u);
    object->second.count(mode, 1);
    if (old.refuse && !mode.refuse) denying_--;
    row->second.mode = mode;
    return {};
}

bool LeaseTable::unshare(const Node& node, uint64_t open) {
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    auto object = shard.objects.find(&node);
    if (object == shard.objects.end()) return false;
    auto row = object->second.shares.find(open);
    if (row == object->second.shares.end()) return false;
    object->second.count(row->second.mode, ~0u);
    if (row->second.mode.refuse) denying_--;
    object->second.by_owner.erase(key_of(row->second.owner));
    object->second.shares.erase(row);
    bool last = object->second.shares.empty();
    forget_unused(shard, node);
    return last;
}

Result<void> LeaseTable::check_io(const Node& node, OpenAccess access) const {
    if (denying_.load(std::memory_order_relaxed) == 0) return {};
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    auto object = shard.objects.find(&node);
    if (object == shard.objects.end()) return {};
    Lease wanted = share_lease({}, share_mode(access, OpenDeny::none));
    if (conflict_of(object->second.others({}), wanted) != Conflict::none)
        return fail(Errc::share_denied);
    return {};
}

std::optional<LockConflict> LeaseTable::lock(const Node& node, const Interval& wanted) {
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    Object& object = shard.objects[&node];
    auto conflict = object.locks.conflict(wanted);
    if (!conflict) object.locks.set(wanted);
    return conflict;
}

std::optional<LockConflict> LeaseTable::test(const Node& node, const Interval& wanted) const {
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    auto object = shard.objects.find(&node);
    if (object == shard.objects.end()) return std::nullopt;
    return object->second.locks.conflict(wanted);
}

void LeaseTable::unlock(const Node& node, uint64_t first, uint64_t last, const Owner& owner) {
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    auto object = shard.objects.find(&node);
    if (object == shard.objects.end()) return;
    object->second.locks.clear(first, last, owner);
    forget_unused(shard, node);
}

bool LeaseTable::holds_locks(const Node& node, const Owner& owner) const {
    Shard& shard = shard_of(node);
    std::lock_guard hold(shard.mutex);
    auto object = shard.objects.find(&node);
    return object != shard.objects.end() && object->second.locks.holds(owner);
}

void LeaseTable::forget_unused(Shard& shard, const Node& node) {
    auto object = shard.objects.find(&node);
    if (object->second.unused()) shard.objects.erase(object);
}

size_t LeaseTable::objects() const {
    size_t count = 0;
    for (Shard& shard : shards_) {
        std::lock_guard hold(shard.mutex);
        count += shard.objects.size();
    }
    return count;
}

}  // namespace strait::vfs
