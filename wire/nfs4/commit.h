// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// COMMIT (RFC 8881 18.3): makes unstable writes stable. count 0 means to the end.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct COMMIT4args {
    offset4 offset{};
    count4 count{};
    STRAIT_FIELDS(offset, count)
};
struct COMMIT4resok {
    verifier4 writeverf{};
    STRAIT_FIELDS(writeverf)
};
struct COMMIT4res {
    nfsstat4 status{};
    COMMIT4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(COMMIT)

}  // namespace strait::wire::nfs4
