// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What most operations speak of (RFC 8881 3.2, 3.3, RFC 5662): sizes, ids, stateid4, times,
// change_info4.

#include <cstdint>

#include "wire/nfs4/nfsstat4.h"
#include "wire/xdr/types.h"

namespace strait::wire::nfs4 {

inline constexpr uint32_t NFS4_PROGRAM = 100003;
inline constexpr uint32_t NFS_V4 = 4;
inline constexpr uint32_t NFSPROC4_NULL = 0;
inline constexpr uint32_t NFSPROC4_COMPOUND = 1;
inline constexpr uint32_t NFS_CB =
    1;  // version of the callback program, whose number the client chooses
inline constexpr uint32_t CB_NULL = 0;
inline constexpr uint32_t CB_COMPOUND = 1;

inline constexpr uint32_t NFS4_FHSIZE = 128;
inline constexpr uint32_t NFS4_VERIFIER_SIZE = 8;
inline constexpr uint32_t NFS4_OTHER_SIZE = 12;
inline constexpr uint32_t NFS4_OPAQUE_LIMIT = 1024;
inline constexpr uint32_t NFS4_SESSIONID_SIZE = 16;
inline constexpr uint32_t NFS4_DEVICEID4_SIZE = 16;
inline constexpr uint64_t NFS4_UINT64_MAX = 0xffffffffffffffff;
inline constexpr uint32_t NFS4_UINT32_MAX = 0xffffffff;
inline constexpr uint64_t NFS4_MAXFILELEN = 0xffffffffffffffff;
inline constexpr uint64_t NFS4_MAXFILEOFF = 0xfffffffffffffffe;

// Limits of ours where the RFC sets none. Names are bounded by the server's own rule
// (NFS4ERR_NAMETOOLONG), so the type admits more than any file system does.
inline constexpr uint32_t max_text = 64 * 1024;          // names, link targets, server names
inline constexpr uint32_t max_small_opaque = 64 * 1024;  // layout bodies, hashes, labels, patterns
inline constexpr uint32_t max_attrlist = 1024 * 1024;
inline constexpr uint32_t max_io = 64 * 1024 * 1024;  // payload of one READ or WRITE

using changeid4 = uint64_t;
using clientid4 = uint64_t;
using count4 = uint32_t;
using length4 = uint64_t;
using mode4 = uint32_t;
using nfs_cookie4 = uint64_t;
using nfs_lease4 = uint32_t;
using offset4 = uint64_t;
using qop4 = uint32_t;
using sequenceid4 = uint32_t;
using seqid4 = uint32_t;
using slotid4 = uint32_t;
using policy4 = uint32_t;
using nfs_fh4 = xdr::Opaque<NFS4_FHSIZE>;
using sec_oid4 = xdr::Opaque<1024>;
using sessionid4 = xdr::Fixed<NFS4_SESSIONID_SIZE>;
using verifier4 = xdr::Fixed<NFS4_VERIFIER_SIZE>;
using deviceid4 = xdr::Fixed<NFS4_DEVICEID4_SIZE>;
using gsshandle4_t = xdr::Opaque<1024>;
using utf8str_cis = xdr::Utf8<max_text>;
using utf8str_cs = xdr::Utf8<max_text>;
using utf8str_mixed = xdr::Utf8<max_text>;
using ascii_REQUIRED4 = xdr::Utf8<max_text>;
using component4 = utf8str_cs;
using linktext4 = xdr::Utf8<max_text>;
using pathname4 = xdr::List<component4, 1024>;

enum nfs_ftype4 : uint32_t {
    NF4REG = 1,
    NF4DIR = 2,
    NF4BLK = 3,
    NF4CHR = 4,
    NF4LNK = 5,
    NF4SOCK = 6,
    NF4FIFO = 7,
    NF4ATTRDIR = 8,
    NF4NAMEDATTR = 9
};

struct nfstime4 {
    int64_t seconds{};
    uint32_t nseconds{};
    STRAIT_FIELDS(seconds, nseconds)
    friend bool operator==(const nfstime4&, const nfstime4&) = default;
};

enum time_how4 : uint32_t { SET_TO_SERVER_TIME4 = 0, SET_TO_CLIENT_TIME4 = 1 };
constexpr bool xdr_valid(time_how4 how) { return how <= SET_TO_CLIENT_TIME4; }

struct settime4 {
    time_how4 set_it{};
    nfstime4 time;
    STRAIT_UNION(set_it, STRAIT_ARM(time, SET_TO_CLIENT_TIME4), STRAIT_OTHERWISE_VOID)
};

struct fsid4 {
    uint64_t major{};
    uint64_t minor{};
    STRAIT_FIELDS(major, minor)
    friend bool operator==(const fsid4&, const fsid4&) = default;
};

struct specdata4 {
    uint32_t specdata1{};  // major device number
    uint32_t specdata2{};  // minor device number
    STRAIT_FIELDS(specdata1, specdata2)
};

struct change_info4 {
    bool atomic{};
    changeid4 before{};
    changeid4 after{};
    STRAIT_FIELDS(atomic, before, after)
};

// RFC 8881 8.2
struct stateid4 {
    uint32_t seqid{};
    xdr::Fixed<NFS4_OTHER_SIZE> other{};
    STRAIT_FIELDS(seqid, other)
    friend bool operator==(const stateid4&, const stateid4&) = default;
};

// The special stateids (RFC 8881 8.2.3).
inline constexpr stateid4 anonymous_stateid{};
inline constexpr stateid4 current_stateid{1, {}};
inline constexpr stateid4 invalid_stateid{NFS4_UINT32_MAX, {}};
constexpr stateid4 make_read_bypass_stateid() {
    stateid4 all_ones{NFS4_UINT32_MAX, {}};
    all_ones.other.fill(std::byte{0xff});
    return all_ones;
}
inline constexpr stateid4 read_bypass_stateid = make_read_bypass_stateid();

struct state_owner4 {
    clientid4 clientid{};
    xdr::Opaque<NFS4_OPAQUE_LIMIT> owner;
    STRAIT_FIELDS(clientid, owner)
};
using open_owner4 = state_owner4;
using lock_owner4 = state_owner4;

struct netaddr4 {
    xdr::Utf8<1024> na_r_netid;
    xdr::Utf8<1024> na_r_addr;
    STRAIT_FIELDS(na_r_netid, na_r_addr)
};
using clientaddr4 = netaddr4;

struct nfs_impl_id4 {
    utf8str_cis nii_domain;
    utf8str_cs nii_name;
    nfstime4 nii_date;
    STRAIT_FIELDS(nii_domain, nii_name, nii_date)
};

enum stable_how4 : uint32_t { UNSTABLE4 = 0, DATA_SYNC4 = 1, FILE_SYNC4 = 2 };
constexpr bool xdr_valid(stable_how4 how) { return how <= FILE_SYNC4; }

enum data_content4 : uint32_t { NFS4_CONTENT_DATA = 0, NFS4_CONTENT_HOLE = 1 };

// RFC 7862 3.1: the result of the operations that write without data on the wire.
struct write_response4 {
    xdr::Optional<stateid4> wr_callback_id;
    length4 wr_count{};
    stable_how4 wr_committed{};
    verifier4 wr_writeverf{};
    STRAIT_FIELDS(wr_callback_id, wr_count, wr_committed, wr_writeverf)
};

}  // namespace strait::wire::nfs4
