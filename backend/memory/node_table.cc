// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/node_table.h"

namespace strait::backend {

void NodeTable::insert(MemoryNode& node) {
    Shard& shard = shard_of(node.fileid());
    std::lock_guard hold(shard.mutex);
    shard.nodes.emplace(node.fileid(), &node);
}

Ref<MemoryNode> NodeTable::find(uint64_t fileid) {
    Shard& shard = shard_of(fileid);
    std::lock_guard hold(shard.mutex);
    auto found = shard.nodes.find(fileid);
    if (found == shard.nodes.end() || !found->second->try_add_ref()) return nullptr;
    Ref<MemoryNode> node(found->second);
    node->drop_ref();  // the one of try_add_ref
    return node;
}

void NodeTable::erase(uint64_t fileid) {
    usage.files.fetch_sub(1, std::memory_order_relaxed);
    Shard& shard = shard_of(fileid);
    std::lock_guard hold(shard.mutex);
    shard.nodes.erase(fileid);
}

std::vector<Ref<DirectoryNode>> NodeTable::directories() {
    std::vector<Ref<DirectoryNode>> found;
    for (Shard& shard : shards_) {
        std::lock_guard hold(shard.mutex);
        for (auto& [id, node] : shard.nodes)
            if (node->is_directory()) found.emplace_back(static_cast<DirectoryNode*>(node));
    }
    return found;
}

}  // namespace strait::backend
