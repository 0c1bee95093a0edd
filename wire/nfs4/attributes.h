// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Every attribute of NFSv4.1, 4.2, RFC 8275, 8276 and 9754 as one struct, from one list: name,
// number, field, type, source.

#include <string_view>

#include "wire/nfs4/acl.h"
#include "wire/nfs4/bitmap.h"
#include "wire/nfs4/fattr4.h"
#include "wire/nfs4/fs_locations.h"
#include "wire/nfs4/layout_types.h"

namespace strait::wire::nfs4 {

inline constexpr mode4 MODE4_SUID = 0x800, MODE4_SGID = 0x400, MODE4_SVTX = 0x200;

// fh_expire_type (RFC 8881 5.8.1.3)
inline constexpr uint32_t FH4_PERSISTENT = 0x0;
inline constexpr uint32_t FH4_NOEXPIRE_WITH_OPEN = 0x1;
inline constexpr uint32_t FH4_VOLATILE_ANY = 0x2;
inline constexpr uint32_t FH4_VOL_MIGRATION = 0x4;
inline constexpr uint32_t FH4_VOL_RENAME = 0x8;

inline constexpr uint32_t FSCHARSET_CAP4_CONTAINS_NON_UTF8 = 0x1;
inline constexpr uint32_t FSCHARSET_CAP4_ALLOWS_ONLY_UTF8 = 0x2;

struct change_policy4 {
    uint64_t cp_major{};
    uint64_t cp_minor{};
    STRAIT_FIELDS(cp_major, cp_minor)
};

struct mode_masked4 {
    mode4 mm_value_to_set{};
    mode4 mm_mask_bits{};
    STRAIT_FIELDS(mm_value_to_set, mm_mask_bits)
};

// RFC 8275 5
struct mode_umask4 {
    mode4 mu_mode{};
    mode4 mu_umask{};
    STRAIT_FIELDS(mu_mode, mu_umask)
};

struct retention_get4 {
    uint64_t rg_duration{};
    xdr::Optional<nfstime4> rg_begin_time;
    STRAIT_FIELDS(rg_duration, rg_begin_time)
};

struct retention_set4 {
    bool rs_enable{};
    xdr::Optional<uint64_t> rs_duration;
    STRAIT_FIELDS(rs_enable, rs_duration)
};

// RFC 7862 12.2.3
enum change_attr_type4 : uint32_t {
    NFS4_CHANGE_TYPE_IS_MONOTONIC_INCR = 0,
    NFS4_CHANGE_TYPE_IS_VERSION_COUNTER = 1,
    NFS4_CHANGE_TYPE_IS_VERSION_COUNTER_NOPNFS = 2,
    NFS4_CHANGE_TYPE_IS_TIME_METADATA = 3,
    NFS4_CHANGE_TYPE_IS_UNDEFINED = 4
};

struct labelformat_spec4 {
    policy4 lfs_lfs{};
    policy4 lfs_pi{};
    STRAIT_FIELDS(lfs_lfs, lfs_pi)
};

struct sec_label4 {
    labelformat_spec4 slai_lfs;
    xdr::Opaque<max_small_opaque> slai_data;
    STRAIT_FIELDS(slai_lfs, slai_data)
};

// RFC 9754 4
struct open_arguments4 {
    bitmap4 oa_share_access;
    bitmap4 oa_share_deny;
    bitmap4 oa_share_access_want;
    bitmap4 oa_open_claim;
    bitmap4 oa_create_mode;
    STRAIT_FIELDS(oa_share_access, oa_share_deny, oa_share_access_want, oa_open_claim,
                  oa_create_mode)
};

using layouttype4_list = xdr::List<layouttype4, 64>;

// X(NAME, number, field, type), in rising order of the number: the order of the values on the wire.
#define STRAIT_FATTR4_LIST(X)                                       \
    X(SUPPORTED_ATTRS, 0, supported_attrs, bitmap4)                 \
    X(TYPE, 1, type, nfs_ftype4)                                    \
    X(FH_EXPIRE_TYPE, 2, fh_expire_type, uint32_t)                  \
    X(CHANGE, 3, change, changeid4)                                 \
    X(SIZE, 4, size, uint64_t)                                      \
    X(LINK_SUPPORT, 5, link_support, bool)                          \
    X(SYMLINK_SUPPORT, 6, symlink_support, bool)                    \
    X(NAMED_ATTR, 7, named_attr, bool)                              \
    X(FSID, 8, fsid, fsid4)                                         \
    X(UNIQUE_HANDLES, 9, unique_handles, bool)                      \
    X(LEASE_TIME, 10, lease_time, nfs_lease4)                       \
    X(RDATTR_ERROR, 11, rdattr_error, nfsstat4)                     \
    X(ACL, 12, acl, fattr4_acl)                                     \
    X(ACLSUPPORT, 13, aclsupport, uint32_t)                         \
    X(ARCHIVE, 14, archive, bool)                                   \
    X(CANSETTIME, 15, cansettime, bool)                             \
    X(CASE_INSENSITIVE, 16, case_insensitive, bool)                 \
    X(CASE_PRESERVING, 17, case_preserving, bool)                   \
    X(CHOWN_RESTRICTED, 18, chown_restricted, bool)                 \
    X(FILEHANDLE, 19, filehandle, nfs_fh4)                          \
    X(FILEID, 20, fileid, uint64_t)                                 \
    X(FILES_AVAIL, 21, files_avail, uint64_t)                       \
    X(FILES_FREE, 22, files_free, uint64_t)                         \
    X(FILES_TOTAL, 23, files_total, uint64_t)                       \
    X(FS_LOCATIONS, 24, fs_locations, fs_locations4)                \
    X(HIDDEN, 25, hidden, bool)                                     \
    X(HOMOGENEOUS, 26, homogeneous, bool)                           \
    X(MAXFILESIZE, 27, maxfilesize, uint64_t)                       \
    X(MAXLINK, 28, maxlink, uint32_t)                               \
    X(MAXNAME, 29, maxname, uint32_t)                               \
    X(MAXREAD, 30, maxread, uint64_t)                               \
    X(MAXWRITE, 31, maxwrite, uint64_t)                             \
    X(MIMETYPE, 32, mimetype, ascii_REQUIRED4)                      \
    X(MODE, 33, mode, mode4)                                        \
    X(NO_TRUNC, 34, no_trunc, bool)                                 \
    X(NUMLINKS, 35, numlinks, uint32_t)                             \
    X(OWNER, 36, owner, utf8str_mixed)                              \
    X(OWNER_GROUP, 37, owner_group, utf8str_mixed)                  \
    X(QUOTA_AVAIL_HARD, 38, quota_avail_hard, uint64_t)             \
    X(QUOTA_AVAIL_SOFT, 39, quota_avail_soft, uint64_t)             \
    X(QUOTA_USED, 40, quota_used, uint64_t)                         \
    X(RAWDEV, 41, rawdev, specdata4)                                \
    X(SPACE_AVAIL, 42, space_avail, uint64_t)                       \
    X(SPACE_FREE, 43, space_free, uint64_t)                         \
    X(SPACE_TOTAL, 44, space_total, uint64_t)                       \
    X(SPACE_USED, 45, space_used, uint64_t)                         \
    X(SYSTEM, 46, system, bool)                                     \
    X(TIME_ACCESS, 47, time_access, nfstime4)                       \
    X(TIME_ACCESS_SET, 48, time_access_set, settime4)               \
    X(TIME_BACKUP, 49, time_backup, nfstime4)                       \
    X(TIME_CREATE, 50, time_create, nfstime4)                       \
    X(TIME_DELTA, 51, time_delta, nfstime4)                         \
    X(TIME_METADATA, 52, time_metadata, nfstime4)                   \
    X(TIME_MODIFY, 53, time_modify, nfstime4)                       \
    X(TIME_MODIFY_SET, 54, time_modify_set, settime4)               \
    X(MOUNTED_ON_FILEID, 55, mounted_on_fileid, uint64_t)           \
    X(DIR_NOTIF_DELAY, 56, dir_notif_delay, nfstime4)               \
    X(DIRENT_NOTIF_DELAY, 57, dirent_notif_delay, nfstime4)         \
    X(DACL, 58, dacl, nfsacl41)                                     \
    X(SACL, 59, sacl, nfsacl41)                                     \
    X(CHANGE_POLICY, 60, change_policy, change_policy4)             \
    X(FS_STATUS, 61, fs_status, fs4_status)                         \
    X(FS_LAYOUT_TYPES, 62, fs_layout_types, layouttype4_list)       \
    X(LAYOUT_HINT, 63, layout_hint, layouthint4)                    \
    X(LAYOUT_TYPES, 64, layout_types, layouttype4_list)             \
    X(LAYOUT_BLKSIZE, 65, layout_blksize, uint32_t)                 \
    X(LAYOUT_ALIGNMENT, 66, layout_alignment, uint32_t)             \
    X(FS_LOCATIONS_INFO, 67, fs_locations_info, fs_locations_info4) \
    X(MDSTHRESHOLD, 68, mdsthreshold, mdsthreshold4)                \
    X(RETENTION_GET, 69, retention_get, retention_get4)             \
    X(RETENTION_SET, 70, retention_set, retention_set4)             \
    X(RETENTEVT_GET, 71, retentevt_get, retention_get4)             \
    X(RETENTEVT_SET, 72, retentevt_set, retention_set4)             \
    X(RETENTION_HOLD, 73, retention_hold, uint64_t)                 \
    X(MODE_SET_MASKED, 74, mode_set_masked, mode_masked4)           \
    X(SUPPATTR_EXCLCREAT, 75, suppattr_exclcreat, bitmap4)          \
    X(FS_CHARSET_CAP, 76, fs_charset_cap, uint32_t)                 \
    X(CLONE_BLKSIZE, 77, clone_blksize, uint32_t)                   \
    X(SPACE_FREED, 78, space_freed, uint64_t)                       \
    X(CHANGE_ATTR_TYPE, 79, change_attr_type, change_attr_type4)    \
    X(SEC_LABEL, 80, sec_label, sec_label4)                         \
    X(MODE_UMASK, 81, mode_umask, mode_umask4)                      \
    X(XATTR_SUPPORT, 82, xattr_support, bool)                       \
    X(OFFLINE, 83, offline, bool)                                   \
    X(TIME_DELEG_ACCESS, 84, time_deleg_access, nfstime4)           \
    X(TIME_DELEG_MODIFY, 85, time_deleg_modify, nfstime4)           \
    X(OPEN_ARGUMENTS, 86, open_arguments, open_arguments4)

enum fattr4_number : uint32_t {
#define X(name, number, field, type_) FATTR4_##name = number,
    STRAIT_FATTR4_LIST(X)
#undef X
        FATTR4_END = 87
};

// Invariant: a field means something only while its bit is in `mask`. Strings and opaques are
// views, as everywhere.
struct Attributes4 {
    bitmap4 mask;
#define X(name, number, field, type_) type_ field{};
    STRAIT_FATTR4_LIST(X)
#undef X

    bool has(fattr4_number number) const { return mask.test(number); }
};

// Decodes `from` (received or made with fattr4::of) into `out`; out.mask becomes from.attrmask. The
// results:
//   ok        all values read
//   unknown   from.attrmask has an attribute that this code does not know: NFS4ERR_ATTRNOTSUPP
//   malformed the values do not match the mask: NFS4ERR_BADXDR
enum class AttributesRead { ok, unknown, malformed };
AttributesRead decode_attributes(const fattr4& from, Attributes4& out);

// All attributes in the list above.
bitmap4 known_attributes();

// "owner_group"; "?" for a number that is not in the list.
std::string_view attribute_name(uint32_t number);

inline fattr4 fattr4::of(const Attributes4& attributes) {
    fattr4 made;
    made.attrmask = attributes.mask;
    made.source = &attributes;
    return made;
}

}  // namespace strait::wire::nfs4
