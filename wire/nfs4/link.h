// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// LINK (RFC 8881 18.9): saved filehandle = the object, current = the directory of the new name.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct LINK4args {
    component4 newname;
    STRAIT_FIELDS(newname)
};
struct LINK4resok {
    change_info4 cinfo;
    STRAIT_FIELDS(cinfo)
};
struct LINK4res {
    nfsstat4 status{};
    LINK4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(LINK)

}  // namespace strait::wire::nfs4
