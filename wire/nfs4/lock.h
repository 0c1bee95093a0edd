// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// LOCK, LOCKT, LOCKU (RFC 8881 18.10 to 18.12): byte-range locks. length NFS4_UINT64_MAX means to
// the end.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

enum nfs_lock_type4 : uint32_t { READ_LT = 1, WRITE_LT = 2, READW_LT = 3, WRITEW_LT = 4 };
constexpr bool xdr_valid(nfs_lock_type4 type) { return type >= READ_LT && type <= WRITEW_LT; }

struct open_to_lock_owner4 {
    seqid4 open_seqid{};
    stateid4 open_stateid;
    seqid4 lock_seqid{};
    lock_owner4 lock_owner;
    STRAIT_FIELDS(open_seqid, open_stateid, lock_seqid, lock_owner)
};
struct exist_lock_owner4 {
    stateid4 lock_stateid;
    seqid4 lock_seqid{};
    STRAIT_FIELDS(lock_stateid, lock_seqid)
};
struct locker4 {
    bool new_lock_owner{};
    open_to_lock_owner4 open_owner;
    exist_lock_owner4 lock_owner;
    STRAIT_UNION(new_lock_owner, STRAIT_ARM(open_owner, true), STRAIT_ARM(lock_owner, false))
};

struct LOCK4args {
    nfs_lock_type4 locktype = READ_LT;
    bool reclaim{};
    offset4 offset{};
    length4 length{};
    locker4 locker;
    STRAIT_FIELDS(locktype, reclaim, offset, length, locker)
};
struct LOCK4denied {
    offset4 offset{};
    length4 length{};
    nfs_lock_type4 locktype = READ_LT;
    lock_owner4 owner;
    STRAIT_FIELDS(offset, length, locktype, owner)
};
struct LOCK4resok {
    stateid4 lock_stateid;
    STRAIT_FIELDS(lock_stateid)
};
struct LOCK4res {
    nfsstat4 status{};
    LOCK4resok resok4;
    LOCK4denied denied;
    STRAIT_UNION(status, STRAIT_ARM(resok4, NFS4_OK), STRAIT_ARM(denied, NFS4ERR_DENIED),
                 STRAIT_OTHERWISE_VOID)
};
STRAIT_NFS4_OP(LOCK)

struct LOCKT4args {
    nfs_lock_type4 locktype = READ_LT;
    offset4 offset{};
    length4 length{};
    lock_owner4 owner;
    STRAIT_FIELDS(locktype, offset, length, owner)
};
struct LOCKT4res {
    nfsstat4 status{};
    LOCK4denied denied;
    STRAIT_UNION(status, STRAIT_ARM(denied, NFS4ERR_DENIED), STRAIT_OTHERWISE_VOID)
};
STRAIT_NFS4_OP(LOCKT)

struct LOCKU4args {
    nfs_lock_type4 locktype = READ_LT;
    seqid4 seqid{};
    stateid4 lock_stateid;
    offset4 offset{};
    length4 length{};
    STRAIT_FIELDS(locktype, seqid, lock_stateid, offset, length)
};
struct LOCKU4res {
    nfsstat4 status{};
    stateid4 lock_stateid;
    STRAIT_RESULT(status, lock_stateid)
};
STRAIT_NFS4_OP(LOCKU)

}  // namespace strait::wire::nfs4
