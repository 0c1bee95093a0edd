// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// CLOSE (RFC 8881 18.2): ends an open. `seqid` is unused since NFSv4.1.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct CLOSE4args {
    seqid4 seqid{};
    stateid4 open_stateid;
    STRAIT_FIELDS(seqid, open_stateid)
};
struct CLOSE4res {
    nfsstat4 status{};
    stateid4 open_stateid;
    STRAIT_RESULT(status, open_stateid)
};
STRAIT_NFS4_OP(CLOSE)

}  // namespace strait::wire::nfs4
