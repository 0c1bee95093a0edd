// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One client's connection: reads records, answers them concurrently (replies may overtake each
// other), and reads no further while too much is under way or the peer does not take its replies.
// It belongs to one core.

#include "base/sync.h"
#include "reactor/tcp.h"
#include "server/metrics.h"
#include "server/rpc/program.h"
#include "wire/rpc/record.h"

namespace strait::server {

class Connection {
  public:
    Connection(TcpStream stream, uint64_t number, RpcProgram& program, SharedMetrics& metrics);

    // Until the peer leaves or drain() is called; all that was accepted is answered.
    Task<> serve();
    // No new calls; what is under way is answered.
    void drain() noexcept;
    // The peer is gone for us: replies are dropped.
    void abort() noexcept;

  private:
    Task<> receive_all();
    Task<bool> wait_for_room();
    Task<> answer(BufferChain record);
    Task<> respond(BufferChain record, wire::xdr::Writer& out);
    bool read_credential(const wire::rpc::opaque_auth& credential, Caller& caller) const;
    Task<> send(BufferChain reply);

    TcpStream stream_;
    RpcProgram& program_;
    SharedMetrics& metrics_;
    const Address peer_;
    const uint64_t number_;
    wire::rpc::RecordParser parser_;
    Nursery calls_;
    size_t running_calls_ = 0;
    size_t request_bytes_ = 0;  // of calls under way
    BufferChain outgoing_;
    bool sending_ = false;
    bool broken_ = false;
    Event room_;
};

}  // namespace strait::server
