// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// OPEN, OPEN_DOWNGRADE, OPENATTR (RFC 8881 18.16 to 18.18): opens a regular file by name or handle,
// creating it if asked.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/delegation.h"
#include "wire/nfs4/fattr4.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

inline constexpr uint32_t OPEN4_SHARE_ACCESS_READ = 0x00000001;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WRITE = 0x00000002;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_BOTH = 0x00000003;
inline constexpr uint32_t OPEN4_SHARE_DENY_NONE = 0x00000000;
inline constexpr uint32_t OPEN4_SHARE_DENY_READ = 0x00000001;
inline constexpr uint32_t OPEN4_SHARE_DENY_WRITE = 0x00000002;
inline constexpr uint32_t OPEN4_SHARE_DENY_BOTH = 0x00000003;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_DELEG_MASK = 0xFF00;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_NO_PREFERENCE = 0x0000;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_READ_DELEG = 0x0100;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_WRITE_DELEG = 0x0200;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_ANY_DELEG = 0x0300;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_NO_DELEG = 0x0400;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_CANCEL = 0x0500;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_SIGNAL_DELEG_WHEN_RESRC_AVAIL = 0x10000;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_PUSH_DELEG_WHEN_UNCONTENDED = 0x20000;
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_DELEG_TIMESTAMPS = 0x100000;     // RFC 9754
inline constexpr uint32_t OPEN4_SHARE_ACCESS_WANT_OPEN_XOR_DELEGATION = 0x200000;  // RFC 9754

inline constexpr uint32_t OPEN4_RESULT_CONFIRM = 0x00000002;
inline constexpr uint32_t OPEN4_RESULT_LOCKTYPE_POSIX = 0x00000004;
inline constexpr uint32_t OPEN4_RESULT_PRESERVE_UNLINKED = 0x00000008;
inline constexpr uint32_t OPEN4_RESULT_NO_OPEN_STATEID = 0x00000010;  // RFC 9754
inline constexpr uint32_t OPEN4_RESULT_MAY_NOTIFY_LOCK = 0x00000020;

enum createmode4 : uint32_t { UNCHECKED4 = 0, GUARDED4 = 1, EXCLUSIVE4 = 2, EXCLUSIVE4_1 = 3 };

struct creatverfattr {
    verifier4 cva_verf{};
    fattr4 cva_attrs;
    STRAIT_FIELDS(cva_verf, cva_attrs)
};
struct createhow4 {
    createmode4 mode{};
    fattr4 createattrs;
    verifier4 createverf{};
    creatverfattr ch_createboth;
    STRAIT_UNION(mode, STRAIT_ARM(createattrs, UNCHECKED4, GUARDED4),
                 STRAIT_ARM(createverf, EXCLUSIVE4), STRAIT_ARM(ch_createboth, EXCLUSIVE4_1))
};

enum opentype4 : uint32_t { OPEN4_NOCREATE = 0, OPEN4_CREATE = 1 };
constexpr bool xdr_valid(opentype4 type) { return type <= OPEN4_CREATE; }

struct openflag4 {
    opentype4 opentype{};
    createhow4 how;
    STRAIT_UNION(opentype, STRAIT_ARM(how, OPEN4_CREATE), STRAIT_OTHERWISE_VOID)
};

struct open_claim_delegate_cur4 {
    stateid4 delegate_stateid;
    component4 file;
    STRAIT_FIELDS(delegate_stateid, file)
};
struct open_claim4 {
    open_claim_type4 claim{};
    component4 file;
    open_delegation_type4 delegate_type{};
    open_claim_delegate_cur4 delegate_cur_info;
    component4 file_delegate_prev;
    stateid4 oc_delegate_stateid;
    STRAIT_UNION(claim, STRAIT_ARM(file, CLAIM_NULL), STRAIT_ARM(delegate_type, CLAIM_PREVIOUS),
                 STRAIT_ARM(delegate_cur_info, CLAIM_DELEGATE_CUR),
                 STRAIT_ARM(file_delegate_prev, CLAIM_DELEGATE_PREV),
                 STRAIT_VOID(CLAIM_FH, CLAIM_DELEG_PREV_FH),
                 STRAIT_ARM(oc_delegate_stateid, CLAIM_DELEG_CUR_FH))
};

struct OPEN4args {
    seqid4 seqid{};  // unused since NFSv4.1
    uint32_t share_access{};
    uint32_t share_deny{};
    open_owner4 owner;
    openflag4 openhow;
    open_claim4 claim;
    STRAIT_FIELDS(seqid, share_access, share_deny, owner, openhow, claim)
};
struct OPEN4resok {
    stateid4 stateid;
    change_info4 cinfo;
    uint32_t rflags{};
    bitmap4 attrset;
    open_delegation4 delegation;
    STRAIT_FIELDS(stateid, cinfo, rflags, attrset, delegation)
};
struct OPEN4res {
    nfsstat4 status{};
    OPEN4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(OPEN)

struct OPEN_DOWNGRADE4args {
    stateid4 open_stateid;
    seqid4 seqid{};
    uint32_t share_access{};
    uint32_t share_deny{};
    STRAIT_FIELDS(open_stateid, seqid, share_access, share_deny)
};
struct OPEN_DOWNGRADE4resok {
    stateid4 open_stateid;
    STRAIT_FIELDS(open_stateid)
};
struct OPEN_DOWNGRADE4res {
    nfsstat4 status{};
    OPEN_DOWNGRADE4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(OPEN_DOWNGRADE)

struct OPENATTR4args {
    bool createdir{};
    STRAIT_FIELDS(createdir)
};
struct OPENATTR4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(OPENATTR)

}  // namespace strait::wire::nfs4
