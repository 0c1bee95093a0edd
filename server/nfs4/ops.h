// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The one table of operations (ops.cc), and the makers that the op_*.cc files define.

#include <memory>

#include "server/nfs4/operation.h"
#include "wire/nfs4/opnum.h"

namespace strait::server::nfs4 {

using OperationMaker = std::unique_ptr<Operation> (*)();

struct OperationRow {
    nfs_opnum4 number;
    const char* name;
    uint32_t first_minor;  // the minor versions it belongs to
    uint32_t last_minor;
    OperationMaker make;    // codec and behaviour
    bool needs_filehandle;  // NFS4ERR_NOFILEHANDLE without a current one
    bool idempotent;        // else its reply is kept in the slot, asked for or not
    bool modifies;          // NFS4ERR_ROFS on a read-only export
};

// The operation of that number in that minor version; null: NFS4ERR_OP_ILLEGAL.
const OperationRow* find_operation(uint32_t number, uint32_t minor);

// clang-format off
#define STRAIT_NFS4_SERVED(X) \
    X(access) X(close) X(commit) X(create) X(delegpurge) X(delegreturn) X(getattr) X(getfh) \
    X(link) X(lock) X(lockt) X(locku) X(lookup) X(lookupp) X(nverify) X(open) X(openattr) \
    X(open_downgrade) X(putfh) X(putpubfh) X(putrootfh) X(read) X(readdir) X(readlink) \
    X(remove) X(rename) X(restorefh) X(savefh) X(secinfo) X(setattr) X(verify) X(write) \
    X(backchannel_ctl) X(bind_conn_to_session) X(exchange_id) X(create_session) \
    X(destroy_session) X(free_stateid) X(get_dir_delegation) X(getdeviceinfo) X(getdevicelist) \
    X(layoutcommit) X(layoutget) X(layoutreturn) X(secinfo_no_name) X(set_ssv) X(test_stateid) \
    X(want_delegation) X(destroy_clientid) X(reclaim_complete) X(allocate) X(copy) \
    X(copy_notify) X(deallocate) X(io_advise) X(layouterror) X(layoutstats) X(offload_cancel) \
    X(offload_status) X(read_plus) X(seek) X(write_same) X(clone) X(getxattr) X(setxattr) \
    X(listxattrs) X(removexattr) X(open_confirm) X(renew) X(setclientid) \
    X(setclientid_confirm) X(release_lockowner)
// clang-format on
#define X(name) std::unique_ptr<Operation> make_##name();
STRAIT_NFS4_SERVED(X)
#undef X

}  // namespace strait::server::nfs4
