// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// READ_PLUS and WRITE_SAME (RFC 7862 15.10, 15.12): data with holes left out, and patterns.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct READ_PLUS4args {
    stateid4 rpa_stateid;
    offset4 rpa_offset{};
    count4 rpa_count{};
    STRAIT_FIELDS(rpa_stateid, rpa_offset, rpa_count)
};
struct data4 {
    offset4 d_offset{};
    xdr::Payload<max_io> d_data;
    STRAIT_FIELDS(d_offset, d_data)
};
struct data_info4 {
    offset4 di_offset{};
    length4 di_length{};
    STRAIT_FIELDS(di_offset, di_length)
};
struct read_plus_content {
    data_content4 rpc_content{};
    data4 rpc_data;
    data_info4 rpc_hole;
    STRAIT_UNION(rpc_content, STRAIT_ARM(rpc_data, NFS4_CONTENT_DATA),
                 STRAIT_ARM(rpc_hole, NFS4_CONTENT_HOLE), STRAIT_OTHERWISE_VOID)
};
struct read_plus_res4 {
    bool rpr_eof{};
    xdr::List<read_plus_content, 65536> rpr_contents;
    STRAIT_FIELDS(rpr_eof, rpr_contents)
};
struct READ_PLUS4res {
    nfsstat4 rp_status{};
    read_plus_res4 rp_resok4;
    STRAIT_RESULT(rp_status, rp_resok4)
};
STRAIT_NFS4_OP(READ_PLUS)

struct app_data_block4 {
    offset4 adb_offset{};
    length4 adb_block_size{};
    length4 adb_block_count{};
    length4 adb_reloff_blocknum{};
    count4 adb_block_num{};
    length4 adb_reloff_pattern{};
    xdr::Opaque<max_small_opaque> adb_pattern;
    STRAIT_FIELDS(adb_offset, adb_block_size, adb_block_count, adb_reloff_blocknum, adb_block_num,
                  adb_reloff_pattern, adb_pattern)
};
struct WRITE_SAME4args {
    stateid4 wsa_stateid;
    stable_how4 wsa_stable{};
    app_data_block4 wsa_adb;
    STRAIT_FIELDS(wsa_stateid, wsa_stable, wsa_adb)
};
struct WRITE_SAME4res {
    nfsstat4 wsr_status{};
    write_response4 resok4;
    STRAIT_RESULT(wsr_status, resok4)
};
STRAIT_NFS4_OP(WRITE_SAME)

}  // namespace strait::wire::nfs4
