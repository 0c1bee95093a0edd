// SPDX-License-Identifier: LGPL-2.1-or-later
// Operations that exist, and that this server answers with a proper refusal: no delegations, no
// pNFS, no SSV, and NFSv4.0's own.

#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/delegation.h"
#include "wire/nfs4/layout.h"
#include "wire/nfs4/obsolete.h"
#include "wire/nfs4/read_plus.h"
#include "wire/nfs4/set_ssv.h"

namespace strait::server::nfs4 {
namespace {

template <class Args, class Res, nfsstat4 why>
class Refused final : public StateOperation<Args, Res> {
    Task<nfsstat4> run(Program&) override { co_return why; }
};

}  // namespace

#define REFUSED(name, NAME, why)                                                  \
    std::unique_ptr<Operation> make_##name() {                                    \
        return make_operation<Refused<NAME##4args, NAME##4res, NFS4ERR_##why>>(); \
    }
REFUSED(delegpurge, DELEGPURGE, NOTSUPP)
REFUSED(delegreturn, DELEGRETURN, BAD_STATEID)
REFUSED(want_delegation, WANT_DELEGATION, NOTSUPP)
REFUSED(get_dir_delegation, GET_DIR_DELEGATION, NOTSUPP)
REFUSED(getdeviceinfo, GETDEVICEINFO, NOENT)
REFUSED(getdevicelist, GETDEVICELIST, NOTSUPP)
REFUSED(layoutget, LAYOUTGET, LAYOUTUNAVAILABLE)
REFUSED(layoutcommit, LAYOUTCOMMIT, BADLAYOUT)
REFUSED(layoutreturn, LAYOUTRETURN, NOTSUPP)
REFUSED(layouterror, LAYOUTERROR, NOTSUPP)
REFUSED(layoutstats, LAYOUTSTATS, NOTSUPP)
REFUSED(set_ssv, SET_SSV, NOTSUPP)
REFUSED(write_same, WRITE_SAME, NOTSUPP)
REFUSED(open_confirm, OPEN_CONFIRM, NOTSUPP)
REFUSED(renew, RENEW, NOTSUPP)
REFUSED(setclientid, SETCLIENTID, NOTSUPP)
REFUSED(setclientid_confirm, SETCLIENTID_CONFIRM, NOTSUPP)
REFUSED(release_lockowner, RELEASE_LOCKOWNER, NOTSUPP)
#undef REFUSED

}  // namespace strait::server::nfs4
