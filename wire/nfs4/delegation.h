// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Delegations: what OPEN and WANT_DELEGATION grant (RFC 8881 18.16, 18.49), their return, and
// directory delegations.

#include "wire/nfs4/acl.h"
#include "wire/nfs4/bitmap.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

enum open_delegation_type4 : uint32_t {
    OPEN_DELEGATE_NONE = 0,
    OPEN_DELEGATE_READ = 1,
    OPEN_DELEGATE_WRITE = 2,
    OPEN_DELEGATE_NONE_EXT = 3,
    OPEN_DELEGATE_READ_ATTRS_DELEG = 4,  // RFC 9754 5
    OPEN_DELEGATE_WRITE_ATTRS_DELEG = 5
};

enum open_claim_type4 : uint32_t {
    CLAIM_NULL = 0,
    CLAIM_PREVIOUS = 1,
    CLAIM_DELEGATE_CUR = 2,
    CLAIM_DELEGATE_PREV = 3,
    CLAIM_FH = 4,
    CLAIM_DELEG_CUR_FH = 5,
    CLAIM_DELEG_PREV_FH = 6
};

enum limit_by4 : uint32_t { NFS_LIMIT_SIZE = 1, NFS_LIMIT_BLOCKS = 2 };

struct nfs_modified_limit4 {
    uint32_t num_blocks{};
    uint32_t bytes_per_block{};
    STRAIT_FIELDS(num_blocks, bytes_per_block)
};

struct nfs_space_limit4 {
    limit_by4 limitby = NFS_LIMIT_SIZE;
    uint64_t filesize{};
    nfs_modified_limit4 mod_blocks;
    STRAIT_UNION(limitby, STRAIT_ARM(filesize, NFS_LIMIT_SIZE),
                 STRAIT_ARM(mod_blocks, NFS_LIMIT_BLOCKS))
};

struct open_read_delegation4 {
    stateid4 stateid;
    bool recall{};
    nfsace4 permissions;
    STRAIT_FIELDS(stateid, recall, permissions)
};

struct open_write_delegation4 {
    stateid4 stateid;
    bool recall{};
    nfs_space_limit4 space_limit;
    nfsace4 permissions;
    STRAIT_FIELDS(stateid, recall, space_limit, permissions)
};

enum why_no_delegation4 : uint32_t {
    WND4_NOT_WANTED = 0,
    WND4_CONTENTION = 1,
    WND4_RESOURCE = 2,
    WND4_NOT_SUPP_FTYPE = 3,
    WND4_WRITE_DELEG_NOT_SUPP_FTYPE = 4,
    WND4_NOT_SUPP_UPGRADE = 5,
    WND4_NOT_SUPP_DOWNGRADE = 6,
    WND4_CANCELLED = 7,
    WND4_IS_DIR = 8
};

struct open_none_delegation4 {
    why_no_delegation4 ond_why{};
    bool ond_server_will_push_deleg{};
    bool ond_server_will_signal_avail{};
    STRAIT_UNION(ond_why, STRAIT_ARM(ond_server_will_push_deleg, WND4_CONTENTION),
                 STRAIT_ARM(ond_server_will_signal_avail, WND4_RESOURCE), STRAIT_OTHERWISE_VOID)
};

struct open_delegation4 {
    open_delegation_type4 delegation_type{};
    open_read_delegation4 read;
    open_write_delegation4 write;
    open_none_delegation4 od_whynone;
    STRAIT_UNION(delegation_type, STRAIT_VOID(OPEN_DELEGATE_NONE),
                 STRAIT_ARM(read, OPEN_DELEGATE_READ, OPEN_DELEGATE_READ_ATTRS_DELEG),
                 STRAIT_ARM(write, OPEN_DELEGATE_WRITE, OPEN_DELEGATE_WRITE_ATTRS_DELEG),
                 STRAIT_ARM(od_whynone, OPEN_DELEGATE_NONE_EXT))
};

struct DELEGPURGE4args {
    clientid4 clientid{};
    STRAIT_FIELDS(clientid)
};
struct DELEGPURGE4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(DELEGPURGE)

struct DELEGRETURN4args {
    stateid4 deleg_stateid;
    STRAIT_FIELDS(deleg_stateid)
};
struct DELEGRETURN4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(DELEGRETURN)

struct deleg_claim4 {
    open_claim_type4 dc_claim = CLAIM_FH;
    open_delegation_type4 dc_delegate_type{};
    STRAIT_UNION(dc_claim, STRAIT_VOID(CLAIM_FH, CLAIM_DELEG_PREV_FH),
                 STRAIT_ARM(dc_delegate_type, CLAIM_PREVIOUS))
};

struct WANT_DELEGATION4args {
    uint32_t wda_want{};
    deleg_claim4 wda_claim;
    STRAIT_FIELDS(wda_want, wda_claim)
};
struct WANT_DELEGATION4res {
    nfsstat4 wdr_status{};
    open_delegation4 wdr_resok4;
    STRAIT_RESULT(wdr_status, wdr_resok4)
};
STRAIT_NFS4_OP(WANT_DELEGATION)

using attr_notice4 = nfstime4;

struct GET_DIR_DELEGATION4args {
    bool gdda_signal_deleg_avail{};
    bitmap4 gdda_notification_types;
    attr_notice4 gdda_child_attr_delay;
    attr_notice4 gdda_dir_attr_delay;
    bitmap4 gdda_child_attributes;
    bitmap4 gdda_dir_attributes;
    STRAIT_FIELDS(gdda_signal_deleg_avail, gdda_notification_types, gdda_child_attr_delay,
                  gdda_dir_attr_delay, gdda_child_attributes, gdda_dir_attributes)
};
struct GET_DIR_DELEGATION4resok {
    verifier4 gddr_cookieverf{};
    stateid4 gddr_stateid;
    bitmap4 gddr_notification;
    bitmap4 gddr_child_attributes;
    bitmap4 gddr_dir_attributes;
    STRAIT_FIELDS(gddr_cookieverf, gddr_stateid, gddr_notification, gddr_child_attributes,
                  gddr_dir_attributes)
};
enum gddrnf4_status : uint32_t { GDD4_OK = 0, GDD4_UNAVAIL = 1 };
struct GET_DIR_DELEGATION4res_non_fatal {
    gddrnf4_status gddrnf_status{};
    GET_DIR_DELEGATION4resok gddrnf_resok4;
    bool gddrnf_will_signal_deleg_avail{};
    STRAIT_UNION(gddrnf_status, STRAIT_ARM(gddrnf_resok4, GDD4_OK),
                 STRAIT_ARM(gddrnf_will_signal_deleg_avail, GDD4_UNAVAIL))
};
struct GET_DIR_DELEGATION4res {
    nfsstat4 gddr_status{};
    GET_DIR_DELEGATION4res_non_fatal gddr_res_non_fatal4;
    STRAIT_RESULT(gddr_status, gddr_res_non_fatal4)
};
STRAIT_NFS4_OP(GET_DIR_DELEGATION)

}  // namespace strait::wire::nfs4
