// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How long a mount's loop looks for the next request or answer before it sleeps: long enough for a
// server on this machine, as long as that pays. Looking in vain a few times in a row (a server far
// away, nobody who asks, other work on this processor) ends it for a while, twice as long each
// time.

#include "reactor/reactor.h"

namespace strait::fuse {

class Patience final : public strait::Watch {
  public:
    // `processors`: those that this process may use. One alone is better left to who is to answer.
    explicit Patience(unsigned processors) : useful_(processors > 1) {}
    // As this process finds it.
    Patience();

    bool look() noexcept override { return false; }
    Duration patience() noexcept override;
    bool sleep() noexcept override;
    void awake() noexcept override {}

  private:
    static constexpr Duration longest_look = 50us;
    static constexpr unsigned most_misses = 3, shortest_break = 16, longest_break = 4096;

    const bool useful_;
    bool looking_ = false;
    unsigned misses_ = 0;
    unsigned left_ = 0;  // sleeps without a look before it
    unsigned break_ = shortest_break;
};

}  // namespace strait::fuse
