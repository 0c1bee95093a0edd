// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The operations: one list (name, number, minor version that brought it, text of its RFC section),
// and what follows from it.

#include <cstdint>
#include <string_view>

namespace strait::wire::nfs4 {

// X(NAME, number, minor, source). Every operation has NAME4args and NAME4res, also where the RFC
// says void.
#define STRAIT_NFS4_OP_LIST(X)                       \
    X(ACCESS, 3, 0, "RFC 8881 18.1")                 \
    X(CLOSE, 4, 0, "RFC 8881 18.2")                  \
    X(COMMIT, 5, 0, "RFC 8881 18.3")                 \
    X(CREATE, 6, 0, "RFC 8881 18.4")                 \
    X(DELEGPURGE, 7, 0, "RFC 8881 18.5")             \
    X(DELEGRETURN, 8, 0, "RFC 8881 18.6")            \
    X(GETATTR, 9, 0, "RFC 8881 18.7")                \
    X(GETFH, 10, 0, "RFC 8881 18.8")                 \
    X(LINK, 11, 0, "RFC 8881 18.9")                  \
    X(LOCK, 12, 0, "RFC 8881 18.10")                 \
    X(LOCKT, 13, 0, "RFC 8881 18.11")                \
    X(LOCKU, 14, 0, "RFC 8881 18.12")                \
    X(LOOKUP, 15, 0, "RFC 8881 18.13")               \
    X(LOOKUPP, 16, 0, "RFC 8881 18.14")              \
    X(NVERIFY, 17, 0, "RFC 8881 18.15")              \
    X(OPEN, 18, 0, "RFC 8881 18.16")                 \
    X(OPENATTR, 19, 0, "RFC 8881 18.17")             \
    X(OPEN_CONFIRM, 20, 0, "RFC 7530 16.18")         \
    X(OPEN_DOWNGRADE, 21, 0, "RFC 8881 18.18")       \
    X(PUTFH, 22, 0, "RFC 8881 18.19")                \
    X(PUTPUBFH, 23, 0, "RFC 8881 18.20")             \
    X(PUTROOTFH, 24, 0, "RFC 8881 18.21")            \
    X(READ, 25, 0, "RFC 8881 18.22")                 \
    X(READDIR, 26, 0, "RFC 8881 18.23")              \
    X(READLINK, 27, 0, "RFC 8881 18.24")             \
    X(REMOVE, 28, 0, "RFC 8881 18.25")               \
    X(RENAME, 29, 0, "RFC 8881 18.26")               \
    X(RENEW, 30, 0, "RFC 7530 16.28")                \
    X(RESTOREFH, 31, 0, "RFC 8881 18.27")            \
    X(SAVEFH, 32, 0, "RFC 8881 18.28")               \
    X(SECINFO, 33, 0, "RFC 8881 18.29")              \
    X(SETATTR, 34, 0, "RFC 8881 18.30")              \
    X(SETCLIENTID, 35, 0, "RFC 7530 16.33")          \
    X(SETCLIENTID_CONFIRM, 36, 0, "RFC 7530 16.34")  \
    X(VERIFY, 37, 0, "RFC 8881 18.31")               \
    X(WRITE, 38, 0, "RFC 8881 18.32")                \
    X(RELEASE_LOCKOWNER, 39, 0, "RFC 7530 16.37")    \
    X(BACKCHANNEL_CTL, 40, 1, "RFC 8881 18.33")      \
    X(BIND_CONN_TO_SESSION, 41, 1, "RFC 8881 18.34") \
    X(EXCHANGE_ID, 42, 1, "RFC 8881 18.35")          \
    X(CREATE_SESSION, 43, 1, "RFC 8881 18.36")       \
    X(DESTROY_SESSION, 44, 1, "RFC 8881 18.37")      \
    X(FREE_STATEID, 45, 1, "RFC 8881 18.38")         \
    X(GET_DIR_DELEGATION, 46, 1, "RFC 8881 18.39")   \
    X(GETDEVICEINFO, 47, 1, "RFC 8881 18.40")        \
    X(GETDEVICELIST, 48, 1, "RFC 8881 18.41")        \
    X(LAYOUTCOMMIT, 49, 1, "RFC 8881 18.42")         \
    X(LAYOUTGET, 50, 1, "RFC 8881 18.43")            \
    X(LAYOUTRETURN, 51, 1, "RFC 8881 18.44")         \
    X(SECINFO_NO_NAME, 52, 1, "RFC 8881 18.45")      \
    X(SEQUENCE, 53, 1, "RFC 8881 18.46")             \
    X(SET_SSV, 54, 1, "RFC 8881 18.47")              \
    X(TEST_STATEID, 55, 1, "RFC 8881 18.48")         \
    X(WANT_DELEGATION, 56, 1, "RFC 8881 18.49")      \
    X(DESTROY_CLIENTID, 57, 1, "RFC 8881 18.50")     \
    X(RECLAIM_COMPLETE, 58, 1, "RFC 8881 18.51")     \
    X(ALLOCATE, 59, 2, "RFC 7862 15.1")              \
    X(COPY, 60, 2, "RFC 7862 15.2")                  \
    X(COPY_NOTIFY, 61, 2, "RFC 7862 15.3")           \
    X(DEALLOCATE, 62, 2, "RFC 7862 15.4")            \
    X(IO_ADVISE, 63, 2, "RFC 7862 15.5")             \
    X(LAYOUTERROR, 64, 2, "RFC 7862 15.6")           \
    X(LAYOUTSTATS, 65, 2, "RFC 7862 15.7")           \
    X(OFFLOAD_CANCEL, 66, 2, "RFC 7862 15.8")        \
    X(OFFLOAD_STATUS, 67, 2, "RFC 7862 15.9")        \
    X(READ_PLUS, 68, 2, "RFC 7862 15.10")            \
    X(SEEK, 69, 2, "RFC 7862 15.11")                 \
    X(WRITE_SAME, 70, 2, "RFC 7862 15.12")           \
    X(CLONE, 71, 2, "RFC 7862 15.13")                \
    X(GETXATTR, 72, 2, "RFC 8276 8.4.1")             \
    X(SETXATTR, 73, 2, "RFC 8276 8.4.2")             \
    X(LISTXATTRS, 74, 2, "RFC 8276 8.4.3")           \
    X(REMOVEXATTR, 75, 2, "RFC 8276 8.4.4")

enum nfs_opnum4 : uint32_t {
#define X(name, number, minor, source) OP_##name = number,
    STRAIT_NFS4_OP_LIST(X)
#undef X
        OP_ILLEGAL = 10044
};

// The callback program's operations (RFC 8881 20, RFC 7862 16). Every one has NAME4args and
// NAME4res.
#define STRAIT_NFS4_CB_OP_LIST(X)                     \
    X(CB_GETATTR, 3, 0, "RFC 8881 20.1")              \
    X(CB_RECALL, 4, 0, "RFC 8881 20.2")               \
    X(CB_LAYOUTRECALL, 5, 1, "RFC 8881 20.3")         \
    X(CB_NOTIFY, 6, 1, "RFC 8881 20.4")               \
    X(CB_PUSH_DELEG, 7, 1, "RFC 8881 20.5")           \
    X(CB_RECALL_ANY, 8, 1, "RFC 8881 20.6")           \
    X(CB_RECALLABLE_OBJ_AVAIL, 9, 1, "RFC 8881 20.7") \
    X(CB_RECALL_SLOT, 10, 1, "RFC 8881 20.8")         \
    X(CB_SEQUENCE, 11, 1, "RFC 8881 20.9")            \
    X(CB_WANTS_CANCELLED, 12, 1, "RFC 8881 20.10")    \
    X(CB_NOTIFY_LOCK, 13, 1, "RFC 8881 20.11")        \
    X(CB_NOTIFY_DEVICEID, 14, 1, "RFC 8881 20.12")    \
    X(CB_OFFLOAD, 15, 2, "RFC 7862 16.1")

enum nfs_cb_opnum4 : uint32_t {
#define X(name, number, minor, source) OP_##name = number,
    STRAIT_NFS4_CB_OP_LIST(X)
#undef X
        OP_CB_ILLEGAL = 10044
};

// "LOOKUP", "ILLEGAL"; "?" for a number that is no operation.
std::string_view to_string(nfs_opnum4 op);
std::string_view to_string(nfs_cb_opnum4 op);

// Does minor version `minor` (1 or 2) know this number? The NFSv4.0 leftovers count as known
// (answered NFS4ERR_NOTSUPP).
bool is_known(nfs_opnum4 op, uint32_t minor);
bool is_known(nfs_cb_opnum4 op, uint32_t minor);

}  // namespace strait::wire::nfs4
