// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Server-side copy (RFC 7862 15.2, 15.3, 15.8, 15.9, 15.13): saved filehandle = source, current =
// destination.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/netloc.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct COPY4args {
    stateid4 ca_src_stateid;
    stateid4 ca_dst_stateid;
    offset4 ca_src_offset{};
    offset4 ca_dst_offset{};
    length4 ca_count{};  // 0: to the end of the source
    bool ca_consecutive{};
    bool ca_synchronous{};
    xdr::List<netloc4, 64> ca_source_server;
    STRAIT_FIELDS(ca_src_stateid, ca_dst_stateid, ca_src_offset, ca_dst_offset, ca_count,
                  ca_consecutive, ca_synchronous, ca_source_server)
};
struct copy_requirements4 {
    bool cr_consecutive{};
    bool cr_synchronous{};
    STRAIT_FIELDS(cr_consecutive, cr_synchronous)
};
struct COPY4resok {
    write_response4 cr_response;
    copy_requirements4 cr_requirements;
    STRAIT_FIELDS(cr_response, cr_requirements)
};
struct COPY4res {
    nfsstat4 cr_status{};
    COPY4resok cr_resok4;
    copy_requirements4 cr_requirements;
    STRAIT_UNION(cr_status, STRAIT_ARM(cr_resok4, NFS4_OK),
                 STRAIT_ARM(cr_requirements, NFS4ERR_OFFLOAD_NO_REQS), STRAIT_OTHERWISE_VOID)
};
STRAIT_NFS4_OP(COPY)

struct COPY_NOTIFY4args {
    stateid4 cna_src_stateid;
    netloc4 cna_destination_server;
    STRAIT_FIELDS(cna_src_stateid, cna_destination_server)
};
struct COPY_NOTIFY4resok {
    nfstime4 cnr_lease_time;
    stateid4 cnr_stateid;
    xdr::List<netloc4, 64> cnr_source_server;
    STRAIT_FIELDS(cnr_lease_time, cnr_stateid, cnr_source_server)
};
struct COPY_NOTIFY4res {
    nfsstat4 cnr_status{};
    COPY_NOTIFY4resok resok4;
    STRAIT_RESULT(cnr_status, resok4)
};
STRAIT_NFS4_OP(COPY_NOTIFY)

struct OFFLOAD_CANCEL4args {
    stateid4 oca_stateid;
    STRAIT_FIELDS(oca_stateid)
};
struct OFFLOAD_CANCEL4res {
    nfsstat4 ocr_status{};
    STRAIT_FIELDS(ocr_status)
};
STRAIT_NFS4_OP(OFFLOAD_CANCEL)

struct OFFLOAD_STATUS4args {
    stateid4 osa_stateid;
    STRAIT_FIELDS(osa_stateid)
};
struct OFFLOAD_STATUS4resok {
    length4 osr_count{};
    xdr::Optional<nfsstat4> osr_complete;
    STRAIT_FIELDS(osr_count, osr_complete)
};
struct OFFLOAD_STATUS4res {
    nfsstat4 osr_status{};
    OFFLOAD_STATUS4resok osr_resok4;
    STRAIT_RESULT(osr_status, osr_resok4)
};
STRAIT_NFS4_OP(OFFLOAD_STATUS)

struct CLONE4args {
    stateid4 cl_src_stateid;
    stateid4 cl_dst_stateid;
    offset4 cl_src_offset{};
    offset4 cl_dst_offset{};
    length4 cl_count{};  // 0: to the end of the source
    STRAIT_FIELDS(cl_src_stateid, cl_dst_stateid, cl_src_offset, cl_dst_offset, cl_count)
};
struct CLONE4res {
    nfsstat4 cl_status{};
    STRAIT_FIELDS(cl_status)
};
STRAIT_NFS4_OP(CLONE)

}  // namespace strait::wire::nfs4
