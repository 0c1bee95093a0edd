// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Coroutine frames come from per-thread free lists in 64-byte classes up to 8 KiB; larger ones from
// the heap.

#include <cstddef>

namespace strait {

void* allocate_frame(size_t size);
void free_frame(void* frame, size_t size) noexcept;

}  // namespace strait
