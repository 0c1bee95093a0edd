// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/frame_pool.h"

#include <array>
#include <new>
#include <utility>

namespace strait {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)

// Reuse would hide a frame's use after its end from the sanitizers.
void* allocate_frame(size_t size) { return ::operator new(size); }
void free_frame(void* frame, size_t) noexcept { ::operator delete(frame); }

#else

namespace {

constexpr size_t granule = 64;
constexpr size_t classes = 128;

struct FreeFrame {
    FreeFrame* next;
};

thread_local bool frames_gone = false;

struct Frames {
    std::array<FreeFrame*, classes> free{};
    ~Frames() {
        frames_gone = true;
        for (auto* head : free)
            while (head) ::operator delete(static_cast<void*>(std::exchange(head, head->next)));
    }
};

thread_local Frames frames;

size_t class_of(size_t size) { return (size - 1) / granule; }

}  // namespace

void* allocate_frame(size_t size) {
    size_t index = class_of(size);
    if (index >= classes) return ::operator new(size);
    if (FreeFrame*& head = frames.free[index]) return std::exchange(head, head->next);
    return ::operator new((index + 1) * granule);
}

void free_frame(void* frame, size_t size) noexcept {
    size_t index = class_of(size);
    if (index >= classes || frames_gone) return ::operator delete(frame);
    frames.free[index] = new (frame) FreeFrame{frames.free[index]};
}

#endif

}  // namespace strait
