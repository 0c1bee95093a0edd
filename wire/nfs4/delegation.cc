// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/delegation.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(DELEGPURGE)
STRAIT_OP_CODEC(DELEGRETURN)
STRAIT_OP_CODEC(WANT_DELEGATION)
STRAIT_OP_CODEC(GET_DIR_DELEGATION)

}  // namespace strait::wire::nfs4
