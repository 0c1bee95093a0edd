// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What `strait mount` is asked for, read and checked before anything is connected.

#include <string>
#include <vector>

#include "fuse/bridge.h"
#include "fuse/mount_options.h"
#include "tool/place.h"

namespace strait::tool {

struct MountCommand {
    CommonOptions common;
    std::string url;
    std::string directory;  // absolute: the agent must not look where it may be the one to answer
    int descriptor = -1;    // --fuse-fd
    bool foreground = false;
    bool by_agent = false;
};

struct MountPlan {
    Target target;
    fuse::SortedOptions options;
    fuse::MountRequest request;
    fuse::BridgeOptions bridge;
};

// The complaint is on standard error when nothing is returned.
std::optional<MountPlan> plan_mount(const MountCommand& command);
// Why the kernel or fusermount3 would not mount it, `complaint` being what they said.
void tell_why_not_mounted(const MountPlan& plan, std::string complaint);

}  // namespace strait::tool
