// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// strait mount --agent: mounts, and hands the mount over to the user's agent.

#include "tool/mount_plan.h"

namespace strait::tool {

// Returns the exit status.
int mount_by_agent(const MountPlan& plan, const MountCommand& command);

// The request as a line of the agent's control protocol, and back; none: not one of ours.
std::string to_line(const MountCommand& command);
std::optional<MountCommand> from_line(std::string_view line);

// Who may be whom, and which paths there are: an agent in other ones cannot host our mounts.
std::string own_namespaces();

}  // namespace strait::tool
