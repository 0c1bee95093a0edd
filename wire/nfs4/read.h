// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// READ (RFC 8881 18.22). The data is slices of the record, never a copy.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct READ4args {
    stateid4 stateid;
    offset4 offset{};
    count4 count{};
    STRAIT_FIELDS(stateid, offset, count)
};
struct READ4resok {
    bool eof{};
    xdr::Payload<max_io> data;
    STRAIT_FIELDS(eof, data)
};
struct READ4res {
    nfsstat4 status{};
    READ4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(READ)

}  // namespace strait::wire::nfs4
