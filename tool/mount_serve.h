// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The process behind a mount: connects, mounts, answers the kernel until the mount ends.

#include "tool/background.h"
#include "tool/mount_plan.h"

namespace strait::tool {

// Returns the exit status; `background` has been told by then.
int serve_mount(MountPlan plan, Background background);

}  // namespace strait::tool
