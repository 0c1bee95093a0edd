// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// READLINK (RFC 8881 18.24).

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct READLINK4args {
    STRAIT_NO_FIELDS
};
struct READLINK4resok {
    linktext4 link;
    STRAIT_FIELDS(link)
};
struct READLINK4res {
    nfsstat4 status{};
    READLINK4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(READLINK)

}  // namespace strait::wire::nfs4
