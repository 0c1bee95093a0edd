// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The opens and locks of one client, by stateid (RFC 8881 section 8.2). The backend holds the truth
// about conflicts; here stands which stateid means which open of it, and for whom.

#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/nfs4/range_set.h"
#include "vfs/compound.h"
#include "wire/nfs4/basic.h"

namespace strait::server {
class Export;
}

namespace strait::server::nfs4 {

using namespace wire::nfs4;

enum class StateKind : uint8_t { open, lock };

// One state as it is at the moment; a copy, good after the table's mutex is let go.
struct StateView {
    uint32_t key = 0;
    StateKind kind = StateKind::open;
    Export* where = nullptr;
    vfs::OpenId open;
    vfs::OpenAccess access = vfs::OpenAccess::none;
    vfs::OpenDeny deny = vfs::OpenDeny::none;
    uint64_t lock_owner = 0;  // of a lock
    uint32_t open_key = 0;    // of a lock: the open it belongs to
    stateid4 stateid;         // with its present seqid
};

// Shared by all cores. One per client; its short sections never span a wait.
class SharedStates {
  public:
    // `boot` and `client` mark the stateids: those of another server instance or client are
    // refused.
    SharedStates(uint32_t boot, uint32_t client) : boot_(boot), client_(client) {}
    ~SharedStates();

    // NFS4ERR_BAD_STATEID; NFS4ERR_OLD_STATEID. seqid 0 means the latest.
    std::expected<StateView, nfsstat4> find(const stateid4& stateid) const;
    std::expected<StateView, nfsstat4> find_key(uint32_t key) const;

    // The vfs's number for an owner; made on first use. NFS4ERR_DELAY at the client's limit.
    std::expected<uint64_t, nfsstat4> open_owner(std::string_view owner);
    std::expected<uint64_t, nfsstat4> lock_owner(std::string_view owner);
    // The owner's own bytes again, for LOCK4denied.
    std::string owner_name(uint64_t owner) const;

    // An open succeeded: a new state, or the merged one with its seqid advanced.
    StateView opened(Export& where, vfs::OpenId open, uint64_t owner, vfs::OpenAccess access,
                     vfs::OpenDeny deny);
    // OPEN_DOWNGRADE succeeded.
    stateid4 downgraded(uint32_t key, vfs::OpenAccess access, vfs::OpenDeny deny);
    // A lock was granted; makes the lock state of (open, owner) when there is none.
    StateView locked(uint32_t open_key, uint64_t owner, uint64_t offset, uint64_t length);
    stateid4 unlocked(uint32_t lock_key, uint64_t offset, uint64_t length);
    // The open and its lock states are gone.
    void closed(uint32_t key);
    // Lock owners that hold something on this open.
    std::vector<uint64_t> holders(uint32_t open_key) const;

    nfsstat4 test(const stateid4& stateid) const;
    // NFS4ERR_LOCKS_HELD: an open, or a lock that still holds something.
    nfsstat4 free(const stateid4& stateid);
    bool empty() const;
    // Opens and lock states of all clients, for the metrics.
    static uint64_t total_opens() noexcept;
    static uint64_t total_locks() noexcept;

  private:
    struct State {
        StateKind kind = StateKind::open;
        uint32_t seqid = 1;
        Export* where = nullptr;
        vfs::OpenId open;
        uint64_t owner = 0;                              // open owner or lock owner
        vfs::OpenAccess access = vfs::OpenAccess::none;  // of an open; a lock has its open's
        vfs::OpenDeny deny = vfs::OpenDeny::none;
        uint32_t open_key = 0;        // of a lock: the open it belongs to
        std::vector<uint32_t> locks;  // of an open: its lock states
        RangeSet held;                // of a lock
    };
    struct OpenKey {
        const Export* where;
        uint64_t open;
        friend bool operator==(const OpenKey&, const OpenKey&) = default;
    };
    struct OpenKeyHash {
        size_t operator()(const OpenKey& key) const noexcept {
            return std::hash<const void*>()(key.where) ^ std::hash<uint64_t>()(key.open * 31);
        }
    };
    struct Owner {
        std::string name;
        bool locks = false;
        uint32_t states = 0;
    };

    std::expected<uint64_t, nfsstat4> owner_of(bool locks, std::string_view name);
    void release_owner(uint64_t owner);
    void drop_idle_owners();
    std::expected<uint32_t, nfsstat4> key_of(const stateid4& stateid) const;
    stateid4 stateid_of(uint32_t key, const State& state) const;
    StateView view(uint32_t key, const State& state) const;
    uint32_t add(State state);
    void erase(uint32_t key);

    const uint32_t boot_;
    const uint32_t client_;
    mutable std::mutex mutex_;
    uint32_t next_key_ = 1;
    uint64_t next_owner_ = 1;
    std::unordered_map<uint32_t, State> states_;
    std::unordered_map<OpenKey, uint32_t, OpenKeyHash> opens_;
    std::unordered_map<uint64_t, Owner> owners_;
    std::unordered_map<std::string, uint64_t> owner_numbers_;  // by kind and name
};

}  // namespace strait::server::nfs4
