// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The kernel's mounts that the agent answers for (`strait mount --agent`): on its event loop, over
// the connections that its programs use. Whoever mounted hands /dev/fuse over: the agent itself
// never walks a path that could lead into a mount of its own, which nobody else would answer.

#include <list>
#include <string>
#include <vector>

#include "fuse/bridge.h"
#include "reactor/descriptor.h"
#include "tool/agent_mounts.h"
#include "tool/mount_plan.h"

namespace strait::tool {

class HostedMounts {
  public:
    // `mounts` outlives this.
    HostedMounts(Reactor& reactor, AgentMounts& mounts);
    ~HostedMounts();

    // Whether what the command names can be reached: connects. The complaint is a sentence when it
    // cannot.
    Task<> reach(const MountCommand& command, std::string& complaint);
    // Answers `device` from now on; returns when the kernel has had its first answer. Errc::inval:
    // it is no /dev/fuse.
    Task<> host(MountCommand command, Descriptor device, std::string& complaint);

    struct Mount {
        std::string directory, url;
    };
    std::vector<Mount> list() const;
    // Detaches all of them and writes back; programs that still use one get an error.
    Task<> close();

  private:
    struct Hosted {
        Mount mount;
        std::unique_ptr<fuse::Bridge> bridge;
        StopSource stop;
        std::shared_ptr<Event> greeted;
    };
    Task<std::unique_ptr<fuse::Bridge>> bridge(MountPlan plan, std::string& complaint);
    Task<> serve(Hosted& hosted);

    Reactor& reactor_;
    AgentMounts& mounts_;
    std::list<Hosted> hosted_;
    Nursery serving_;
};

}  // namespace strait::tool
