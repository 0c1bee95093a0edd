// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// This thread's queue of coroutines that may go on. Whoever completes a wait calls schedule(); the
// reactor drains it.

#include <coroutine>
#include <cstddef>

namespace strait {

// Resumes `handle` from this thread's event loop, after the current coroutine has suspended.
void schedule(std::coroutine_handle<> handle);
// Runs everything that is ready, including what becomes ready meanwhile, `limit` resumptions at
// most; returns how many.
size_t run_ready(size_t limit = 4096);
bool has_ready() noexcept;

}  // namespace strait
