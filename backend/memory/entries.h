// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Helpers of the steps on names: what a change of entries does to attributes, and the gathering of
// a listing. Callers hold the tree lock.

#include "backend/memory/node.h"

namespace strait::backend {

// The directory gained or lost entries, `subdirectories` of them directories.
vfs::ChangeInfo entries_changed(DirectoryNode& directory, int subdirectories);
// The directory was looked at only.
vfs::ChangeInfo unchanged(DirectoryNode& directory);
// One name of the node is gone; a directory goes with it.
void lost_name(MemoryNode& node);

// Gathers one reply of a listing within its limits.
class EntryCollector {
  public:
    explicit EntryCollector(const vfs::ReadDir& args) : args_(args) {}
    bool has_room(std::string_view name) const noexcept;
    void add(std::string_view name, uint64_t cookie, vfs::Attributes attributes);
    // Errc::toosmall when not one entry had room.
    Result<vfs::ReadDir::Result> finish(bool eof);

  private:
    const vfs::ReadDir& args_;
    vfs::ReadDir::Result result_;
    Buffer names_;        // the storage being filled
    size_t used_ = 0;     // bytes of it
    uint64_t bytes_ = 0;  // of args_.max_bytes
};

}  // namespace strait::backend
