// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a connection hands calls to: one RPC program (RFC 5531), in the versions it speaks.

#include <cstdint>

#include "base/task.h"
#include "server/caller.h"
#include "wire/rpc/message.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::server {

// Called on any core, concurrently.
class RpcProgram {
  public:
    virtual ~RpcProgram() = default;
    virtual uint32_t number() const noexcept = 0;
    virtual uint32_t version() const noexcept = 0;

    // Answers a call: the results go into `results`, unless the outcome is not SUCCESS.
    // `record_bytes`: size of the whole call. `args` and `caller` outlive the task.
    virtual Task<wire::rpc::accept_stat> call(uint32_t procedure, wire::xdr::Reader& args,
                                              const Caller& caller, size_t record_bytes,
                                              wire::xdr::Writer& results) = 0;
};

}  // namespace strait::server
