// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One open directory: chunks of entries with their attributes, as large as a reply of the server
// may be, given to the kernel in the pieces that it asks for. A position is the server's own
// cookie; "." and ".." have 1 and 2, which no server uses (RFC 8881 section 18.23).

#include "fuse/inode.h"
#include "vfs/mount.h"

namespace strait::fuse {

class Listing {
  public:
    Listing(vfs::Mount& mount, InodeRef directory, vfs::CredentialRef as)
        : mount_(mount), directory_(std::move(directory)), as_(std::move(as)) {}

    static constexpr uint64_t self_cookie = 1, parent_cookie = 2;
    const Inode& directory() const { return *directory_; }

    // Brings the first chunk, and the directory's attributes with it.
    Task<> open();
    // Makes at() answer for what follows `cookie`. Calls do not overlap: each waits for the one
    // before.
    Task<> seek(uint64_t cookie);
    // The entry at the position, or null at the end of the chunk.
    const vfs::DirEntry* at() const;
    void next() { position_++; }
    // Nothing follows the chunk.
    bool at_end() const { return chunk_.eof && !at(); }

    Mutex& turn() { return turn_; }

  private:
    Task<> fetch(uint64_t cookie);
    bool holds(uint64_t cookie);

    vfs::Mount& mount_;
    const InodeRef directory_;
    const vfs::CredentialRef as_;
    Mutex turn_;
    vfs::ReadDir::Result chunk_;
    vfs::Hold::Tick asked_ = 0;
    uint64_t before_ = 0;  // the cookie that chunk_ follows
    size_t position_ = 0;
    bool fresh_ = false;  // the chunk came with the open, and nobody has read it
};

}  // namespace strait::fuse
