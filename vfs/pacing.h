// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How much of one file is worth having on its way at once. What is on its way beyond what the path
// and the server hold only waits in a queue there, while its memory grows cold here; the time that
// a transfer takes tells (as in TCP Vegas). Grows while transfers take no longer than one alone,
// stays between two pieces and what the caller allows.

#include <cstdint>

#include "base/time.h"

namespace strait::vfs {

class Pacing {
  public:
    // A piece of `bytes` took so long, from when it was asked for; `piece`: the usual size of one.
    // Smaller pieces say nothing.
    void took(uint64_t bytes, uint64_t piece, Duration time);
    // Bytes, `most` at most.
    uint64_t window(uint64_t piece, uint64_t most) const;

  private:
    Duration quickest_ = Duration::max();
    uint64_t pieces_ = 2;
    bool found_ = false;  // the queue was felt once: from then on by small steps
};

}  // namespace strait::vfs
