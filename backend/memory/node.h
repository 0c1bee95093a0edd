// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The objects of a memory store. Two locks: a node's own mutex guards its attributes, extended
// attributes and data; the store's tree lock guards entries and parents of all directories and is
// taken first.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "backend/memory/extent_map.h"
#include "vfs/store.h"

namespace strait::backend {

class NodeTable;
struct Usage;

using XattrMap = std::map<std::string, Buffer, std::less<>>;

class MemoryNode : public vfs::Node {
  public:
    MemoryNode(NodeTable& table, uint64_t fileid, const vfs::NewNode& what);

    // Marks a change of data or entries (and, as always with it, of attributes).
    void modified() noexcept;
    // Marks a change of attributes.
    void changed() noexcept;

    std::mutex mutex;
    uint32_t mode, uid, gid;
    uint32_t nlink = 1;
    uint64_t size = 0;  // bytes
    uint64_t change = 1;
    Timestamp atime, mtime, ctime, btime;
    const vfs::Device rdev;
    bool exclusive;  // made by an exclusive create with `verifier`
    std::array<std::byte, 8> verifier{};
    std::unique_ptr<XattrMap> xattrs;  // null: none

  protected:
    // Leaves the table first; so who still finds the node there can tell that it is going.
    void last_ref_gone() noexcept override;

  private:
    NodeTable& table_;
};

class FileNode final : public MemoryNode {
  public:
    using MemoryNode::MemoryNode;
    ~FileNode() override;
    Usage* usage = nullptr;  // gets the pages back
    ExtentMap data;
};

class SymlinkNode final : public MemoryNode {
  public:
    SymlinkNode(NodeTable& table, uint64_t fileid, const vfs::NewNode& what);
    const Buffer target;
};

// Entries are kept by cookie, a number given once and never again, so that a listing goes on where
// it was whatever is made or removed meanwhile; a hash finds them by name.
class DirectoryNode final : public MemoryNode {
  public:
    static constexpr uint64_t first_cookie = 3;  // 0, 1 and 2 are reserved (RFC 8881 18.23.3)

    struct Entry {
        std::string name;
        Ref<MemoryNode> node;
    };
    using Entries = std::map<uint64_t, Entry>;

    using MemoryNode::MemoryNode;

    Entry* find(std::string_view name);
    void add(std::string_view name, Ref<MemoryNode> node);
    void erase(std::string_view name);
    bool empty() const noexcept { return entries_.empty(); }
    // The first entry after `cookie`.
    Entries::const_iterator after(uint64_t cookie) const { return entries_.upper_bound(cookie); }
    Entries::const_iterator end() const { return entries_.end(); }
    bool was_given(uint64_t cookie) const {
        return cookie == 0 || (cookie >= first_cookie && cookie < next_cookie_);
    }
    // Takes all entries out (the store is going).
    Entries take_entries();

    DirectoryNode* parent = nullptr;  // null: removed. The root is its own.

  private:
    Entries entries_;
    std::unordered_map<std::string_view, uint64_t> by_name_;  // views of the names in entries_
    uint64_t next_cookie_ = first_cookie;
};

}  // namespace strait::backend
