// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What travelled: --trace prints it as it happens, --stats sums it up, and the report of an error
// finds here which operation the server refused.

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "client/trace.h"

namespace strait::tool {

// An RPC that a server refused.
struct Refusal {
    std::string server;
    std::string operation;  // "OPEN"; empty when the reply does not tell
    Error status{Errc::ok};
    uint32_t minor = 0;
    uint32_t uid = 0;
};

class Tracer final : public client::TraceSink {
  public:
    // `watched`: somebody sits there and wants to know that a server has gone and is waited for.
    explicit Tracer(bool print, bool watched = false) : print_(print), watched_(watched) {}

    void rpc(const client::RpcTrace& trace) override;
    void connected(std::string_view server, bool again) override;
    void lost(std::string_view server, Error why) override;

    const client::RpcCounters& counters() const { return counters_; }
    // How often somebody had to wait for the network, one after the other: the longest chain of
    // RPCs that did not overlap, and the connections.
    uint64_t round_trips() const { return chain_ + counters_.connects; }
    uint64_t rpcs_to(std::string_view server) const;
    // The latest refusal by `server` with this status.
    std::optional<Refusal> refusal(std::string_view server, Error status) const;
    // The table of --stats.
    std::string summary() const;

  private:
    void remember(const client::RpcTrace& trace);

    bool print_;
    bool watched_;
    client::RpcCounters counters_;
    std::map<std::string, uint64_t, std::less<>> by_server_;
    uint64_t chain_ = 0;
    MonoTime chain_end_{};
    std::deque<Refusal> refusals_;  // the newest first
};

// "SEQUENCE PUTFH READ" on one line with sizes and time, as --trace prints it.
std::string trace_line(const client::RpcTrace& trace);

}  // namespace strait::tool
