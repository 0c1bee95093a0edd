// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A program with the agent's RPCs told on our stderr while it runs.

#include <functional>
#include <string>

namespace strait::tool {

// Runs `execute`, which does not return but to fail with an exit status, in a child; copies trace
// lines meanwhile. Returns the child's exit status, 128 + N for signal N.
int run_traced(const std::string& agent_folder, const std::function<int()>& execute);

}  // namespace strait::tool
