// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/ready.h"

#include <deque>

namespace strait {

namespace {
thread_local std::deque<std::coroutine_handle<>> queue;
}

void schedule(std::coroutine_handle<> handle) { queue.push_back(handle); }

size_t run_ready(size_t limit) {
    size_t count = 0;
    while (!queue.empty() && count < limit) {
        auto handle = queue.front();
        queue.pop_front();
        handle.resume();
        count++;
    }
    return count;
}

bool has_ready() noexcept { return !queue.empty(); }

}  // namespace strait
