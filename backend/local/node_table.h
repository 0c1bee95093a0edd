// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The known files by (device, inode), one node each. It holds a reference to every node and forgets
// the least recently asked for once there are more than `capacity`, so descriptors are bounded
// however many files there are. Shared by all cores. Invariant: a node whose only reference is the
// table's can be reached through the table alone, so it may be dropped under the lock.

#include <list>
#include <mutex>
#include <unordered_map>

#include "backend/local/local_node.h"

namespace strait::local {

class SharedNodeTable {
  public:
    explicit SharedNodeTable(size_t capacity) : capacity_(capacity) {}

    // The node of what `path` (an O_PATH descriptor) refers to: the known one, or a new one that
    // takes the descriptor.
    Result<LocalNodeRef> intern(Fd path, uint64_t root_device);
    LocalNodeRef find(const FileKey& key);
    // The file behind `key` may have lost its last name: do not keep it alive longer than its users
    // do.
    void name_removed(const FileKey& key);
    // A user of an unlinked node is done with it.
    void release(LocalNode& node);
    size_t size() const;

  private:
    struct Entry {
        LocalNodeRef node;
        std::list<FileKey>::iterator age;
    };
    using Map = std::unordered_map<FileKey, Entry, FileKeyHash>;
    void touch(Entry& entry);
    void drop(Map::iterator at);
    void trim();

    mutable std::mutex mutex_;
    size_t capacity_;
    Map nodes_;
    std::list<FileKey> ages_;      // front: asked for last
    std::list<FileKey> unlinked_;  // to drop when their users are done
};

}  // namespace strait::local
