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

    // The node of what `pin` refers to: the known one, or a new one that takes the descriptor.
    // `known`: what statx says of it.
    Result<LocalNodeRef> intern(Pin pin, uint64_t root_device, const struct statx* known = nullptr);
    // The known file with this handle; null also when it has lost its last name.
    LocalNodeRef find(const vfs::Handle& handle);
    void keep_handle(LocalNode& node, const vfs::Handle& handle);
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
    std::unordered_map<vfs::Handle, LocalNode*, vfs::HandleHash> by_handle_;  // of those in nodes_
    std::list<FileKey> ages_;      // front: asked for last
    std::list<FileKey> unlinked_;  // to drop when their users are done
};

}  // namespace strait::local
