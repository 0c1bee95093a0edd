// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The agent's file systems: one for each specification of mounts that a program came with, shared
// by all programs that came with the same. Servers are shared by all of them, and by the mounts
// that the agent hosts (agent_hosted.h).

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/sync.h"
#include "client/options.h"
#include "client/trace.h"
#include "reactor/reactor.h"
#include "vfs/filesystem.h"
#include "vfs/step_backend.h"

namespace strait::tool {

struct MountSpec {
    std::string prefix, url;
};
// "/a=URL;/b=URL". Errc::inval.
Result<std::vector<MountSpec>> parse_mounts(std::string_view text);

class AgentMounts {
  public:
    // `trace` hears of every RPC; it outlives this. `folder` is the agent's: servers know its
    // mounts from one agent's life to the next.
    AgentMounts(Reactor& reactor, client::TraceSink& trace, const std::string& folder);
    ~AgentMounts();

    // Connects what the specification names, at first use. The error is the first mount's that
    // fails; last_complaint() says more.
    Task<vfs::FileSystem*> files(std::string_view mounts);
    const std::string& last_complaint() const noexcept { return complaint_; }
    // A server, connected at first use: a backend to use and to drop. Who asks for the same place
    // with the same options of transport shares its connections.
    Task<std::unique_ptr<vfs::Backend>> server(const client::Url& url,
                                               client::MountOptions options);
    // What a `memory:` URL names. Unlike a client's server the store has to be told who asks:
    // client::process_credential().
    Result<std::unique_ptr<vfs::Backend>> memory_volume(const std::string& url);
    // Writes back and ends all of them.
    Task<> close();

  private:
    struct MemoryVolume {
        std::unique_ptr<vfs::Store> store;
        std::unique_ptr<vfs::StepBackend> backend;
    };
    Task<> mount(vfs::FileSystem& files, const MountSpec& spec);
    Task<> mount_server(vfs::FileSystem& files, const MountSpec& spec);
    Task<std::unique_ptr<vfs::FileSystem>> build(std::string_view mounts);

    Reactor& reactor_;
    client::TraceSink& trace_;
    const std::string identity_;
    Mutex building_, connecting_;
    // By what the connections depend on; they live as long as the agent.
    std::map<std::string, std::unique_ptr<vfs::Backend>> servers_;
    // Volumes of `memory:` URLs live as long as the agent, whatever mounts them.
    std::map<std::string, MemoryVolume> volumes_;
    std::map<std::string, std::unique_ptr<vfs::FileSystem>, std::less<>> systems_;
    std::string complaint_;
};

}  // namespace strait::tool
