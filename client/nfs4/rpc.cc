// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/rpc.h"

#include <algorithm>

#include "wire/nfs4/basic.h"

namespace strait::client::nfs4 {

namespace {

// RFC 5531 sections 8.2 and 9, RFC 5531 appendix A for AUTH_SYS.
constexpr uint32_t rpc_version = 2, msg_call = 0, msg_reply = 1;
constexpr uint32_t auth_none = 0, auth_sys = 1;
constexpr uint32_t msg_accepted = 0, most_groups = 16, most_verifier = 400;
constexpr uint32_t last_fragment = 0x80000000;

enum AcceptStat : uint32_t { success, prog_unavail, prog_mismatch, proc_unavail, garbage_args };

}  // namespace

wire::xdr::Writer::Slot write_call_head(wire::xdr::Writer& out, uint32_t xid,
                                        const vfs::Credential& credential) {
    auto mark = out.slot();
    out.u32(xid);
    out.u32(msg_call);
    out.u32(rpc_version);
    out.u32(wire::nfs4::NFS4_PROGRAM);
    out.u32(wire::nfs4::NFS_V4);
    out.u32(wire::nfs4::NFSPROC4_COMPOUND);
    // AUTH_SYS without stamp and machine name, which no server looks at.
    auto groups = std::min<uint32_t>(most_groups, credential.groups.size());
    out.u32(auth_sys);
    out.u32(5 * 4 + groups * 4);
    out.u32(0);
    out.u32(0);
    out.u32(credential.uid);
    out.u32(credential.gid);
    out.u32(groups);
    for (uint32_t i = 0; i < groups; i++) out.u32(credential.groups[i]);
    out.u32(auth_none);
    out.u32(0);
    return mark;
}

BufferChain finish_record(wire::xdr::Writer& out, wire::xdr::Writer::Slot mark) {
    out.set(mark, last_fragment | static_cast<uint32_t>(out.size() - 4));
    return out.take();
}

Result<> read_reply_head(wire::xdr::Reader& in) {
    in.u32();  // xid: the transport matched it
    if (in.u32() != msg_reply) return fail(Errc::protocol);
    bool denied = in.u32() != msg_accepted;
    if (denied) {
        bool bad_auth = in.u32() == 1;  // else RPC_MISMATCH
        uint32_t why = in.u32();
        if (!in.ok()) return fail(Errc::protocol);
        return fail(Error(bad_auth ? Errc::auth : Errc::notsup, Domain::rpc, why));
    }
    in.u32();
    in.opaque(most_verifier);
    uint32_t accepted = in.u32();
    if (!in.ok()) return fail(Errc::protocol);
    switch (accepted) {
        case success: return {};
        case prog_unavail:
        case prog_mismatch:
        case proc_unavail: return fail(Error(Errc::notsup, Domain::rpc, accepted));
        case garbage_args: return fail(Error(Errc::protocol, Domain::rpc, accepted));
        default: return fail(Error(Errc::serverfault, Domain::rpc, accepted));
    }
}

}  // namespace strait::client::nfs4
