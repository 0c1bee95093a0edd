// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/opens.h"

#include <algorithm>
#include <cstring>

namespace strait::client::nfs4 {

OwnerBytes::OwnerBytes(const OwnerKey& key) noexcept {
    bytes_[0] = static_cast<std::byte>(key.kind);
    std::memcpy(&bytes_[1], &key.client, 8);
    std::memcpy(&bytes_[9], &key.id, 8);
    std::memcpy(&bytes_[17], &key.file, 8);
}

std::optional<OwnerKey> OwnerBytes::parse(Bytes bytes) noexcept {
    if (bytes.size() != 25) return std::nullopt;
    OwnerKey key;
    key.kind = static_cast<char>(bytes[0]);
    std::memcpy(&key.client, &bytes[1], 8);
    std::memcpy(&key.id, &bytes[9], 8);
    std::memcpy(&key.file, &bytes[17], 8);
    return key;
}

namespace {
// Where a range ends, saturating: vfs::lock_to_end is without end.
uint64_t end_of(uint64_t offset, uint64_t length) {
    return length > ~uint64_t{0} - offset ? ~uint64_t{0} : offset + length;
}
}  // namespace

void HeldLocks::remove(uint64_t offset, uint64_t length) {
    uint64_t end = end_of(offset, length);
    std::vector<HeldRange> left;
    for (const HeldRange& range : ranges) {
        if (range.end <= offset || range.begin >= end) {
            left.push_back(range);
            continue;
        }
        if (range.begin < offset) left.push_back({range.begin, offset, range.kind});
        if (range.end > end) left.push_back({end, range.end, range.kind});
    }
    ranges = std::move(left);
}

void HeldLocks::add(vfs::LockKind kind, uint64_t offset, uint64_t length) {
    remove(offset, length);
    ranges.push_back({offset, end_of(offset, length), kind});
    std::ranges::sort(ranges, {}, &HeldRange::begin);
    // Neighbours of one kind are one lock.
    std::vector<HeldRange> merged;
    for (const HeldRange& range : ranges) {
        if (!merged.empty() && merged.back().kind == range.kind && merged.back().end == range.begin)
            merged.back().end = range.end;
        else
            merged.push_back(range);
    }
    ranges = std::move(merged);
}

HeldLocks* HeldOpen::find_locks(const OwnerKey& owner) {
    auto found = std::ranges::find(locks, owner, &HeldLocks::owner);
    return found == locks.end() ? nullptr : &*found;
}

bool HeldOpen::promises() const {
    return deny != vfs::OpenDeny::none ||
           std::ranges::any_of(locks, [](const HeldLocks& held) { return !held.ranges.empty(); });
}

std::vector<HeldOpen*> OpenTable::locked_by(const OwnerKey& owner, const vfs::Handle& file) {
    std::vector<HeldOpen*> found;
    auto [begin, end] = lock_homes_.equal_range(owner);
    for (; begin != end; ++begin) {
        HeldOpen* open = find(vfs::OpenId{begin->second});
        if (open && open->handle == file && !open->lost && !open->closing) found.push_back(open);
    }
    return found;
}

HeldLocks& OpenTable::add_locks(HeldOpen& open, const OwnerKey& owner) {
    if (HeldLocks* there = open.find_locks(owner)) return *there;
    lock_homes_.emplace(owner, open.id.value);
    return open.locks.emplace_back(owner);
}

void OpenTable::drop_locks(HeldOpen& open, const OwnerKey& owner) {
    forget_home(open, owner);
    std::erase_if(open.locks, [&](const HeldLocks& held) { return held.owner == owner; });
}

void OpenTable::forget_home(const HeldOpen& open, const OwnerKey& owner) {
    auto [begin, end] = lock_homes_.equal_range(owner);
    auto home =
        std::find_if(begin, end, [&](auto& entry) { return entry.second == open.id.value; });
    if (home != end) lock_homes_.erase(home);
}

OwnerKey OpenTable::take_owner() {
    if (free_owners_.empty()) free_owners_.push_back(++owners_);
    OwnerKey key{'p', 0, free_owners_.back()};
    free_owners_.pop_back();
    return key;
}

void OpenTable::give_back_owner(const OwnerKey& owner) {
    if (owner.kind == 'p') free_owners_.push_back(owner.id);
}

HeldOpen& OpenTable::add(HeldOpen open) {
    open.id = {++ids_};
    auto& place = opens_[open.id.value];
    place = std::make_unique<HeldOpen>(std::move(open));
    return *place;
}

HeldOpen* OpenTable::find(vfs::OpenId id) {
    auto found = opens_.find(id.value);
    return found == opens_.end() ? nullptr : found->second.get();
}

HeldOpen* OpenTable::find(const wire::nfs4::stateid4& stateid) {
    for (auto& [id, open] : opens_)
        if (open->stateid.other == stateid.other && !open->lost) return open.get();
    return nullptr;
}

void OpenTable::erase(HeldOpen& open) {
    give_back_owner(open.owner);
    for (const HeldLocks& held : open.locks) forget_home(open, held.owner);
    opens_.erase(open.id.value);
}

std::vector<vfs::OpenId> OpenTable::all() const {
    std::vector<vfs::OpenId> ids;
    for (auto& [id, open] : opens_) ids.push_back({id});
    return ids;
}

}  // namespace strait::client::nfs4
