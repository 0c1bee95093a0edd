// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A session: a client's slots, its channel's limits, and the connections bound to it (RFC 8881
// section 2.10). A Client: who it is, and all it holds.

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "base/ref.h"
#include "base/time.h"
#include "server/nfs4/slot_table.h"
#include "server/nfs4/states.h"
#include "wire/nfs4/session.h"

namespace strait::server::nfs4 {

// On whose word a client record was made. The machine's name does not count: it is anybody's claim.
struct Principal {
    uint32_t flavor = 0;
    uint32_t uid = 0;
    friend bool operator==(const Principal&, const Principal&) = default;
};

class Client final : public RefCounted {
  public:
    Client(clientid4 id, std::string owner, const verifier4& verifier, Principal principal)
        : id_(id),
          owner_(std::move(owner)),
          verifier_(verifier),
          principal_(principal),
          states(static_cast<uint32_t>(id >> 32), static_cast<uint32_t>(id)) {
        renew();
    }

    clientid4 id() const noexcept { return id_; }
    const std::string& owner() const noexcept { return owner_; }
    const verifier4& verifier() const noexcept { return verifier_; }
    const Principal& principal() const noexcept { return principal_; }

    // The lease runs on the monotonic clock, from the last SEQUENCE.
    void renew() noexcept { renewed_.store(MonoClock::now(), std::memory_order_relaxed); }
    MonoTime renewed() const noexcept { return renewed_.load(std::memory_order_relaxed); }

  private:
    const clientid4 id_;
    const std::string owner_;
    const verifier4 verifier_;
    const Principal principal_;
    std::atomic<MonoTime> renewed_;

  public:
    SharedStates states;
    // RECLAIM_COMPLETE came: it may take new opens, and reclaims no more.
    std::atomic<bool> reclaim_complete{false};
};

class Session final : public RefCounted {
  public:
    Session(const sessionid4& id, Ref<Client> client, const channel_attrs4& fore, uint32_t slots)
        : id_(id),
          client_(std::move(client)),
          max_request(fore.ca_maxrequestsize),
          max_response(fore.ca_maxresponsesize),
          max_cached(fore.ca_maxresponsesize_cached),
          max_operations(fore.ca_maxoperations),
          slots(slots) {}

    const sessionid4& id() const noexcept { return id_; }
    Client& client() const noexcept { return *client_; }
    const Ref<Client>& client_ref() const noexcept { return client_; }

    // Connections are numbered by the server; a session remembers the latest that used it.
    void bind(uint64_t connection);
    bool bound(uint64_t connection) const;

  private:
    const sessionid4 id_;
    const Ref<Client> client_;
    mutable std::mutex mutex_;
    std::vector<uint64_t> connections_;

  public:
    const uint32_t max_request;   // bytes of a record
    const uint32_t max_response;  // bytes of a record
    const uint32_t max_cached;    // bytes of a record
    const uint32_t max_operations;
    SharedSlots slots;
};

}  // namespace strait::server::nfs4
