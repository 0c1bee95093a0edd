// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// VERIFY and NVERIFY (RFC 8881 18.31, 18.15): goes on only if attributes are, or are not, as given.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/fattr4.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct VERIFY4args {
    fattr4 obj_attributes;
    STRAIT_FIELDS(obj_attributes)
};
struct VERIFY4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(VERIFY)

struct NVERIFY4args {
    fattr4 obj_attributes;
    STRAIT_FIELDS(obj_attributes)
};
struct NVERIFY4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(NVERIFY)

}  // namespace strait::wire::nfs4
