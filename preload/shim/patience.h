// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How long a thread looks for its reply before it sleeps: for as long as a server on this machine
// takes, as long as that pays (as reactor/patience.h has it for the agent and the server). Looking
// in vain a few times in a row (a server far away, other work on this processor) ends it for a
// while, twice as long each time. One thread of a process looks at a time: several have something
// better to do with the processors. Lock-free; who comes between two steps spoils no more than a
// guess.

#include <cstdint>

namespace strait::preload {

class Patience {
  public:
    // `processors`: those that this process may use. One alone is better left to who is to answer.
    void set_processors(long processors) noexcept { useful_ = processors > 1; }

    // Whether it is worth it; looked() must follow then.
    bool look() noexcept {
        if (!useful_ || __atomic_exchange_n(&looking_, 1, __ATOMIC_ACQUIRE)) return false;
        if (left_ == 0) return true;
        left_--;
        __atomic_store_n(&looking_, 0, __ATOMIC_RELEASE);
        return false;
    }
    // `paid`: the reply came meanwhile, and nothing else had to wait for this processor.
    void looked(bool paid) noexcept {
        if (paid) {
            misses_ = breaks_ = 0;
        } else if (++misses_ == most_misses) {
            misses_ = 0;
            left_ = shortest_break << breaks_;
            if (breaks_ < most_doublings) breaks_++;
        }
        __atomic_store_n(&looking_, 0, __ATOMIC_RELEASE);
    }

    static constexpr uint32_t most_misses = 3, shortest_break = 16, most_doublings = 8;

  private:
    // It begins as zeros.
    bool useful_;
    uint32_t looking_, misses_;
    uint32_t left_;    // replies to wait for without a look
    uint32_t breaks_;  // in a row
};

}  // namespace strait::preload
