// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The verbs that work on URLs, for main's table.

#include "tool/verb.h"

namespace strait::tool {

void declare_ls(CLI::App& tool, Action& action);
void declare_cat(CLI::App& tool, Action& action);
void declare_cp(CLI::App& tool, Action& action);
void declare_rm(CLI::App& tool, Action& action);
void declare_mkdir(CLI::App& tool, Action& action);
void declare_stat(CLI::App& tool, Action& action);
void declare_df(CLI::App& tool, Action& action);
void declare_bench(CLI::App& tool, Action& action);
void declare_doctor(CLI::App& tool, Action& action);
void declare_completion(CLI::App& tool, Action& action);

}  // namespace strait::tool
