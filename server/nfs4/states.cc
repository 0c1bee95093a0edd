// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/states.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "server/nfs4/limits.h"

namespace strait::server::nfs4 {

namespace {

std::atomic<uint64_t> opens{0};
std::atomic<uint64_t> locks{0};

void count(StateKind kind, int64_t change) {
    (kind == StateKind::open ? opens : locks).fetch_add(static_cast<uint64_t>(change));
}

std::string owner_key(bool locks, std::string_view name) {
    return (locks ? "l" : "o") + std::string(name);
}

}  // namespace

uint64_t SharedStates::total_opens() noexcept { return opens.load(); }
uint64_t SharedStates::total_locks() noexcept { return locks.load(); }

SharedStates::~SharedStates() {
    for (auto& [key, state] : states_) count(state.kind, -1);
}

// --- stateids

std::expected<uint32_t, nfsstat4> SharedStates::key_of(const stateid4& stateid) const {
    uint32_t parts[3];
    std::memcpy(parts, stateid.other.data(), sizeof parts);
    if (parts[0] != boot_ || parts[1] != client_ || !states_.contains(parts[2]))
        return std::unexpected(NFS4ERR_BAD_STATEID);
    return parts[2];
}

stateid4 SharedStates::stateid_of(uint32_t key, const State& state) const {
    stateid4 made;
    made.seqid = state.seqid;
    uint32_t parts[3] = {boot_, client_, key};
    std::memcpy(made.other.data(), parts, sizeof parts);
    return made;
}

StateView SharedStates::view(uint32_t key, const State& state) const {
    StateView made;
    made.key = key;
    made.kind = state.kind;
    made.where = state.where;
    made.open = state.open;
    made.access = state.access;
    made.deny = state.deny;
    made.stateid = stateid_of(key, state);
    if (state.kind == StateKind::lock) {
        made.lock_owner = state.owner;
        made.open_key = state.open_key;
        made.access = states_.at(state.open_key).access;
    }
    return made;
}

std::expected<StateView, nfsstat4> SharedStates::find(const stateid4& stateid) const {
    std::lock_guard guard(mutex_);
    auto key = key_of(stateid);
    if (!key) return std::unexpected(key.error());
    const State& state = states_.at(*key);
    // RFC 8881 section 8.2.4: an older seqid is outdated, one never given is bad.
    if (stateid.seqid != 0 && stateid.seqid != state.seqid)
        return std::unexpected(static_cast<int32_t>(stateid.seqid - state.seqid) < 0
                                   ? NFS4ERR_OLD_STATEID
                                   : NFS4ERR_BAD_STATEID);
    return view(*key, state);
}

std::expected<StateView, nfsstat4> SharedStates::find_key(uint32_t key) const {
    std::lock_guard guard(mutex_);
    auto at = states_.find(key);
    if (at == states_.end()) return std::unexpected(NFS4ERR_BAD_STATEID);
    return view(key, at->second);
}

// --- owners

std::expected<uint64_t, nfsstat4> SharedStates::owner_of(bool locks, std::string_view name) {
    std::lock_guard guard(mutex_);
    auto [at, fresh] = owner_numbers_.try_emplace(owner_key(locks, name), next_owner_);
    if (fresh) {
        if (owners_.size() >= max_states_of_client) drop_idle_owners();
        if (owners_.size() >= max_states_of_client) {
            owner_numbers_.erase(owner_key(locks, name));
            return std::unexpected(NFS4ERR_DELAY);
        }
        owners_[next_owner_++] = Owner{std::string(name), locks, 0};
        return next_owner_ - 1;
    }
    return at->second;
}

// Owners whose opens or locks never came about.
void SharedStates::drop_idle_owners() {
    for (auto at = owners_.begin(); at != owners_.end();) {
        auto here = at++;
        if (here->second.states > 0) continue;
        owner_numbers_.erase(owner_key(here->second.locks, here->second.name));
        owners_.erase(here);
    }
}

std::expected<uint64_t, nfsstat4> SharedStates::open_owner(std::string_view owner) {
    return owner_of(false, owner);
}
std::expected<uint64_t, nfsstat4> SharedStates::lock_owner(std::string_view owner) {
    return owner_of(true, owner);
}

std::string SharedStates::owner_name(uint64_t owner) const {
    std::lock_guard guard(mutex_);
    auto at = owners_.find(owner);
    return at == owners_.end() ? std::string() : at->second.name;
}

void SharedStates::release_owner(uint64_t owner) {
    auto at = owners_.find(owner);
    if (at == owners_.end() || --at->second.states > 0) return;
    owner_numbers_.erase(owner_key(at->second.locks, at->second.name));
    owners_.erase(at);
}

// --- states

uint32_t SharedStates::add(State state) {
    while (next_key_ == 0 || states_.contains(next_key_)) next_key_++;
    count(state.kind, 1);
    if (auto owner = owners_.find(state.owner); owner != owners_.end()) owner->second.states++;
    uint32_t key = next_key_++;
    if (state.kind == StateKind::open) opens_[{state.where, state.open.value}] = key;
    states_.emplace(key, std::move(state));
    return key;
}

void SharedStates::erase(uint32_t key) {
    auto at = states_.find(key);
    if (at == states_.end()) return;
    count(at->second.kind, -1);
    if (at->second.kind == StateKind::open) opens_.erase({at->second.where, at->second.open.value});
    release_owner(at->second.owner);
    states_.erase(at);
}

StateView SharedStates::opened(Export& where, vfs::OpenId open, uint64_t owner,
                               vfs::OpenAccess access, vfs::OpenDeny deny) {
    std::lock_guard guard(mutex_);
    auto merge = [](auto a, auto b) {
        return static_cast<decltype(a)>(static_cast<int>(a) | static_cast<int>(b));
    };
    if (auto known = opens_.find({&where, open.value}); known != opens_.end()) {
        State& state = states_.at(known->second);
        state.access = merge(state.access, access);
        state.deny = merge(state.deny, deny);
        state.seqid++;
        return view(known->second, state);
    }
    State made;
    made.where = &where;
    made.open = open;
    made.owner = owner;
    made.access = access;
    made.deny = deny;
    uint32_t key = add(std::move(made));
    return view(key, states_.at(key));
}

stateid4 SharedStates::downgraded(uint32_t key, vfs::OpenAccess access, vfs::OpenDeny deny) {
    std::lock_guard guard(mutex_);
    auto at = states_.find(key);
    if (at == states_.end()) return invalid_stateid;
    at->second.access = access;
    at->second.deny = deny;
    at->second.seqid++;
    return stateid_of(key, at->second);
}

StateView SharedStates::locked(uint32_t open_key, uint64_t owner, uint64_t offset,
                               uint64_t length) {
    std::lock_guard guard(mutex_);
    auto open = states_.find(open_key);
    if (open == states_.end()) return {.stateid = invalid_stateid};
    for (uint32_t key : open->second.locks) {
        State& lock = states_.at(key);
        if (lock.owner != owner) continue;
        lock.held.add(offset, length);
        lock.seqid++;
        return view(key, lock);
    }
    State made;
    made.kind = StateKind::lock;
    made.where = open->second.where;
    made.open = open->second.open;
    made.owner = owner;
    made.open_key = open_key;
    made.held.add(offset, length);
    uint32_t key = add(std::move(made));
    states_.at(open_key).locks.push_back(key);
    return view(key, states_.at(key));
}

stateid4 SharedStates::unlocked(uint32_t lock_key, uint64_t offset, uint64_t length) {
    std::lock_guard guard(mutex_);
    auto at = states_.find(lock_key);
    if (at == states_.end()) return invalid_stateid;
    at->second.held.remove(offset, length);
    at->second.seqid++;
    return stateid_of(lock_key, at->second);
}

void SharedStates::closed(uint32_t key) {
    std::lock_guard guard(mutex_);
    auto at = states_.find(key);
    if (at == states_.end()) return;
    std::vector<uint32_t> locks = std::move(at->second.locks);
    for (uint32_t lock : locks) erase(lock);
    erase(key);
}

std::vector<uint64_t> SharedStates::holders(uint32_t open_key) const {
    std::lock_guard guard(mutex_);
    std::vector<uint64_t> found;
    auto at = states_.find(open_key);
    if (at == states_.end()) return found;
    for (uint32_t key : at->second.locks)
        if (const State& lock = states_.at(key); !lock.held.empty()) found.push_back(lock.owner);
    return found;
}

nfsstat4 SharedStates::test(const stateid4& stateid) const {
    auto found = find(stateid);
    return found ? NFS4_OK : found.error();
}

nfsstat4 SharedStates::free(const stateid4& stateid) {
    auto found = find(stateid);
    if (!found) return found.error();
    std::lock_guard guard(mutex_);
    auto at = states_.find(found->key);
    if (at == states_.end()) return NFS4ERR_BAD_STATEID;
    if (at->second.kind == StateKind::open || !at->second.held.empty()) return NFS4ERR_LOCKS_HELD;
    if (auto open = states_.find(at->second.open_key); open != states_.end())
        std::erase(open->second.locks, found->key);
    erase(found->key);
    return NFS4_OK;
}

bool SharedStates::empty() const {
    std::lock_guard guard(mutex_);
    return states_.empty();
}

}  // namespace strait::server::nfs4
