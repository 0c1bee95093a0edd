// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Callbacks of pNFS and directory delegations (RFC 8881 20.3 to 20.5, 20.12). Notification bodies
// stay opaque.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/delegation.h"
#include "wire/nfs4/layout_types.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

enum layoutrecall_type4 : uint32_t {
    LAYOUTRECALL4_FILE = 1,
    LAYOUTRECALL4_FSID = 2,
    LAYOUTRECALL4_ALL = 3
};
struct layoutrecall_file4 {
    nfs_fh4 lor_fh;
    offset4 lor_offset{};
    length4 lor_length{};
    stateid4 lor_stateid;
    STRAIT_FIELDS(lor_fh, lor_offset, lor_length, lor_stateid)
};
struct layoutrecall4 {
    layoutrecall_type4 lor_recalltype = LAYOUTRECALL4_ALL;
    layoutrecall_file4 lor_layout;
    fsid4 lor_fsid;
    STRAIT_UNION(lor_recalltype, STRAIT_ARM(lor_layout, LAYOUTRECALL4_FILE),
                 STRAIT_ARM(lor_fsid, LAYOUTRECALL4_FSID), STRAIT_VOID(LAYOUTRECALL4_ALL))
};
struct CB_LAYOUTRECALL4args {
    layouttype4 clora_type{};
    layoutiomode4 clora_iomode{};
    bool clora_changed{};
    layoutrecall4 clora_recall;
    STRAIT_FIELDS(clora_type, clora_iomode, clora_changed, clora_recall)
};
struct CB_LAYOUTRECALL4res {
    nfsstat4 clorr_status{};
    STRAIT_FIELDS(clorr_status)
};
STRAIT_NFS4_CB_OP(CB_LAYOUTRECALL)

// Bit numbers in notify_mask of CB_NOTIFY.
enum notify_type4 : uint32_t {
    NOTIFY4_CHANGE_CHILD_ATTRS = 0,
    NOTIFY4_CHANGE_DIR_ATTRS = 1,
    NOTIFY4_REMOVE_ENTRY = 2,
    NOTIFY4_ADD_ENTRY = 3,
    NOTIFY4_RENAME_ENTRY = 4,
    NOTIFY4_CHANGE_COOKIE_VERIFIER = 5
};
struct notify4 {
    bitmap4 notify_mask;
    xdr::Opaque<max_attrlist> notify_vals;
    STRAIT_FIELDS(notify_mask, notify_vals)
};
struct CB_NOTIFY4args {
    stateid4 cna_stateid;
    nfs_fh4 cna_fh;
    xdr::List<notify4, 1024> cna_changes;
    STRAIT_FIELDS(cna_stateid, cna_fh, cna_changes)
};
struct CB_NOTIFY4res {
    nfsstat4 cnr_status{};
    STRAIT_FIELDS(cnr_status)
};
STRAIT_NFS4_CB_OP(CB_NOTIFY)

struct CB_PUSH_DELEG4args {
    nfs_fh4 cpda_fh;
    open_delegation4 cpda_delegation;
    STRAIT_FIELDS(cpda_fh, cpda_delegation)
};
struct CB_PUSH_DELEG4res {
    nfsstat4 cpdr_status{};
    STRAIT_FIELDS(cpdr_status)
};
STRAIT_NFS4_CB_OP(CB_PUSH_DELEG)

struct CB_NOTIFY_DEVICEID4args {
    xdr::List<notify4, 1024> cnda_changes;
    STRAIT_FIELDS(cnda_changes)
};
struct CB_NOTIFY_DEVICEID4res {
    nfsstat4 cndr_status{};
    STRAIT_FIELDS(cndr_status)
};
STRAIT_NFS4_CB_OP(CB_NOTIFY_DEVICEID)

}  // namespace strait::wire::nfs4
