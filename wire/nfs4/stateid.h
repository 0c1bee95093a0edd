// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// TEST_STATEID and FREE_STATEID (RFC 8881 18.48, 18.38): what became of my state?

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct TEST_STATEID4args {
    xdr::List<stateid4, 4096> ts_stateids;
    STRAIT_FIELDS(ts_stateids)
};
struct TEST_STATEID4resok {
    xdr::List<nfsstat4, 4096> tsr_status_codes;
    STRAIT_FIELDS(tsr_status_codes)
};
struct TEST_STATEID4res {
    nfsstat4 tsr_status{};
    TEST_STATEID4resok tsr_resok4;
    STRAIT_RESULT(tsr_status, tsr_resok4)
};
STRAIT_NFS4_OP(TEST_STATEID)

struct FREE_STATEID4args {
    stateid4 fsa_stateid;
    STRAIT_FIELDS(fsa_stateid)
};
struct FREE_STATEID4res {
    nfsstat4 fsr_status{};
    STRAIT_FIELDS(fsr_status)
};
STRAIT_NFS4_OP(FREE_STATEID)

}  // namespace strait::wire::nfs4
