// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Reactor::futex_wait where io_uring has no futex operation: a helper thread waits.

#include <atomic>
#include <cstdint>

#include "base/task.h"

namespace strait {
class Reactor;
}

namespace strait::reactor {

Task<> futex_wait_on_thread(Reactor& reactor, std::atomic<uint32_t>* word, uint32_t expected);

}  // namespace strait::reactor
