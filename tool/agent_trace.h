// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Every RPC of the agent: counted, and told in a line to those who listen (strait run --trace).

#include <string>
#include <vector>

#include "client/trace.h"
#include "reactor/descriptor.h"

namespace strait::tool {

class AgentTrace final : public client::TraceSink {
  public:
    // Lines go to the FIFO at `path` until its reader leaves. A reader too slow misses lines: RPCs
    // never wait for it.
    Result<> listen(const std::string& path);
    void rpc(const client::RpcTrace& trace) override;
    void connected(std::string_view server, bool again) override;
    void lost(std::string_view server, Error why) override;

    client::RpcCounters counters;

  private:
    void tell(std::string line);
    std::vector<Descriptor> listeners_;
};

}  // namespace strait::tool
