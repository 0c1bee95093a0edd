// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// ACCESS (RFC 8881 18.1): which of these rights does the caller have? Bits 6 to 8 from RFC
// 8276 8.4.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

inline constexpr uint32_t ACCESS4_READ = 0x00000001;
inline constexpr uint32_t ACCESS4_LOOKUP = 0x00000002;
inline constexpr uint32_t ACCESS4_MODIFY = 0x00000004;
inline constexpr uint32_t ACCESS4_EXTEND = 0x00000008;
inline constexpr uint32_t ACCESS4_DELETE = 0x00000010;
inline constexpr uint32_t ACCESS4_EXECUTE = 0x00000020;
inline constexpr uint32_t ACCESS4_XAREAD = 0x00000040;
inline constexpr uint32_t ACCESS4_XAWRITE = 0x00000080;
inline constexpr uint32_t ACCESS4_XALIST = 0x00000100;

struct ACCESS4args {
    uint32_t access{};
    STRAIT_FIELDS(access)
};
struct ACCESS4resok {
    uint32_t supported{};
    uint32_t access{};
    STRAIT_FIELDS(supported, access)
};
struct ACCESS4res {
    nfsstat4 status{};
    ACCESS4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(ACCESS)

}  // namespace strait::wire::nfs4
