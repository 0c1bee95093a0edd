// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// WRITE (RFC 8881 18.32). The data is slices of the record, never a copy.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct WRITE4args {
    stateid4 stateid;
    offset4 offset{};
    stable_how4 stable{};
    xdr::Payload<max_io> data;
    STRAIT_FIELDS(stateid, offset, stable, data)
};
struct WRITE4resok {
    count4 count{};
    stable_how4 committed{};
    verifier4 writeverf{};
    STRAIT_FIELDS(count, committed, writeverf)
};
struct WRITE4res {
    nfsstat4 status{};
    WRITE4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(WRITE)

}  // namespace strait::wire::nfs4
