// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Who sent a call, as its RPC credential and its connection say.

#include <cstdint>

#include "base/small_vector.h"
#include "reactor/address.h"
#include "vfs/credential.h"

namespace strait::server {

struct Caller {
    uint32_t flavor = 0;  // AUTH_NONE 0, AUTH_SYS 1
    uint32_t uid = 65534;
    uint32_t gid = 65534;
    SmallVector<uint32_t, 16> groups;
    Address peer;
    uint64_t connection = 0;  // number of the connection, never used again
};

}  // namespace strait::server
