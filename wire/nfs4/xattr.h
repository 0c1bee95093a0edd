// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Extended attributes (RFC 8276 8.4): names without their "user." prefix.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

using xattrkey4 = component4;
// Linux lists at most 64 KiB of a value; room for servers that allow more.
using xattrvalue4 = xdr::Opaque<1024 * 1024>;

struct GETXATTR4args {
    xattrkey4 gxa_name;
    STRAIT_FIELDS(gxa_name)
};
struct GETXATTR4res {
    nfsstat4 gxr_status{};
    xattrvalue4 gxr_value;
    STRAIT_RESULT(gxr_status, gxr_value)
};
STRAIT_NFS4_OP(GETXATTR)

enum setxattr_option4 : uint32_t {
    SETXATTR4_EITHER = 0,
    SETXATTR4_CREATE = 1,
    SETXATTR4_REPLACE = 2
};
struct SETXATTR4args {
    setxattr_option4 sxa_option{};
    xattrkey4 sxa_key;
    xattrvalue4 sxa_value;
    STRAIT_FIELDS(sxa_option, sxa_key, sxa_value)
};
struct SETXATTR4res {
    nfsstat4 sxr_status{};
    change_info4 sxr_info;
    STRAIT_RESULT(sxr_status, sxr_info)
};
STRAIT_NFS4_OP(SETXATTR)

struct LISTXATTRS4args {
    nfs_cookie4 lxa_cookie{};
    count4 lxa_maxcount{};
    STRAIT_FIELDS(lxa_cookie, lxa_maxcount)
};
struct LISTXATTRS4resok {
    nfs_cookie4 lxr_cookie{};
    xdr::List<xattrkey4, 65536> lxr_names;
    bool lxr_eof{};
    STRAIT_FIELDS(lxr_cookie, lxr_names, lxr_eof)
};
struct LISTXATTRS4res {
    nfsstat4 lxr_status{};
    LISTXATTRS4resok lxr_value;
    STRAIT_RESULT(lxr_status, lxr_value)
};
STRAIT_NFS4_OP(LISTXATTRS)

struct REMOVEXATTR4args {
    xattrkey4 rxa_name;
    STRAIT_FIELDS(rxa_name)
};
struct REMOVEXATTR4res {
    nfsstat4 rxr_status{};
    change_info4 rxr_info;
    STRAIT_RESULT(rxr_status, rxr_info)
};
STRAIT_NFS4_OP(REMOVEXATTR)

}  // namespace strait::wire::nfs4
