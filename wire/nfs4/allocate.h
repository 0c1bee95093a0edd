// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// ALLOCATE, DEALLOCATE, SEEK, IO_ADVISE (RFC 7862 15.1, 15.4, 15.11, 15.5): space and holes of a
// file.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/bitmap.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct ALLOCATE4args {
    stateid4 aa_stateid;
    offset4 aa_offset{};
    length4 aa_length{};
    STRAIT_FIELDS(aa_stateid, aa_offset, aa_length)
};
struct ALLOCATE4res {
    nfsstat4 ar_status{};
    STRAIT_FIELDS(ar_status)
};
STRAIT_NFS4_OP(ALLOCATE)

struct DEALLOCATE4args {
    stateid4 da_stateid;
    offset4 da_offset{};
    length4 da_length{};
    STRAIT_FIELDS(da_stateid, da_offset, da_length)
};
struct DEALLOCATE4res {
    nfsstat4 dr_status{};
    STRAIT_FIELDS(dr_status)
};
STRAIT_NFS4_OP(DEALLOCATE)

// An unknown sa_what is for the server to refuse, with NFS4ERR_UNION_NOTSUPP.
struct SEEK4args {
    stateid4 sa_stateid;
    offset4 sa_offset{};
    data_content4 sa_what{};
    STRAIT_FIELDS(sa_stateid, sa_offset, sa_what)
};
struct seek_res4 {
    bool sr_eof{};
    offset4 sr_offset{};
    STRAIT_FIELDS(sr_eof, sr_offset)
};
struct SEEK4res {
    nfsstat4 sa_status{};
    seek_res4 resok4;
    STRAIT_RESULT(sa_status, resok4)
};
STRAIT_NFS4_OP(SEEK)

// Bit numbers in iaa_hints.
enum IO_ADVISE_type4 : uint32_t {
    IO_ADVISE4_NORMAL = 0,
    IO_ADVISE4_SEQUENTIAL = 1,
    IO_ADVISE4_SEQUENTIAL_BACKWARDS = 2,
    IO_ADVISE4_RANDOM = 3,
    IO_ADVISE4_WILLNEED = 4,
    IO_ADVISE4_WILLNEED_OPPORTUNISTIC = 5,
    IO_ADVISE4_DONTNEED = 6,
    IO_ADVISE4_NOREUSE = 7,
    IO_ADVISE4_READ = 8,
    IO_ADVISE4_WRITE = 9,
    IO_ADVISE4_INIT_PROXIMITY = 10
};
struct IO_ADVISE4args {
    stateid4 iaa_stateid;
    offset4 iaa_offset{};
    length4 iaa_count{};
    bitmap4 iaa_hints;
    STRAIT_FIELDS(iaa_stateid, iaa_offset, iaa_count, iaa_hints)
};
struct IO_ADVISE4resok {
    bitmap4 ior_hints;
    STRAIT_FIELDS(ior_hints)
};
struct IO_ADVISE4res {
    nfsstat4 ior_status{};
    IO_ADVISE4resok resok4;
    STRAIT_RESULT(ior_status, resok4)
};
STRAIT_NFS4_OP(IO_ADVISE)

}  // namespace strait::wire::nfs4
