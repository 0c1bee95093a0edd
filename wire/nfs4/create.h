// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// CREATE (RFC 8881 18.4): makes anything but a regular file.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/fattr4.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct createtype4 {
    nfs_ftype4 type = NF4DIR;
    linktext4 linkdata;
    specdata4 devdata;
    // Other types have no arm data: the server answers NFS4ERR_BADTYPE.
    STRAIT_UNION(type, STRAIT_ARM(linkdata, NF4LNK), STRAIT_ARM(devdata, NF4BLK, NF4CHR),
                 STRAIT_OTHERWISE_VOID)
};
struct CREATE4args {
    createtype4 objtype;
    component4 objname;
    fattr4 createattrs;
    STRAIT_FIELDS(objtype, objname, createattrs)
};
struct CREATE4resok {
    change_info4 cinfo;
    bitmap4 attrset;
    STRAIT_FIELDS(cinfo, attrset)
};
struct CREATE4res {
    nfsstat4 status{};
    CREATE4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(CREATE)

}  // namespace strait::wire::nfs4
