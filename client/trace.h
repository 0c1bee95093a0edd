// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What each RPC was and what it cost: one sink for --trace, `strait stats` and the tests that count
// round trips.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace strait::client {

// One RPC that has ended. Views live during the call only.
struct RpcTrace {
    std::string_view server;      // "nas:2049"
    std::string_view operations;  // "SEQUENCE PUTFH READ", the operations that were sent
    uint32_t operation_count = 0;
    uint64_t request_bytes = 0, reply_bytes = 0;  // on the wire, record marks included
    Duration took{};
    uint32_t sends = 1;           // more than one: sent again after a lost connection
    Error status{Errc::ok};       // what stopped the compound, or why no reply came
    std::string_view stopped_at;  // the operation that the server refused; empty when none was
    uint32_t minor = 0;           // of NFSv4
    uint32_t uid = 0;             // on whose behalf
};

class TraceSink {
  public:
    virtual ~TraceSink() = default;
    // An RPC came to its end.
    virtual void rpc(const RpcTrace& trace) = 0;
    // A connection came up (`again`: after one was lost) or was lost.
    virtual void connected(std::string_view server, bool again) {
        (void)server;
        (void)again;
    }
    virtual void lost(std::string_view server, Error why) {
        (void)server;
        (void)why;
    }
};

// Counts everything.
class RpcCounters final : public TraceSink {
  public:
    RpcCounters() = default;
    RpcCounters(RpcCounters&&) = default;
    RpcCounters& operator=(RpcCounters&&) = default;

    void rpc(const RpcTrace& trace) override;
    void connected(std::string_view server, bool again) override;

    uint64_t rpcs = 0;
    uint64_t connects = 0;
    uint64_t resends = 0;
    uint64_t failed = 0;
    uint64_t request_bytes = 0, reply_bytes = 0;
    Duration waited{};
    std::map<std::string, uint64_t, std::less<>> operations;  // "READ" -> how many were sent

  private:
    using Rows = std::vector<uint64_t*>;
    Rows rows_of(std::string_view words);

    // By the list of operations: the rows of `operations`, which stay where they are.
    std::map<std::string, Rows, std::less<>> lists_;
};

}  // namespace strait::client
