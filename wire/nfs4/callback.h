// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The callbacks that Strait speaks (RFC 8881 20, RFC 7862 16.1): recalls, lock notices, attributes,
// slots, finished copies.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/fattr4.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct CB_GETATTR4args {
    nfs_fh4 fh;
    bitmap4 attr_request;
    STRAIT_FIELDS(fh, attr_request)
};
struct CB_GETATTR4resok {
    fattr4 obj_attributes;
    STRAIT_FIELDS(obj_attributes)
};
struct CB_GETATTR4res {
    nfsstat4 status{};
    CB_GETATTR4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_CB_OP(CB_GETATTR)

struct CB_RECALL4args {
    stateid4 stateid;
    bool truncate{};
    nfs_fh4 fh;
    STRAIT_FIELDS(stateid, truncate, fh)
};
struct CB_RECALL4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_CB_OP(CB_RECALL)

// Bit numbers in craa_type_mask.
inline constexpr uint32_t RCA4_TYPE_MASK_RDATA_DLG = 0;
inline constexpr uint32_t RCA4_TYPE_MASK_WDATA_DLG = 1;
inline constexpr uint32_t RCA4_TYPE_MASK_DIR_DLG = 2;
inline constexpr uint32_t RCA4_TYPE_MASK_FILE_LAYOUT = 3;
inline constexpr uint32_t RCA4_TYPE_MASK_BLK_LAYOUT = 4;

struct CB_RECALL_ANY4args {
    uint32_t craa_objects_to_keep{};
    bitmap4 craa_type_mask;
    STRAIT_FIELDS(craa_objects_to_keep, craa_type_mask)
};
struct CB_RECALL_ANY4res {
    nfsstat4 crar_status{};
    STRAIT_FIELDS(crar_status)
};
STRAIT_NFS4_CB_OP(CB_RECALL_ANY)

// A typedef of CB_RECALL_ANY4args in the RFC.
struct CB_RECALLABLE_OBJ_AVAIL4args {
    uint32_t craa_objects_to_keep{};
    bitmap4 craa_type_mask;
    STRAIT_FIELDS(craa_objects_to_keep, craa_type_mask)
};
struct CB_RECALLABLE_OBJ_AVAIL4res {
    nfsstat4 croa_status{};
    STRAIT_FIELDS(croa_status)
};
STRAIT_NFS4_CB_OP(CB_RECALLABLE_OBJ_AVAIL)

struct CB_RECALL_SLOT4args {
    slotid4 rsa_target_highest_slotid{};
    STRAIT_FIELDS(rsa_target_highest_slotid)
};
struct CB_RECALL_SLOT4res {
    nfsstat4 rsr_status{};
    STRAIT_FIELDS(rsr_status)
};
STRAIT_NFS4_CB_OP(CB_RECALL_SLOT)

struct referring_call4 {
    sequenceid4 rc_sequenceid{};
    slotid4 rc_slotid{};
    STRAIT_FIELDS(rc_sequenceid, rc_slotid)
};
struct referring_call_list4 {
    sessionid4 rcl_sessionid{};
    xdr::List<referring_call4, 1024> rcl_referring_calls;
    STRAIT_FIELDS(rcl_sessionid, rcl_referring_calls)
};
struct CB_SEQUENCE4args {
    sessionid4 csa_sessionid{};
    sequenceid4 csa_sequenceid{};
    slotid4 csa_slotid{};
    slotid4 csa_highest_slotid{};
    bool csa_cachethis{};
    xdr::List<referring_call_list4, 1024> csa_referring_call_lists;
    STRAIT_FIELDS(csa_sessionid, csa_sequenceid, csa_slotid, csa_highest_slotid, csa_cachethis,
                  csa_referring_call_lists)
};
struct CB_SEQUENCE4resok {
    sessionid4 csr_sessionid{};
    sequenceid4 csr_sequenceid{};
    slotid4 csr_slotid{};
    slotid4 csr_highest_slotid{};
    slotid4 csr_target_highest_slotid{};
    STRAIT_FIELDS(csr_sessionid, csr_sequenceid, csr_slotid, csr_highest_slotid,
                  csr_target_highest_slotid)
};
struct CB_SEQUENCE4res {
    nfsstat4 csr_status{};
    CB_SEQUENCE4resok csr_resok4;
    STRAIT_RESULT(csr_status, csr_resok4)
};
STRAIT_NFS4_CB_OP(CB_SEQUENCE)

struct CB_WANTS_CANCELLED4args {
    bool cwca_contended_wants_cancelled{};
    bool cwca_resourced_wants_cancelled{};
    STRAIT_FIELDS(cwca_contended_wants_cancelled, cwca_resourced_wants_cancelled)
};
struct CB_WANTS_CANCELLED4res {
    nfsstat4 cwcr_status{};
    STRAIT_FIELDS(cwcr_status)
};
STRAIT_NFS4_CB_OP(CB_WANTS_CANCELLED)

struct CB_NOTIFY_LOCK4args {
    nfs_fh4 cnla_fh;
    lock_owner4 cnla_lock_owner;
    STRAIT_FIELDS(cnla_fh, cnla_lock_owner)
};
struct CB_NOTIFY_LOCK4res {
    nfsstat4 cnlr_status{};
    STRAIT_FIELDS(cnlr_status)
};
STRAIT_NFS4_CB_OP(CB_NOTIFY_LOCK)

struct offload_info4 {
    nfsstat4 coa_status{};
    write_response4 coa_resok4;
    length4 coa_bytes_copied{};
    STRAIT_UNION(coa_status, STRAIT_ARM(coa_resok4, NFS4_OK), STRAIT_OTHERWISE(coa_bytes_copied))
};
struct CB_OFFLOAD4args {
    nfs_fh4 coa_fh;
    stateid4 coa_stateid;
    offload_info4 coa_offload_info;
    STRAIT_FIELDS(coa_fh, coa_stateid, coa_offload_info)
};
struct CB_OFFLOAD4res {
    nfsstat4 cor_status{};
    STRAIT_FIELDS(cor_status)
};
STRAIT_NFS4_CB_OP(CB_OFFLOAD)

}  // namespace strait::wire::nfs4
