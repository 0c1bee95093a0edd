// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// RENAME (RFC 8881 18.26): saved filehandle = source directory, current = target directory.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct RENAME4args {
    component4 oldname;
    component4 newname;
    STRAIT_FIELDS(oldname, newname)
};
struct RENAME4resok {
    change_info4 source_cinfo;
    change_info4 target_cinfo;
    STRAIT_FIELDS(source_cinfo, target_cinfo)
};
struct RENAME4res {
    nfsstat4 status{};
    RENAME4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(RENAME)

}  // namespace strait::wire::nfs4
