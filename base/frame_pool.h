// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Coroutine frames come from per-thread free lists in 64-byte classes up to 8 KiB; larger ones from
// the heap. The list of a frame's class is known when its coroutine is compiled.

#include <cstddef>
#include <new>
#include <utility>

namespace strait {

namespace detail {

inline constexpr size_t frame_granule = 64, frame_classes = 128;

struct FreeFrame {
    FreeFrame* next;
};
// Constant at the start of a thread and left alone at its end: no guard stands before it.
extern constinit thread_local FreeFrame* free_frames[frame_classes];

void* new_frame(size_t size);
void delete_frame(void* frame, size_t size) noexcept;
// Whether this thread still keeps frames: not before its first one, nor while it ends.
extern constinit thread_local bool keeps_frames;

constexpr size_t frame_class(size_t size) { return (size - 1) / frame_granule; }

}  // namespace detail

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STRAIT_FRAMES_FROM_HEAP
#endif
#endif

#ifdef STRAIT_FRAMES_FROM_HEAP

// Reuse would hide a frame's use after its end from the sanitizers.
inline void* allocate_frame(size_t size) { return ::operator new(size); }
inline void free_frame(void* frame, size_t) noexcept { ::operator delete(frame); }

#else

inline void* allocate_frame(size_t size) {
    const size_t index = detail::frame_class(size);
    if (index >= detail::frame_classes) return ::operator new(size);
    detail::FreeFrame*& head = detail::free_frames[index];
    if (head) return std::exchange(head, head->next);
    return detail::new_frame(size);
}

inline void free_frame(void* frame, size_t size) noexcept {
    const size_t index = detail::frame_class(size);
    if (index >= detail::frame_classes || !detail::keeps_frames)
        return detail::delete_frame(frame, size);
    detail::free_frames[index] = new (frame) detail::FreeFrame{detail::free_frames[index]};
}

#endif

}  // namespace strait
