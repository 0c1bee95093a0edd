// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A process that goes on in the background and whose starter waits for its word: what it complains
// of, and the exit status, are then the starter's.

#include <string>
#include <string_view>

#include "reactor/descriptor.h"

namespace strait::tool {

class Background {
  public:
    // Stays in the foreground.
    Background() = default;
    // Forks. The starter never returns from here: it ends with the other's word. The other one goes
    // on, in a session of its own and in "/", its output still the starter's until ready().
    static Background begin();

    // The starter may go, with this status; from now on words go to `log_file` (or nowhere).
    void ready(int status, const std::string& log_file);

  private:
    Descriptor word_;
};

}  // namespace strait::tool
