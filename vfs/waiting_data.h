// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What write-behind holds over all files of one mount, in bytes: writers of any file wait while it
// would be more than the mount may hold, and the files that have held some for longest are written
// back meanwhile. For each mount, so that a server that does not answer stops its own writers only.

#include <list>

#include "base/sync.h"
#include "vfs/filesystem.h"

namespace strait::vfs {

class FileState;

class WaitingData {
  public:
    // One file's share of it.
    struct Share {
        size_t bytes = 0;
        bool listed = false, relieved = false;
        std::list<FileState*>::iterator place;
    };

    explicit WaitingData(const MountPolicy& policy);

    size_t bytes() const { return bytes_; }
    // One write is always possible.
    bool has_room(size_t more) const { return bytes_ == 0 || bytes_ + more <= most_; }
    // `file` holds that much now.
    void account(FileState& file, Share& share, size_t now);
    void remove(Share& share);
    // Begins to write back, the oldest first. False: nothing is under way that would free anything.
    bool relieve();
    // After some became free.
    Task<> freed() { return freed_.wait(); }

  private:
    struct Relieving;
    Task<> write_back(Ref<FileState> file);

    const size_t most_;
    size_t bytes_ = 0;
    size_t relieving_ = 0;  // files
    std::list<FileState*> holders_;
    Signal freed_;
};

}  // namespace strait::vfs
