// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What the kernel knows by number: one row for each file that it was told of and has not forgotten.
// A row is a handle and a count; it holds no descriptor, no open and no attributes, so that a tree
// of any size can be walked. One number for one handle, so that hard links are one inode there.

#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/ref.h"
#include "base/small_vector.h"
#include "base/sync.h"
#include "fuse/library.h"
#include "vfs/attributes.h"

namespace strait::fuse {

class LockTable;

class Inode final : public RefCounted {
  public:
    Inode(const vfs::Handle& handle, vfs::FileType type);
    ~Inode() override;

    const vfs::Handle& handle() const { return handle_; }
    vfs::FileType type() const { return type_; }

    // The change counter that the kernel's pages of this file are of; 0: it is to drop them at the
    // next open.
    uint64_t pages_of = 0;
    // The change counter of the attributes that the kernel was told last.
    uint64_t told_of = 0;
    // The file system's own count of changes by others (vfs::FileState), as of which pages_of is.
    uint64_t seen_foreign = 0;
    // Set while the kernel drops its pages of this file: nobody is told that they are fresh before.
    std::shared_ptr<Event> dropping;
    // Who holds locks through us; made at the first one.
    std::unique_ptr<LockTable> locks;

  private:
    friend class InodeTable;
    const vfs::Handle handle_;
    const vfs::FileType type_;
    uint64_t lookups_ = 0;
    SmallVector<uint64_t, 1> names_;  // keys of the names that it was told by
};
using InodeRef = Ref<Inode>;

class InodeTable {
  public:
    // The root's number is the kernel's FUSE_ROOT_ID; it is never forgotten.
    explicit InodeTable(const vfs::Handle& root);
    ~InodeTable();

    InodeRef get(fuse_ino_t number) const;
    fuse_ino_t number(const Inode& inode) const;
    // The row of a file; counts one lookup, which forget() takes back.
    InodeRef looked_up(const vfs::Handle& handle, vfs::FileType type);
    void forget(fuse_ino_t number, uint64_t lookups);
    // The row of a file that the kernel knows, or null.
    InodeRef find(const vfs::Handle& handle) const;

    // The names that a file was told by: what an unlink of a name is about. A hint: another client
    // may have given the name to another file.
    void named(const Inode& directory, std::string_view name, Inode& inode);
    void unnamed(const Inode& directory, std::string_view name);
    InodeRef at(const Inode& directory, std::string_view name) const;

    size_t size() const { return rows_.size(); }

  private:
    struct ByHandle {
        using is_transparent = void;
        size_t operator()(const Inode* row) const { return row->handle().hash(); }
        size_t operator()(const vfs::Handle& handle) const { return handle.hash(); }
        bool operator()(const Inode* a, const Inode* b) const { return a == b; }
        bool operator()(const Inode* a, const vfs::Handle& b) const { return a->handle() == b; }
        bool operator()(const vfs::Handle& a, const Inode* b) const { return a == b->handle(); }
    };
    static void drop_key(Inode& inode, uint64_t key);
    static uint64_t key(const Inode& directory, std::string_view name);

    const InodeRef root_;
    std::unordered_set<Inode*, ByHandle, ByHandle> rows_;
    std::unordered_map<uint64_t, Inode*> names_;
};

}  // namespace strait::fuse
