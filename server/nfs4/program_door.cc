// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/program_door.h"

#include <fmt/format.h>

#include "wire/nfs4/opnum.h"

namespace strait::server::nfs4 {

Task<wire::rpc::accept_stat> Nfs4Program::call(uint32_t procedure, wire::xdr::Reader& args,
                                               const Caller& caller, size_t record_bytes,
                                               wire::xdr::Writer& results) {
    if (procedure == NFSPROC4_NULL) co_return wire::rpc::SUCCESS;
    if (procedure != NFSPROC4_COMPOUND) co_return wire::rpc::PROC_UNAVAIL;
    Result<BufferChain> reply = co_await service_.compound(args, caller, record_bytes).result();
    if (!reply)
        co_return reply.error() == Errc::protocol ? wire::rpc::GARBAGE_ARGS : wire::rpc::SYSTEM_ERR;
    results.splice(std::move(*reply));
    co_return wire::rpc::SUCCESS;
}

std::string operation_name(uint32_t number) {
    auto name = to_string(static_cast<nfs_opnum4>(number));
    return name == "?" ? std::string("ILLEGAL") : std::string(name);
}

std::string status_name(uint32_t number) {
    auto name = to_string(static_cast<nfsstat4>(number));
    return name.ends_with('?') ? fmt::format("{}", number) : std::string(name);
}

}  // namespace strait::server::nfs4
