// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What programs may answer for themselves holds as long as this number stays the same: it grows
// before any reply leaves from which somebody could learn that it does not.

#include "preload/door/shared_memory.h"
#include "vfs/filesystem.h"

namespace strait::preload {

class Changes {
  public:
    explicit Changes(DoorbellMemory& doorbell) noexcept : doorbell_(doorbell) {}

    uint64_t now() const noexcept { return number_; }
    // Nothing is half done.
    bool quiet() const noexcept { return under_way_ == 0; }
    // A request that may change something.
    void begin() noexcept {
        under_way_++;
        grow();
    }
    void end() noexcept {
        under_way_--;
        grow();
    }
    void grow() noexcept {
        __atomic_store_n(&doorbell_.bell().changes, ++number_, __ATOMIC_SEQ_CST);
    }
    // Takes in what the file system has come to know. `seen`: its news at the last look.
    void look(const vfs::FileSystem* files, uint64_t& seen) noexcept {
        if (!files || files->news() == seen) return;
        seen = files->news();
        grow();
    }

  private:
    DoorbellMemory& doorbell_;
    uint64_t number_ = 0;
    size_t under_way_ = 0;
};

// Whether a request may change what others are told.
bool may_change(const shm::Request& request) noexcept;

}  // namespace strait::preload
