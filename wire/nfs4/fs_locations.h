// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where else a file system is to be found (RFC 8881 11.16, 11.17): fs_locations, fs_locations_info,
// fs_status.

#include "wire/nfs4/basic.h"

namespace strait::wire::nfs4 {

struct fs_location4 {
    xdr::List<utf8str_cis, 1024> server;
    pathname4 rootpath;
    STRAIT_FIELDS(server, rootpath)
};

struct fs_locations4 {
    pathname4 fs_root;
    xdr::List<fs_location4, 1024> locations;
    STRAIT_FIELDS(fs_root, locations)
};

// Indices into fls_info (RFC 8881 11.17.1).
inline constexpr uint32_t FSLI4BX_GFLAGS = 0;
inline constexpr uint32_t FSLI4BX_TFLAGS = 1;
inline constexpr uint32_t FSLI4BX_CLSIMUL = 2;
inline constexpr uint32_t FSLI4BX_CLHANDLE = 3;
inline constexpr uint32_t FSLI4BX_CLFILEID = 4;
inline constexpr uint32_t FSLI4BX_CLWRITEVER = 5;
inline constexpr uint32_t FSLI4BX_CLCHANGE = 6;
inline constexpr uint32_t FSLI4BX_CLREADDIR = 7;
inline constexpr uint32_t FSLI4BX_READRANK = 8;
inline constexpr uint32_t FSLI4BX_WRITERANK = 9;
inline constexpr uint32_t FSLI4BX_READORDER = 10;
inline constexpr uint32_t FSLI4BX_WRITEORDER = 11;
inline constexpr uint32_t FSLI4IF_VAR_SUB = 0x00000001;

struct fs_locations_server4 {
    int32_t fls_currency{};
    xdr::Opaque<1024> fls_info;
    utf8str_cis fls_server;
    STRAIT_FIELDS(fls_currency, fls_info, fls_server)
};

struct fs_locations_item4 {
    xdr::List<fs_locations_server4, 1024> fli_entries;
    pathname4 fli_rootpath;
    STRAIT_FIELDS(fli_entries, fli_rootpath)
};

struct fs_locations_info4 {
    uint32_t fli_flags{};
    int32_t fli_valid_for{};
    pathname4 fli_fs_root;
    xdr::List<fs_locations_item4, 1024> fli_items;
    STRAIT_FIELDS(fli_flags, fli_valid_for, fli_fs_root, fli_items)
};

enum fs4_status_type : uint32_t {
    STATUS4_FIXED = 1,
    STATUS4_UPDATED = 2,
    STATUS4_VERSIONED = 3,
    STATUS4_WRITABLE = 4,
    STATUS4_REFERRAL = 5
};

struct fs4_status {
    bool fss_absent{};
    fs4_status_type fss_type{};
    utf8str_cs fss_source;
    utf8str_cs fss_current;
    int32_t fss_age{};
    nfstime4 fss_version;
    STRAIT_FIELDS(fss_absent, fss_type, fss_source, fss_current, fss_age, fss_version)
};

}  // namespace strait::wire::nfs4
