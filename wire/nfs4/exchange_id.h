// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// EXCHANGE_ID and DESTROY_CLIENTID (RFC 8881 18.35, 18.50): a client makes itself known, or leaves.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/bitmap.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

inline constexpr uint32_t EXCHGID4_FLAG_SUPP_MOVED_REFER = 0x00000001;
inline constexpr uint32_t EXCHGID4_FLAG_SUPP_MOVED_MIGR = 0x00000002;
inline constexpr uint32_t EXCHGID4_FLAG_SUPP_FENCE_OPS = 0x00000004;  // RFC 7862 14.1
inline constexpr uint32_t EXCHGID4_FLAG_BIND_PRINC_STATEID = 0x00000100;
inline constexpr uint32_t EXCHGID4_FLAG_USE_NON_PNFS = 0x00010000;
inline constexpr uint32_t EXCHGID4_FLAG_USE_PNFS_MDS = 0x00020000;
inline constexpr uint32_t EXCHGID4_FLAG_USE_PNFS_DS = 0x00040000;
inline constexpr uint32_t EXCHGID4_FLAG_MASK_PNFS = 0x00070000;
inline constexpr uint32_t EXCHGID4_FLAG_UPD_CONFIRMED_REC_A = 0x40000000;
inline constexpr uint32_t EXCHGID4_FLAG_CONFIRMED_R = 0x80000000;

struct client_owner4 {
    verifier4 co_verifier{};
    xdr::Opaque<NFS4_OPAQUE_LIMIT> co_ownerid;
    STRAIT_FIELDS(co_verifier, co_ownerid)
};
struct server_owner4 {
    uint64_t so_minor_id{};
    xdr::Opaque<NFS4_OPAQUE_LIMIT> so_major_id;
    STRAIT_FIELDS(so_minor_id, so_major_id)
};

struct state_protect_ops4 {
    bitmap4 spo_must_enforce;
    bitmap4 spo_must_allow;
    STRAIT_FIELDS(spo_must_enforce, spo_must_allow)
};
struct ssv_sp_parms4 {
    state_protect_ops4 ssp_ops;
    xdr::List<sec_oid4, 64> ssp_hash_algs;
    xdr::List<sec_oid4, 64> ssp_encr_algs;
    uint32_t ssp_window{};
    uint32_t ssp_num_gss_handles{};
    STRAIT_FIELDS(ssp_ops, ssp_hash_algs, ssp_encr_algs, ssp_window, ssp_num_gss_handles)
};
enum state_protect_how4 : uint32_t { SP4_NONE = 0, SP4_MACH_CRED = 1, SP4_SSV = 2 };
struct state_protect4_a {
    state_protect_how4 spa_how{};
    state_protect_ops4 spa_mach_ops;
    ssv_sp_parms4 spa_ssv_parms;
    STRAIT_UNION(spa_how, STRAIT_VOID(SP4_NONE), STRAIT_ARM(spa_mach_ops, SP4_MACH_CRED),
                 STRAIT_ARM(spa_ssv_parms, SP4_SSV))
};
struct ssv_prot_info4 {
    state_protect_ops4 spi_ops;
    uint32_t spi_hash_alg{};
    uint32_t spi_encr_alg{};
    uint32_t spi_ssv_len{};
    uint32_t spi_window{};
    xdr::List<gsshandle4_t, 64> spi_handles;
    STRAIT_FIELDS(spi_ops, spi_hash_alg, spi_encr_alg, spi_ssv_len, spi_window, spi_handles)
};
struct state_protect4_r {
    state_protect_how4 spr_how{};
    state_protect_ops4 spr_mach_ops;
    ssv_prot_info4 spr_ssv_info;
    STRAIT_UNION(spr_how, STRAIT_VOID(SP4_NONE), STRAIT_ARM(spr_mach_ops, SP4_MACH_CRED),
                 STRAIT_ARM(spr_ssv_info, SP4_SSV))
};

struct EXCHANGE_ID4args {
    client_owner4 eia_clientowner;
    uint32_t eia_flags{};
    state_protect4_a eia_state_protect;
    xdr::Optional<nfs_impl_id4> eia_client_impl_id;
    STRAIT_FIELDS(eia_clientowner, eia_flags, eia_state_protect, eia_client_impl_id)
};
struct EXCHANGE_ID4resok {
    clientid4 eir_clientid{};
    sequenceid4 eir_sequenceid{};
    uint32_t eir_flags{};
    state_protect4_r eir_state_protect;
    server_owner4 eir_server_owner;
    xdr::Opaque<NFS4_OPAQUE_LIMIT> eir_server_scope;
    xdr::Optional<nfs_impl_id4> eir_server_impl_id;
    STRAIT_FIELDS(eir_clientid, eir_sequenceid, eir_flags, eir_state_protect, eir_server_owner,
                  eir_server_scope, eir_server_impl_id)
};
struct EXCHANGE_ID4res {
    nfsstat4 eir_status{};
    EXCHANGE_ID4resok eir_resok4;
    STRAIT_RESULT(eir_status, eir_resok4)
};
STRAIT_NFS4_OP(EXCHANGE_ID)

struct DESTROY_CLIENTID4args {
    clientid4 dca_clientid{};
    STRAIT_FIELDS(dca_clientid)
};
struct DESTROY_CLIENTID4res {
    nfsstat4 dcr_status{};
    STRAIT_FIELDS(dcr_status)
};
STRAIT_NFS4_OP(DESTROY_CLIENTID)

}  // namespace strait::wire::nfs4
