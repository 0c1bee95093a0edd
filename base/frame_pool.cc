// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/frame_pool.h"

namespace strait::detail {

constinit thread_local FreeFrame* free_frames[frame_classes] = {};
constinit thread_local bool keeps_frames = false;

namespace {

// Empties the lists when its thread ends.
struct Keeper {
    Keeper() { keeps_frames = true; }
    ~Keeper() {
        keeps_frames = false;
        for (auto*& head : free_frames)
            while (head) ::operator delete(static_cast<void*>(std::exchange(head, head->next)));
    }
};

}  // namespace

void* new_frame(size_t size) {
    thread_local Keeper keeper;
    return ::operator new((frame_class(size) + 1) * frame_granule);
}

void delete_frame(void* frame, size_t) noexcept { ::operator delete(frame); }

}  // namespace strait::detail
