// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How long a loop looks for what comes next before it sleeps: long enough for a server on this
// machine, as long as that pays. Looking in vain a few times in a row (a server far away, nobody
// who asks, other work on this processor) ends it for a while, twice as long each time.

#include "reactor/reactor.h"

namespace strait {

class Patience final : public Watch {
  public:
    // Whatever comes: for a loop that others ask. It attaches itself to nothing: Reactor::watch.
    Patience();
    // Only for the answer that `reactor` awaits when it awaits no more than that one: with several
    // on their way the processor is better left to those who make them.
    explicit Patience(const Reactor& reactor);
    // `processors`: those that this process may use. One alone is better left to who is to answer.
    Patience(unsigned processors, const Reactor* asks);

    bool look() noexcept override { return false; }
    Duration patience() noexcept override;
    void disturbed() noexcept override { disturbed_ = true; }
    bool sleep() noexcept override;
    void awake() noexcept override {}

  private:
    void missed() noexcept;

    static constexpr Duration longest_look = 100us;
    static constexpr unsigned most_misses = 3, shortest_break = 16, longest_break = 4096;

    const bool useful_;
    const Reactor* const asks_;  // null: looks for anything
    bool looking_ = false;
    bool disturbed_ = false;
    unsigned misses_ = 0;
    unsigned left_ = 0;  // sleeps without a look before it
    unsigned break_ = shortest_break;
};

}  // namespace strait
