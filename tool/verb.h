// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One verb of `strait`: declares its options on its subcommand and, when it is the one asked for,
// puts what to run into `action`, which returns the program's exit status.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace strait::tool {

using Action = std::function<int()>;
using DeclareVerb = void (*)(CLI::App& tool, Action& action);

void declare_run(CLI::App& tool, Action& action);
void declare_agent(CLI::App& tool, Action& action);
void declare_stats(CLI::App& tool, Action& action);
void declare_ps(CLI::App& tool, Action& action);

// `run`'s options end at the first word that is not one: a "--" is put there, so that the program's
// own options stay its own. Other verbs' arguments stay as they are.
std::vector<std::string> separate_command(std::vector<std::string> arguments);

}  // namespace strait::tool
