// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Talking to the agent from the launcher and the verbs: one line there, one JSON text back.
// Blocking.

#include <string>
#include <string_view>

#include "base/result.h"

namespace strait::tool {

// The answer is whole. `descriptor`, if any, goes with the line. Errc::noent, connrefused: no agent
// runs; connreset: it ended before it had answered.
Result<std::string> ask_agent(const std::string& folder, std::string_view line,
                              int descriptor = -1);

// Starts the agent when none runs, and returns when it answers. Callers at the same time start one.
// Errc::perm: the folder is not private; otherwise what kept it from starting, which its log tells.
Result<> start_agent(const std::string& folder);

// The agent itself: serves until it is told to stop, or nobody has needed it for a while. `ready`
// is a descriptor to write one byte to when it answers; -1: none.
int serve_agent(const std::string& folder, int ready);

}  // namespace strait::tool
