// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// SEQUENCE and RECLAIM_COMPLETE (RFC 8881 18.46, 18.51): the slot of a compound; the end of
// reclaiming.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

inline constexpr uint32_t SEQ4_STATUS_CB_PATH_DOWN = 0x00000001;
inline constexpr uint32_t SEQ4_STATUS_CB_GSS_CONTEXTS_EXPIRING = 0x00000002;
inline constexpr uint32_t SEQ4_STATUS_CB_GSS_CONTEXTS_EXPIRED = 0x00000004;
inline constexpr uint32_t SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED = 0x00000008;
inline constexpr uint32_t SEQ4_STATUS_EXPIRED_SOME_STATE_REVOKED = 0x00000010;
inline constexpr uint32_t SEQ4_STATUS_ADMIN_STATE_REVOKED = 0x00000020;
inline constexpr uint32_t SEQ4_STATUS_RECALLABLE_STATE_REVOKED = 0x00000040;
inline constexpr uint32_t SEQ4_STATUS_LEASE_MOVED = 0x00000080;
inline constexpr uint32_t SEQ4_STATUS_RESTART_RECLAIM_NEEDED = 0x00000100;
inline constexpr uint32_t SEQ4_STATUS_CB_PATH_DOWN_SESSION = 0x00000200;
inline constexpr uint32_t SEQ4_STATUS_BACKCHANNEL_FAULT = 0x00000400;
inline constexpr uint32_t SEQ4_STATUS_DEVID_CHANGED = 0x00000800;
inline constexpr uint32_t SEQ4_STATUS_DEVID_DELETED = 0x00001000;

struct SEQUENCE4args {
    sessionid4 sa_sessionid{};
    sequenceid4 sa_sequenceid{};
    slotid4 sa_slotid{};
    slotid4 sa_highest_slotid{};
    bool sa_cachethis{};
    STRAIT_FIELDS(sa_sessionid, sa_sequenceid, sa_slotid, sa_highest_slotid, sa_cachethis)
};
struct SEQUENCE4resok {
    sessionid4 sr_sessionid{};
    sequenceid4 sr_sequenceid{};
    slotid4 sr_slotid{};
    slotid4 sr_highest_slotid{};
    slotid4 sr_target_highest_slotid{};
    uint32_t sr_status_flags{};
    STRAIT_FIELDS(sr_sessionid, sr_sequenceid, sr_slotid, sr_highest_slotid,
                  sr_target_highest_slotid, sr_status_flags)
};
struct SEQUENCE4res {
    nfsstat4 sr_status{};
    SEQUENCE4resok sr_resok4;
    STRAIT_RESULT(sr_status, sr_resok4)
};
STRAIT_NFS4_OP(SEQUENCE)

struct RECLAIM_COMPLETE4args {
    bool rca_one_fs{};
    STRAIT_FIELDS(rca_one_fs)
};
struct RECLAIM_COMPLETE4res {
    nfsstat4 rcr_status{};
    STRAIT_FIELDS(rcr_status)
};
STRAIT_NFS4_OP(RECLAIM_COMPLETE)

}  // namespace strait::wire::nfs4
