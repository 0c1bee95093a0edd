// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What moves the current and the saved filehandle (RFC 8881 18.8, 18.19 to 18.21, 18.27, 18.28).

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct GETFH4args {
    STRAIT_NO_FIELDS
};
struct GETFH4resok {
    nfs_fh4 object;
    STRAIT_FIELDS(object)
};
struct GETFH4res {
    nfsstat4 status{};
    GETFH4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(GETFH)

struct PUTFH4args {
    nfs_fh4 object;
    STRAIT_FIELDS(object)
};
struct PUTFH4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(PUTFH)

struct PUTPUBFH4args {
    STRAIT_NO_FIELDS
};
struct PUTPUBFH4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(PUTPUBFH)

struct PUTROOTFH4args {
    STRAIT_NO_FIELDS
};
struct PUTROOTFH4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(PUTROOTFH)

struct RESTOREFH4args {
    STRAIT_NO_FIELDS
};
struct RESTOREFH4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(RESTOREFH)

struct SAVEFH4args {
    STRAIT_NO_FIELDS
};
struct SAVEFH4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(SAVEFH)

}  // namespace strait::wire::nfs4
