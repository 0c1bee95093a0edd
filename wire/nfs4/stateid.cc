// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/stateid.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(TEST_STATEID)
STRAIT_OP_CODEC(FREE_STATEID)

}  // namespace strait::wire::nfs4
