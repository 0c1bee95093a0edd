// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/open_table.h"

namespace strait::vfs {

void OpenTable::insert(OpenRef record) {
    if (uint64_t client = record->owner.client) {
        ClientShard& clients = clients_of(client);
        std::lock_guard hold(clients.mutex);
        clients.opens[client].insert(record->id);
    }
    Shard& shard = shard_of(record->id);
    std::lock_guard hold(shard.mutex);
    shard.records.emplace(record->id, std::move(record));
}

OpenRef OpenTable::find(OpenId id) {
    Shard& shard = shard_of(id.value);
    std::lock_guard hold(shard.mutex);
    auto found = shard.records.find(id.value);
    return found == shard.records.end() ? nullptr : found->second;
}

OpenRef OpenTable::take(OpenId id) {
    OpenRef taken;
    {
        Shard& shard = shard_of(id.value);
        std::lock_guard hold(shard.mutex);
        auto found = shard.records.find(id.value);
        if (found == shard.records.end()) return nullptr;
        taken = std::move(found->second);
        shard.records.erase(found);
    }
    if (uint64_t client = taken->owner.client) {
        ClientShard& clients = clients_of(client);
        std::lock_guard hold(clients.mutex);
        auto opens = clients.opens.find(client);
        opens->second.erase(id.value);
        if (opens->second.empty()) clients.opens.erase(opens);
    }
    return taken;
}

std::vector<OpenId> OpenTable::of_client(uint64_t client) {
    ClientShard& clients = clients_of(client);
    std::lock_guard hold(clients.mutex);
    std::vector<OpenId> found;
    auto opens = clients.opens.find(client);
    if (opens == clients.opens.end()) return found;
    for (uint64_t id : opens->second) found.push_back(OpenId{id});
    return found;
}

std::vector<OpenId> OpenTable::all() {
    std::vector<OpenId> found;
    for (Shard& shard : shards_) {
        std::lock_guard hold(shard.mutex);
        for (auto& [id, record] : shard.records) found.push_back(OpenId{id});
    }
    return found;
}

}  // namespace strait::vfs
