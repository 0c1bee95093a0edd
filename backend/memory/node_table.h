// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// All live nodes of a memory store by file id, without owning them: how a handle finds its node.
// Safe on any core.

#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "backend/memory/node.h"

namespace strait::backend {

// What the store holds now.
struct Usage {
    std::atomic<uint64_t> bytes{0};
    std::atomic<uint64_t> files{0};
};

class NodeTable {
  public:
    void insert(MemoryNode& node);
    // Null when it is not there, or its last reference is just going.
    Ref<MemoryNode> find(uint64_t fileid);
    void erase(uint64_t fileid);
    // References to all that is a directory.
    std::vector<Ref<DirectoryNode>> directories();

    Usage usage;

  private:
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<uint64_t, MemoryNode*> nodes;
    };
    Shard& shard_of(uint64_t fileid) { return shards_[fileid % shards_.size()]; }
    std::array<Shard, 32> shards_;
};

}  // namespace strait::backend
