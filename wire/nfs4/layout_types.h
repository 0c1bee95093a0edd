// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// pNFS types that operations and attributes share (RFC 8881 3.3.13 to 3.3.25). Layout bodies stay
// opaque.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/bitmap.h"

namespace strait::wire::nfs4 {

enum layouttype4 : uint32_t {
    LAYOUT4_NFSV4_1_FILES = 1,
    LAYOUT4_OSD2_OBJECTS = 2,
    LAYOUT4_BLOCK_VOLUME = 3,
    LAYOUT4_FLEX_FILES = 4,  // RFC 8435
    LAYOUT4_SCSI = 5         // RFC 8154
};

enum layoutiomode4 : uint32_t {
    LAYOUTIOMODE4_READ = 1,
    LAYOUTIOMODE4_RW = 2,
    LAYOUTIOMODE4_ANY = 3
};

using layout_body = xdr::Opaque<max_small_opaque>;

struct layout_content4 {
    layouttype4 loc_type{};
    layout_body loc_body;
    STRAIT_FIELDS(loc_type, loc_body)
};

struct layout4 {
    offset4 lo_offset{};
    length4 lo_length{};
    layoutiomode4 lo_iomode{};
    layout_content4 lo_content;
    STRAIT_FIELDS(lo_offset, lo_length, lo_iomode, lo_content)
};

struct layouthint4 {
    layouttype4 loh_type{};
    layout_body loh_body;
    STRAIT_FIELDS(loh_type, loh_body)
};

struct layoutupdate4 {
    layouttype4 lou_type{};
    layout_body lou_body;
    STRAIT_FIELDS(lou_type, lou_body)
};

struct device_addr4 {
    layouttype4 da_layout_type{};
    layout_body da_addr_body;
    STRAIT_FIELDS(da_layout_type, da_addr_body)
};

// RFC 8881 5.12.4
struct threshold_item4 {
    layouttype4 thi_layout_type{};
    bitmap4 thi_hintset;
    layout_body thi_hintlist;
    STRAIT_FIELDS(thi_layout_type, thi_hintset, thi_hintlist)
};

struct mdsthreshold4 {
    xdr::List<threshold_item4, 64> mth_hints;
    STRAIT_FIELDS(mth_hints)
};

}  // namespace strait::wire::nfs4
