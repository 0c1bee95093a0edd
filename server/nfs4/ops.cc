// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/ops.h"

#include <array>

namespace strait::server::nfs4 {

namespace {

constexpr bool fh = true;    // needs a current filehandle
constexpr bool idem = true;  // may run twice
constexpr bool mod = true;   // changes the file system
constexpr bool no = false;

// clang-format off
constexpr OperationRow table[] = {
    {OP_ACCESS,               "ACCESS",               1,2, make_access,               fh, idem, no},
    {OP_CLOSE,                "CLOSE",                1,2, make_close,                fh, no,   no},
    {OP_COMMIT,               "COMMIT",               1,2, make_commit,               fh, idem, no},
    {OP_CREATE,               "CREATE",               1,2, make_create,               fh, no, mod},
    {OP_DELEGPURGE,           "DELEGPURGE",           1,2, make_delegpurge,           no, idem, no},
    {OP_DELEGRETURN,          "DELEGRETURN",          1,2, make_delegreturn,          fh, no,   no},
    {OP_GETATTR,              "GETATTR",              1,2, make_getattr,              fh, idem, no},
    {OP_GETFH,                "GETFH",                1,2, make_getfh,                fh, idem, no},
    {OP_LINK,                 "LINK",                 1,2, make_link,                 fh, no, mod},
    {OP_LOCK,                 "LOCK",                 1,2, make_lock,                 fh, no,   no},
    {OP_LOCKT,                "LOCKT",                1,2, make_lockt,                fh, idem, no},
    {OP_LOCKU,                "LOCKU",                1,2, make_locku,                fh, no,   no},
    {OP_LOOKUP,               "LOOKUP",               1,2, make_lookup,               fh, idem, no},
    {OP_LOOKUPP,              "LOOKUPP",              1,2, make_lookupp,              fh, idem, no},
    {OP_NVERIFY,              "NVERIFY",              1,2, make_nverify,              fh, idem, no},
    {OP_OPEN,                 "OPEN",                 1,2, make_open,                 fh, no,   no},
    {OP_OPENATTR,             "OPENATTR",             1,2, make_openattr,             fh, idem, no},
    {OP_OPEN_CONFIRM,         "OPEN_CONFIRM",         1,2, make_open_confirm,         no, idem, no},
    {OP_OPEN_DOWNGRADE,       "OPEN_DOWNGRADE",       1,2, make_open_downgrade,       fh, no,   no},
    {OP_PUTFH,                "PUTFH",                1,2, make_putfh,                no, idem, no},
    {OP_PUTPUBFH,             "PUTPUBFH",             1,2, make_putpubfh,             no, idem, no},
    {OP_PUTROOTFH,            "PUTROOTFH",            1,2, make_putrootfh,            no, idem, no},
    {OP_READ,                 "READ",                 1,2, make_read,                 fh, idem, no},
    {OP_READDIR,              "READDIR",              1,2, make_readdir,              fh, idem, no},
    {OP_READLINK,             "READLINK",             1,2, make_readlink,             fh, idem, no},
    {OP_REMOVE,               "REMOVE",               1,2, make_remove,               fh, no, mod},
    {OP_RENAME,               "RENAME",               1,2, make_rename,               fh, no, mod},
    {OP_RENEW,                "RENEW",                1,2, make_renew,                no, idem, no},
    {OP_RESTOREFH,            "RESTOREFH",            1,2, make_restorefh,            no, idem, no},
    {OP_SAVEFH,               "SAVEFH",               1,2, make_savefh,               fh, idem, no},
    {OP_SECINFO,              "SECINFO",              1,2, make_secinfo,              fh, idem, no},
    {OP_SETATTR,              "SETATTR",              1,2, make_setattr,              fh, no, mod},
    {OP_SETCLIENTID,          "SETCLIENTID",          1,2, make_setclientid,          no, idem, no},
    {OP_SETCLIENTID_CONFIRM,  "SETCLIENTID_CONFIRM",  1,2, make_setclientid_confirm,  no, idem, no},
    {OP_VERIFY,               "VERIFY",               1,2, make_verify,               fh, idem, no},
    {OP_WRITE,                "WRITE",                1,2, make_write,                fh, no, mod},
    {OP_RELEASE_LOCKOWNER,    "RELEASE_LOCKOWNER",    1,2, make_release_lockowner,    no, idem, no},
    {OP_BACKCHANNEL_CTL,      "BACKCHANNEL_CTL",      1,2, make_backchannel_ctl,      no, idem, no},
    {OP_BIND_CONN_TO_SESSION, "BIND_CONN_TO_SESSION", 1,2, make_bind_conn_to_session, no, idem, no},
    {OP_EXCHANGE_ID,          "EXCHANGE_ID",          1,2, make_exchange_id,          no, idem, no},
    {OP_CREATE_SESSION,       "CREATE_SESSION",       1,2, make_create_session,       no, no,   no},
    {OP_DESTROY_SESSION,      "DESTROY_SESSION",      1,2, make_destroy_session,      no, no,   no},
    {OP_FREE_STATEID,         "FREE_STATEID",         1,2, make_free_stateid,         no, no,   no},
    {OP_GET_DIR_DELEGATION,   "GET_DIR_DELEGATION",   1,2, make_get_dir_delegation,   fh, idem, no},
    {OP_GETDEVICEINFO,        "GETDEVICEINFO",        1,2, make_getdeviceinfo,        no, idem, no},
    {OP_GETDEVICELIST,        "GETDEVICELIST",        1,2, make_getdevicelist,        fh, idem, no},
    {OP_LAYOUTCOMMIT,         "LAYOUTCOMMIT",         1,2, make_layoutcommit,         fh, idem, no},
    {OP_LAYOUTGET,            "LAYOUTGET",            1,2, make_layoutget,            fh, idem, no},
    {OP_LAYOUTRETURN,         "LAYOUTRETURN",         1,2, make_layoutreturn,         fh, idem, no},
    {OP_SECINFO_NO_NAME,      "SECINFO_NO_NAME",      1,2, make_secinfo_no_name,      fh, idem, no},
    {OP_SEQUENCE,             "SEQUENCE",             1,2, nullptr,                   no, idem, no},
    {OP_SET_SSV,              "SET_SSV",              1,2, make_set_ssv,              no, idem, no},
    {OP_TEST_STATEID,         "TEST_STATEID",         1,2, make_test_stateid,         no, idem, no},
    {OP_WANT_DELEGATION,      "WANT_DELEGATION",      1,2, make_want_delegation,      fh, idem, no},
    {OP_DESTROY_CLIENTID,     "DESTROY_CLIENTID",     1,2, make_destroy_clientid,     no, no,   no},
    {OP_RECLAIM_COMPLETE,     "RECLAIM_COMPLETE",     1,2, make_reclaim_complete,     no, no,   no},
    {OP_ALLOCATE,             "ALLOCATE",             2,2, make_allocate,             fh, no, mod},
    {OP_COPY,                 "COPY",                 2,2, make_copy,                 fh, no, mod},
    {OP_COPY_NOTIFY,          "COPY_NOTIFY",          2,2, make_copy_notify,          fh, idem, no},
    {OP_DEALLOCATE,           "DEALLOCATE",           2,2, make_deallocate,           fh, no, mod},
    {OP_IO_ADVISE,            "IO_ADVISE",            2,2, make_io_advise,            fh, idem, no},
    {OP_LAYOUTERROR,          "LAYOUTERROR",          2,2, make_layouterror,          fh, idem, no},
    {OP_LAYOUTSTATS,          "LAYOUTSTATS",          2,2, make_layoutstats,          fh, idem, no},
    {OP_OFFLOAD_CANCEL,       "OFFLOAD_CANCEL",       2,2, make_offload_cancel,       fh, idem, no},
    {OP_OFFLOAD_STATUS,       "OFFLOAD_STATUS",       2,2, make_offload_status,       fh, idem, no},
    {OP_READ_PLUS,            "READ_PLUS",            2,2, make_read_plus,            fh, idem, no},
    {OP_SEEK,                 "SEEK",                 2,2, make_seek,                 fh, idem, no},
    {OP_WRITE_SAME,           "WRITE_SAME",           2,2, make_write_same,           fh, no, mod},
    {OP_CLONE,                "CLONE",                2,2, make_clone,                fh, no, mod},
    {OP_GETXATTR,             "GETXATTR",             2,2, make_getxattr,             fh, idem, no},
    {OP_SETXATTR,             "SETXATTR",             2,2, make_setxattr,             fh, no, mod},
    {OP_LISTXATTRS,           "LISTXATTRS",           2,2, make_listxattrs,           fh, idem, no},
    {OP_REMOVEXATTR,          "REMOVEXATTR",          2,2, make_removexattr,          fh, no, mod},
};
// clang-format on

constexpr size_t numbers = 76;

constexpr auto by_number = [] {
    std::array<const OperationRow*, numbers> rows{};
    for (const OperationRow& row : table) rows[row.number] = &row;
    return rows;
}();

}  // namespace

const OperationRow* find_operation(uint32_t number, uint32_t minor) {
    if (number >= numbers) return nullptr;
    const OperationRow* row = by_number[number];
    return row && row->first_minor <= minor && minor <= row->last_minor ? row : nullptr;
}

}  // namespace strait::server::nfs4
