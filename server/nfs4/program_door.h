// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// NFSv4 as an RPC program: NULL and COMPOUND.

#include "server/nfs4/service.h"
#include "server/rpc/program.h"

namespace strait::server::nfs4 {

class Nfs4Program final : public RpcProgram {
  public:
    explicit Nfs4Program(Service& service) : service_(service) {}
    uint32_t number() const noexcept override { return NFS4_PROGRAM; }
    uint32_t version() const noexcept override { return NFS_V4; }
    Task<wire::rpc::accept_stat> call(uint32_t procedure, wire::xdr::Reader& args,
                                      const Caller& caller, size_t record_bytes,
                                      wire::xdr::Writer& results) override;

  private:
    Service& service_;
};

// For the metrics' text: names of operations and statuses.
std::string operation_name(uint32_t number);
std::string status_name(uint32_t number);

}  // namespace strait::server::nfs4
