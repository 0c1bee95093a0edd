// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// All clients and sessions: the state machine of EXCHANGE_ID and CREATE_SESSION (RFC 8881 sections
// 18.35, 18.36). Invariant: of one co_ownerid there is at most one confirmed record and one that
// waits for its CREATE_SESSION.

#include <expected>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/nfs4/session.h"

namespace strait::server::nfs4 {

struct ExchangedId {
    clientid4 clientid = 0;
    sequenceid4 sequence = 0;  // for the next CREATE_SESSION
    bool confirmed = false;
    Ref<Client> discarded;  // its holdings are to be ended before the reply goes out
};

// CREATE_SESSION's outcome: either an older reply again, or a session.
struct CreatedSession {
    std::optional<BufferChain> replay;
    Ref<Session> session;
    Ref<Client> discarded;
};

// Shared by all cores.
class SharedClients {
  public:
    explicit SharedClients(uint32_t boot, Duration lease) : boot_(boot), lease_(lease) {}

    // NOENT, NOT_SAME, PERM (update); CLID_INUSE; DELAY at the limit of clients.
    std::expected<ExchangedId, nfsstat4> exchange_id(std::string_view owner,
                                                     const verifier4& verifier, Principal principal,
                                                     bool update);
    // STALE_CLIENTID, SEQ_MISORDERED, CLID_INUSE, NOSPC. A fresh session is confirmed by
    // session_replied(); until then a retry is told DELAY.
    std::expected<CreatedSession, nfsstat4> create_session(clientid4 id, sequenceid4 sequence,
                                                           Principal principal,
                                                           const channel_attrs4& fore);
    // The reply to keep for a retry of that CREATE_SESSION.
    void session_replied(clientid4 id, sequenceid4 sequence, BufferChain reply);

    Ref<Session> find(const sessionid4& id) const;
    // False: there was none.
    bool destroy_session(const sessionid4& id);
    // STALE_CLIENTID, CLIENTID_BUSY; else the record that was removed.
    std::expected<Ref<Client>, nfsstat4> destroy_client(clientid4 id);
    // Removes and returns those whose lease ran out (confirmed ones; the rest just goes).
    std::vector<Ref<Client>> take_expired(MonoTime now);
    // What the owner with the vfs's number calls itself; "" when it is gone.
    std::string owner_name(clientid4 client, uint64_t owner) const;
    size_t client_count() const;
    size_t session_count() const;

  private:
    struct Record {
        Ref<Client> client;
        bool confirmed = false;
        sequenceid4 next_sequence = 1;
        // CREATE_SESSION's own slot of one.
        bool creating = false;
        std::optional<BufferChain> last_reply;
        std::vector<sessionid4> sessions;
        std::list<clientid4>::iterator waiting;  // place among the unconfirmed
    };
    struct Names {
        clientid4 confirmed = 0, unconfirmed = 0;
    };

    Record* record(clientid4 id);
    Record& add_unconfirmed(std::string_view owner, const verifier4& verifier, Principal principal);
    void remove(clientid4 id);
    Ref<Client> confirm(Record& record);
    static bool idle(const Record& record);

    const uint32_t boot_;
    const Duration lease_;
    mutable std::mutex mutex_;
    uint32_t next_client_ = 1;
    std::unordered_map<clientid4, Record> records_;
    std::unordered_map<std::string, Names> owners_;
    std::list<clientid4> unconfirmed_;  // oldest first
    mutable std::shared_mutex sessions_mutex_;
    std::map<sessionid4, Ref<Session>> sessions_;
};

}  // namespace strait::server::nfs4
