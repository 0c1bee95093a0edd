// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// pNFS operations (RFC 8881 18.40 to 18.44, RFC 7862 15.6, 15.7). Layout bodies stay opaque.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/layout_types.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct GETDEVICEINFO4args {
    deviceid4 gdia_device_id{};
    layouttype4 gdia_layout_type{};
    count4 gdia_maxcount{};
    bitmap4 gdia_notify_types;
    STRAIT_FIELDS(gdia_device_id, gdia_layout_type, gdia_maxcount, gdia_notify_types)
};
struct GETDEVICEINFO4resok {
    device_addr4 gdir_device_addr;
    bitmap4 gdir_notification;
    STRAIT_FIELDS(gdir_device_addr, gdir_notification)
};
struct GETDEVICEINFO4res {
    nfsstat4 gdir_status{};
    GETDEVICEINFO4resok gdir_resok4;
    count4 gdir_mincount{};
    STRAIT_UNION(gdir_status, STRAIT_ARM(gdir_resok4, NFS4_OK),
                 STRAIT_ARM(gdir_mincount, NFS4ERR_TOOSMALL), STRAIT_OTHERWISE_VOID)
};
STRAIT_NFS4_OP(GETDEVICEINFO)

struct GETDEVICELIST4args {
    layouttype4 gdla_layout_type{};
    count4 gdla_maxdevices{};
    nfs_cookie4 gdla_cookie{};
    verifier4 gdla_cookieverf{};
    STRAIT_FIELDS(gdla_layout_type, gdla_maxdevices, gdla_cookie, gdla_cookieverf)
};
struct GETDEVICELIST4resok {
    nfs_cookie4 gdlr_cookie{};
    verifier4 gdlr_cookieverf{};
    xdr::List<deviceid4, 4096> gdlr_deviceid_list;
    bool gdlr_eof{};
    STRAIT_FIELDS(gdlr_cookie, gdlr_cookieverf, gdlr_deviceid_list, gdlr_eof)
};
struct GETDEVICELIST4res {
    nfsstat4 gdlr_status{};
    GETDEVICELIST4resok gdlr_resok4;
    STRAIT_RESULT(gdlr_status, gdlr_resok4)
};
STRAIT_NFS4_OP(GETDEVICELIST)

struct newtime4 {
    bool nt_timechanged{};
    nfstime4 nt_time;
    STRAIT_UNION(nt_timechanged, STRAIT_ARM(nt_time, true), STRAIT_VOID(false))
};
struct newoffset4 {
    bool no_newoffset{};
    offset4 no_offset{};
    STRAIT_UNION(no_newoffset, STRAIT_ARM(no_offset, true), STRAIT_VOID(false))
};
struct newsize4 {
    bool ns_sizechanged{};
    length4 ns_size{};
    STRAIT_UNION(ns_sizechanged, STRAIT_ARM(ns_size, true), STRAIT_VOID(false))
};

struct LAYOUTCOMMIT4args {
    offset4 loca_offset{};
    length4 loca_length{};
    bool loca_reclaim{};
    stateid4 loca_stateid;
    newoffset4 loca_last_write_offset;
    newtime4 loca_time_modify;
    layoutupdate4 loca_layoutupdate;
    STRAIT_FIELDS(loca_offset, loca_length, loca_reclaim, loca_stateid, loca_last_write_offset,
                  loca_time_modify, loca_layoutupdate)
};
struct LAYOUTCOMMIT4resok {
    newsize4 locr_newsize;
    STRAIT_FIELDS(locr_newsize)
};
struct LAYOUTCOMMIT4res {
    nfsstat4 locr_status{};
    LAYOUTCOMMIT4resok locr_resok4;
    STRAIT_RESULT(locr_status, locr_resok4)
};
STRAIT_NFS4_OP(LAYOUTCOMMIT)

struct LAYOUTGET4args {
    bool loga_signal_layout_avail{};
    layouttype4 loga_layout_type{};
    layoutiomode4 loga_iomode{};
    offset4 loga_offset{};
    length4 loga_length{};
    length4 loga_minlength{};
    stateid4 loga_stateid;
    count4 loga_maxcount{};
    STRAIT_FIELDS(loga_signal_layout_avail, loga_layout_type, loga_iomode, loga_offset, loga_length,
                  loga_minlength, loga_stateid, loga_maxcount)
};
struct LAYOUTGET4resok {
    bool logr_return_on_close{};
    stateid4 logr_stateid;
    xdr::List<layout4, 1024> logr_layout;
    STRAIT_FIELDS(logr_return_on_close, logr_stateid, logr_layout)
};
struct LAYOUTGET4res {
    nfsstat4 logr_status{};
    LAYOUTGET4resok logr_resok4;
    bool logr_will_signal_layout_avail{};
    STRAIT_UNION(logr_status, STRAIT_ARM(logr_resok4, NFS4_OK),
                 STRAIT_ARM(logr_will_signal_layout_avail, NFS4ERR_LAYOUTTRYLATER),
                 STRAIT_OTHERWISE_VOID)
};
STRAIT_NFS4_OP(LAYOUTGET)

enum layoutreturn_type4 : uint32_t {
    LAYOUTRETURN4_FILE = 1,
    LAYOUTRETURN4_FSID = 2,
    LAYOUTRETURN4_ALL = 3
};
struct layoutreturn_file4 {
    offset4 lrf_offset{};
    length4 lrf_length{};
    stateid4 lrf_stateid;
    layout_body lrf_body;
    STRAIT_FIELDS(lrf_offset, lrf_length, lrf_stateid, lrf_body)
};
struct layoutreturn4 {
    layoutreturn_type4 lr_returntype = LAYOUTRETURN4_ALL;
    layoutreturn_file4 lr_layout;
    STRAIT_UNION(lr_returntype, STRAIT_ARM(lr_layout, LAYOUTRETURN4_FILE), STRAIT_OTHERWISE_VOID)
};
struct LAYOUTRETURN4args {
    bool lora_reclaim{};
    layouttype4 lora_layout_type{};
    layoutiomode4 lora_iomode{};
    layoutreturn4 lora_layoutreturn;
    STRAIT_FIELDS(lora_reclaim, lora_layout_type, lora_iomode, lora_layoutreturn)
};
struct layoutreturn_stateid {
    bool lrs_present{};
    stateid4 lrs_stateid;
    STRAIT_UNION(lrs_present, STRAIT_ARM(lrs_stateid, true), STRAIT_VOID(false))
};
struct LAYOUTRETURN4res {
    nfsstat4 lorr_status{};
    layoutreturn_stateid lorr_stateid;
    STRAIT_RESULT(lorr_status, lorr_stateid)
};
STRAIT_NFS4_OP(LAYOUTRETURN)

struct device_error4 {
    deviceid4 de_deviceid{};
    nfsstat4 de_status{};
    nfs_opnum4 de_opnum{};
    STRAIT_FIELDS(de_deviceid, de_status, de_opnum)
};
struct LAYOUTERROR4args {
    offset4 lea_offset{};
    length4 lea_length{};
    stateid4 lea_stateid;
    xdr::List<device_error4, 1024> lea_errors;
    STRAIT_FIELDS(lea_offset, lea_length, lea_stateid, lea_errors)
};
struct LAYOUTERROR4res {
    nfsstat4 ler_status{};
    STRAIT_FIELDS(ler_status)
};
STRAIT_NFS4_OP(LAYOUTERROR)

struct io_info4 {
    uint64_t ii_count{};
    uint64_t ii_bytes{};
    STRAIT_FIELDS(ii_count, ii_bytes)
};
struct LAYOUTSTATS4args {
    offset4 lsa_offset{};
    length4 lsa_length{};
    stateid4 lsa_stateid;
    io_info4 lsa_read;
    io_info4 lsa_write;
    deviceid4 lsa_deviceid{};
    layoutupdate4 lsa_layoutupdate;
    STRAIT_FIELDS(lsa_offset, lsa_length, lsa_stateid, lsa_read, lsa_write, lsa_deviceid,
                  lsa_layoutupdate)
};
struct LAYOUTSTATS4res {
    nfsstat4 lsr_status{};
    STRAIT_FIELDS(lsr_status)
};
STRAIT_NFS4_OP(LAYOUTSTATS)

}  // namespace strait::wire::nfs4
