// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/clients.h"

#include <algorithm>

#include "server/nfs4/limits.h"
#include "server/siphash.h"

namespace strait::server::nfs4 {

SharedClients::Record* SharedClients::record(clientid4 id) {
    auto at = records_.find(id);
    return at == records_.end() ? nullptr : &at->second;
}

// Has it nothing that another principal's EXCHANGE_ID would destroy?
bool SharedClients::idle(const Record& record) {
    return record.sessions.empty() && record.client->states.empty();
}

SharedClients::Record& SharedClients::add_unconfirmed(std::string_view owner,
                                                      const verifier4& verifier,
                                                      Principal principal) {
    Names& names = owners_[std::string(owner)];
    if (names.unconfirmed != 0) {
        clientid4 old = names.unconfirmed;
        unconfirmed_.erase(records_.at(old).waiting);
        records_.erase(old);
    }
    clientid4 id = clientid4{boot_} << 32 | next_client_++;
    names.unconfirmed = id;
    Record& made = records_[id];
    made.client = make_ref<Client>(id, std::string(owner), verifier, principal);
    made.waiting = unconfirmed_.insert(unconfirmed_.end(), id);
    if (unconfirmed_.size() > max_unconfirmed) remove(unconfirmed_.front());
    return made;
}

// Forgets the record and its sessions; what it holds in backends is the caller's to end.
void SharedClients::remove(clientid4 id) {
    auto at = records_.find(id);
    if (at == records_.end()) return;
    Record& gone = at->second;
    auto names = owners_.find(gone.client->owner());
    if (gone.confirmed) {
        names->second.confirmed = 0;
    } else {
        names->second.unconfirmed = 0;
        unconfirmed_.erase(gone.waiting);
    }
    if (names->second.confirmed == 0 && names->second.unconfirmed == 0) owners_.erase(names);
    {
        std::unique_lock guard(sessions_mutex_);
        for (const sessionid4& session : gone.sessions) sessions_.erase(session);
    }
    records_.erase(at);
}

// The cases are those of RFC 8881 section 18.35.4.
std::expected<ExchangedId, nfsstat4> SharedClients::exchange_id(std::string_view owner,
                                                                const verifier4& verifier,
                                                                Principal principal, bool update) {
    std::lock_guard guard(mutex_);
    auto names = owners_.find(std::string(owner));
    Record* old = names == owners_.end() || names->second.confirmed == 0
                      ? nullptr
                      : record(names->second.confirmed);
    bool same_principal = old && old->client->principal() == principal;
    bool same_verifier = old && old->client->verifier() == verifier;
    if (update) {
        if (!old) return std::unexpected(NFS4ERR_NOENT);               // case 7
        if (!same_verifier) return std::unexpected(NFS4ERR_NOT_SAME);  // case 8
        if (!same_principal) return std::unexpected(NFS4ERR_PERM);     // case 9
    }
    if (old && same_principal && same_verifier) {  // cases 2 and 6
        old->client->renew();
        return ExchangedId{old->client->id(), old->next_sequence, true, nullptr};
    }
    ExchangedId made;
    if (old && !same_principal) {  // case 3
        if (!idle(*old)) return std::unexpected(NFS4ERR_CLID_INUSE);
        made.discarded = old->client;
        remove(old->client->id());
    }
    if (records_.size() - unconfirmed_.size() >= max_clients) return std::unexpected(NFS4ERR_DELAY);
    Record& fresh = add_unconfirmed(owner, verifier, principal);  // cases 1, 4 and 5
    made.clientid = fresh.client->id();
    made.sequence = fresh.next_sequence;
    return made;
}

// The record's first session: it takes the place of an older incarnation, whose state ends.
Ref<Client> SharedClients::confirm(Record& record) {
    if (record.confirmed) return nullptr;
    clientid4 id = record.client->id();
    Names& names = owners_.at(record.client->owner());
    Ref<Client> discarded;
    clientid4 old = names.confirmed;
    unconfirmed_.erase(record.waiting);
    record.confirmed = true;
    names.unconfirmed = 0;
    if (old != 0) {
        discarded = records_.at(old).client;
        remove(old);
    }
    owners_[record.client->owner()].confirmed = id;
    return discarded;
}

std::expected<CreatedSession, nfsstat4> SharedClients::create_session(clientid4 id,
                                                                      sequenceid4 sequence,
                                                                      Principal principal,
                                                                      const channel_attrs4& fore) {
    std::lock_guard guard(mutex_);
    Record* at = record(id);
    if (!at) return std::unexpected(NFS4ERR_STALE_CLIENTID);
    if (sequence == at->next_sequence - 1 && at->last_reply)
        return CreatedSession{at->last_reply, nullptr, nullptr};
    if (at->creating) return std::unexpected(NFS4ERR_DELAY);
    if (sequence != at->next_sequence) return std::unexpected(NFS4ERR_SEQ_MISORDERED);
    if (!at->confirmed && at->client->principal() != principal)
        return std::unexpected(NFS4ERR_CLID_INUSE);
    size_t sessions = session_count();
    if (at->sessions.size() >= max_sessions_of_client || sessions >= max_sessions)
        return std::unexpected(NFS4ERR_NOSPC);
    CreatedSession made;
    made.discarded = confirm(*at);
    sessionid4 sessionid;
    fill_random(sessionid);
    made.session = make_ref<Session>(sessionid, at->client, fore, fore.ca_maxrequests);
    at->client->renew();
    at->sessions.push_back(sessionid);
    at->next_sequence++;
    at->creating = true;
    at->last_reply.reset();
    std::unique_lock sessions_guard(sessions_mutex_);
    sessions_.emplace(sessionid, made.session);
    return made;
}

void SharedClients::session_replied(clientid4 id, sequenceid4 sequence, BufferChain reply) {
    std::lock_guard guard(mutex_);
    Record* at = record(id);
    if (!at || at->next_sequence != sequence + 1) return;
    at->creating = false;
    at->last_reply = std::move(reply);
}

Ref<Session> SharedClients::find(const sessionid4& id) const {
    std::shared_lock guard(sessions_mutex_);
    auto at = sessions_.find(id);
    return at == sessions_.end() ? nullptr : at->second;
}

bool SharedClients::destroy_session(const sessionid4& id) {
    std::lock_guard guard(mutex_);
    Ref<Session> gone;
    {
        std::unique_lock sessions_guard(sessions_mutex_);
        auto at = sessions_.find(id);
        if (at == sessions_.end()) return false;
        gone = std::move(at->second);
        sessions_.erase(at);
    }
    if (Record* at = record(gone->client().id())) std::erase(at->sessions, id);
    return true;
}

std::expected<Ref<Client>, nfsstat4> SharedClients::destroy_client(clientid4 id) {
    std::lock_guard guard(mutex_);
    Record* at = record(id);
    if (!at) return std::unexpected(NFS4ERR_STALE_CLIENTID);
    if (!idle(*at)) return std::unexpected(NFS4ERR_CLIENTID_BUSY);
    Ref<Client> gone = at->client;
    remove(id);
    return gone;
}

std::vector<Ref<Client>> SharedClients::take_expired(MonoTime now) {
    std::lock_guard guard(mutex_);
    std::vector<Ref<Client>> expired, forgotten;
    for (auto& [id, record] : records_)
        if (record.client->renewed() + lease_ < now)
            (record.confirmed ? expired : forgotten).push_back(record.client);
    for (auto& client : expired) remove(client->id());
    for (auto& client : forgotten) remove(client->id());
    return expired;
}

std::string SharedClients::owner_name(clientid4 client, uint64_t owner) const {
    std::lock_guard guard(mutex_);
    auto at = records_.find(client);
    return at == records_.end() ? std::string() : at->second.client->states.owner_name(owner);
}

size_t SharedClients::client_count() const {
    std::lock_guard guard(mutex_);
    return records_.size() - unconfirmed_.size();
}

size_t SharedClients::session_count() const {
    std::shared_lock guard(sessions_mutex_);
    return sessions_.size();
}

}  // namespace strait::server::nfs4
