// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// REMOVE (RFC 8881 18.25): a name of any type of object; directories must be empty.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct REMOVE4args {
    component4 target;
    STRAIT_FIELDS(target)
};
struct REMOVE4resok {
    change_info4 cinfo;
    STRAIT_FIELDS(cinfo)
};
struct REMOVE4res {
    nfsstat4 status{};
    REMOVE4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(REMOVE)

}  // namespace strait::wire::nfs4
