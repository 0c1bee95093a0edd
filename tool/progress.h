// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How far a copy has come: one line on a terminal, drawn again a few times a second; elsewhere
// nothing.

#include <string>

#include "reactor/reactor.h"

namespace strait::tool {

struct ProgressState {
    uint64_t files_done = 0, files_known = 0;
    uint64_t bytes_done = 0, bytes_known = 0;
};

// "[=====>     ]  47% 1.2G of 2.6G, 310 of 702 files, 118M/s, 0:12 left", at most `width` wide.
std::string progress_line(const ProgressState& state, Duration since_start, unsigned width);

class Progress {
  public:
    // `wanted`: from the start; else only of what lasts longer than a second.
    Progress(Reactor& reactor, bool wanted);

    ProgressState state;
    // Draws until the scope stops; at once the task of a nursery.
    Task<> draw();
    // Takes the line off the terminal, so that another can be printed.
    void erase();

  private:
    Reactor& reactor_;
    const bool wanted_;
    bool shown_ = false;
    const MonoTime begun_ = MonoClock::now();
};

}  // namespace strait::tool
