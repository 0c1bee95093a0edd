// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// ACLs (RFC 8881 6.2): entries, NFSv4.1 ACLs with flags, and the constants.

#include "wire/nfs4/basic.h"

namespace strait::wire::nfs4 {

inline constexpr uint32_t ACL4_SUPPORT_ALLOW_ACL = 0x00000001;
inline constexpr uint32_t ACL4_SUPPORT_DENY_ACL = 0x00000002;
inline constexpr uint32_t ACL4_SUPPORT_AUDIT_ACL = 0x00000004;
inline constexpr uint32_t ACL4_SUPPORT_ALARM_ACL = 0x00000008;

using acetype4 = uint32_t;
inline constexpr acetype4 ACE4_ACCESS_ALLOWED_ACE_TYPE = 0;
inline constexpr acetype4 ACE4_ACCESS_DENIED_ACE_TYPE = 1;
inline constexpr acetype4 ACE4_SYSTEM_AUDIT_ACE_TYPE = 2;
inline constexpr acetype4 ACE4_SYSTEM_ALARM_ACE_TYPE = 3;

using aceflag4 = uint32_t;
inline constexpr aceflag4 ACE4_FILE_INHERIT_ACE = 0x00000001;
inline constexpr aceflag4 ACE4_DIRECTORY_INHERIT_ACE = 0x00000002;
inline constexpr aceflag4 ACE4_NO_PROPAGATE_INHERIT_ACE = 0x00000004;
inline constexpr aceflag4 ACE4_INHERIT_ONLY_ACE = 0x00000008;
inline constexpr aceflag4 ACE4_SUCCESSFUL_ACCESS_ACE_FLAG = 0x00000010;
inline constexpr aceflag4 ACE4_FAILED_ACCESS_ACE_FLAG = 0x00000020;
inline constexpr aceflag4 ACE4_IDENTIFIER_GROUP = 0x00000040;
inline constexpr aceflag4 ACE4_INHERITED_ACE = 0x00000080;

using acemask4 = uint32_t;
inline constexpr acemask4 ACE4_READ_DATA = 0x00000001;
inline constexpr acemask4 ACE4_LIST_DIRECTORY = 0x00000001;
inline constexpr acemask4 ACE4_WRITE_DATA = 0x00000002;
inline constexpr acemask4 ACE4_ADD_FILE = 0x00000002;
inline constexpr acemask4 ACE4_APPEND_DATA = 0x00000004;
inline constexpr acemask4 ACE4_ADD_SUBDIRECTORY = 0x00000004;
inline constexpr acemask4 ACE4_READ_NAMED_ATTRS = 0x00000008;
inline constexpr acemask4 ACE4_WRITE_NAMED_ATTRS = 0x00000010;
inline constexpr acemask4 ACE4_EXECUTE = 0x00000020;
inline constexpr acemask4 ACE4_DELETE_CHILD = 0x00000040;
inline constexpr acemask4 ACE4_READ_ATTRIBUTES = 0x00000080;
inline constexpr acemask4 ACE4_WRITE_ATTRIBUTES = 0x00000100;
inline constexpr acemask4 ACE4_WRITE_RETENTION = 0x00000200;
inline constexpr acemask4 ACE4_WRITE_RETENTION_HOLD = 0x00000400;
inline constexpr acemask4 ACE4_DELETE = 0x00010000;
inline constexpr acemask4 ACE4_READ_ACL = 0x00020000;
inline constexpr acemask4 ACE4_WRITE_ACL = 0x00040000;
inline constexpr acemask4 ACE4_WRITE_OWNER = 0x00080000;
inline constexpr acemask4 ACE4_SYNCHRONIZE = 0x00100000;
inline constexpr acemask4 ACE4_GENERIC_READ = 0x00120081;
inline constexpr acemask4 ACE4_GENERIC_WRITE = 0x00160106;
inline constexpr acemask4 ACE4_GENERIC_EXECUTE = 0x001200A0;

struct nfsace4 {
    acetype4 type{};
    aceflag4 flag{};
    acemask4 access_mask{};
    utf8str_mixed who;
    STRAIT_FIELDS(type, flag, access_mask, who)
};

inline constexpr uint32_t max_aces = 4096;
using fattr4_acl = xdr::List<nfsace4, max_aces>;

using aclflag4 = uint32_t;
inline constexpr aclflag4 ACL4_AUTO_INHERIT = 0x00000001;
inline constexpr aclflag4 ACL4_PROTECTED = 0x00000002;
inline constexpr aclflag4 ACL4_DEFAULTED = 0x00000004;

struct nfsacl41 {
    aclflag4 na41_flag{};
    fattr4_acl na41_aces;
    STRAIT_FIELDS(na41_flag, na41_aces)
};

}  // namespace strait::wire::nfs4
