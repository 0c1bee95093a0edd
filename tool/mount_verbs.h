// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The verbs about mounts, for main's table.

#include "tool/verb.h"

namespace strait::tool {

void declare_mount(CLI::App& tool, Action& action);
void declare_umount(CLI::App& tool, Action& action);

}  // namespace strait::tool
