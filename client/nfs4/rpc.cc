// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/rpc.h"

#include <algorithm>

#include "wire/nfs4/basic.h"
#include "wire/rpc/message.h"
#include "wire/rpc/record.h"

namespace strait::client::nfs4 {

using namespace wire;

xdr::Writer::Slot write_call_head(xdr::Writer& out, uint32_t xid,
                                  const vfs::Credential& credential) {
    xdr::Writer::Slot mark = rpc::begin_record(out);
    // authsys_parms, without a stamp and a machine name, which no server looks at.
    constexpr uint32_t most_groups = 16;
    std::array<std::byte, (5 + most_groups) * 4> body;
    uint32_t used = 0;
    auto put = [&](uint32_t value) {
        value = __builtin_bswap32(value);
        std::memcpy(&body[used], &value, 4);
        used += 4;
    };
    auto groups = std::min<uint32_t>(most_groups, credential.groups.size());
    put(0);
    put(0);
    put(credential.uid);
    put(credential.gid);
    put(groups);
    for (uint32_t i = 0; i < groups; i++) put(credential.groups[i]);
    rpc::call_body call;
    call.prog = wire::nfs4::NFS4_PROGRAM;
    call.vers = wire::nfs4::NFS_V4;
    call.proc = wire::nfs4::NFSPROC4_COMPOUND;
    call.cred = {rpc::AUTH_SYS, Bytes(body.data(), used)};
    rpc::write_call(out, xid, call);
    return mark;
}

Result<> read_reply_head(xdr::Reader& in) {
    rpc::rpc_msg message;
    if (!read(in, message) || message.body.mtype != rpc::REPLY) return fail(Errc::protocol);
    return rpc::check_reply(message.body.rbody);
}

}  // namespace strait::client::nfs4
