// SPDX-License-Identifier: LGPL-2.1-or-later
// EXCHANGE_ID, DESTROY_CLIENTID, RECLAIM_COMPLETE: a client comes, leaves, and has reclaimed all.

#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/exchange_id.h"
#include "wire/nfs4/sequence.h"

namespace strait::server::nfs4 {
namespace {

constexpr uint32_t client_flags = EXCHGID4_FLAG_SUPP_MOVED_REFER | EXCHGID4_FLAG_SUPP_MOVED_MIGR |
                                  EXCHGID4_FLAG_BIND_PRINC_STATEID | EXCHGID4_FLAG_MASK_PNFS |
                                  EXCHGID4_FLAG_UPD_CONFIRMED_REC_A;

class ExchangeId final : public StateOperation<EXCHANGE_ID4args, EXCHANGE_ID4res> {
    size_t reply_bound(const Call&) const override { return 160; }

    Task<nfsstat4> run(Program& program) override {
        Call& call = program.call();
        uint32_t known = client_flags | (call.minor >= 2 ? EXCHGID4_FLAG_SUPP_FENCE_OPS : 0);
        if (args.eia_flags & ~known) co_return NFS4ERR_INVAL;
        // State protection by a machine's credential or a secret stands on RPCSEC_GSS.
        if (args.eia_state_protect.spa_how == SP4_MACH_CRED) co_return NFS4ERR_INVAL;
        if (args.eia_state_protect.spa_how == SP4_SSV) co_return NFS4ERR_ENCR_ALG_UNSUPP;
        auto told = call.service.clients().exchange_id(
            args.eia_clientowner.co_ownerid.text(), args.eia_clientowner.co_verifier,
            call.principal(), args.eia_flags & EXCHGID4_FLAG_UPD_CONFIRMED_REC_A);
        if (!told) co_return told.error();
        if (told->discarded) co_await call.service.expire(told->discarded);
        answer(call, *told);
        co_return NFS4_OK;
    }

    void answer(Call& call, const ExchangedId& told) {
        EXCHANGE_ID4resok& ok = res.eir_resok4;
        ok.eir_clientid = told.clientid;
        ok.eir_sequenceid = told.sequence;
        ok.eir_flags = EXCHGID4_FLAG_USE_NON_PNFS;
        if (told.confirmed) ok.eir_flags |= EXCHGID4_FLAG_CONFIRMED_R;
        // The same after a restart on the same state directory: the client may reclaim.
        Bytes identity(call.service.state_dir().identity());
        ok.eir_server_owner.so_major_id = xdr::Opaque<NFS4_OPAQUE_LIMIT>(identity);
        ok.eir_server_scope = xdr::Opaque<NFS4_OPAQUE_LIMIT>(identity);
        nfs_impl_id4 us;
        us.nii_name = "straitd";
        ok.eir_server_impl_id = us;
    }
};

class DestroyClientId final : public StateOperation<DESTROY_CLIENTID4args, DESTROY_CLIENTID4res> {
    Task<nfsstat4> run(Program& program) override {
        Call& call = program.call();
        auto gone = call.service.clients().destroy_client(args.dca_clientid);
        if (!gone) co_return gone.error();
        co_await call.service.expire(*gone);
        co_return NFS4_OK;
    }
};

class ReclaimComplete final : public StateOperation<RECLAIM_COMPLETE4args, RECLAIM_COMPLETE4res> {
    Task<nfsstat4> run(Program& program) override {
        Call& call = program.call();
        // Of one file system only: nothing migrates here, so there is nothing to note.
        if (args.rca_one_fs) co_return program.current().set() ? NFS4_OK : NFS4ERR_NOFILEHANDLE;
        if (call.client().reclaim_complete) co_return NFS4ERR_COMPLETE_ALREADY;
        bool written = co_await call.service.reclaim_completed(call.session->client_ref());
        co_return written ? NFS4_OK : NFS4ERR_DELAY;
    }
};

}  // namespace

std::unique_ptr<Operation> make_exchange_id() { return make_operation<ExchangeId>(); }
std::unique_ptr<Operation> make_destroy_clientid() { return make_operation<DestroyClientId>(); }
std::unique_ptr<Operation> make_reclaim_complete() { return make_operation<ReclaimComplete>(); }

}  // namespace strait::server::nfs4
