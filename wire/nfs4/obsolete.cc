// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/obsolete.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(OPEN_CONFIRM)
STRAIT_OP_CODEC(RENEW)
STRAIT_OP_CODEC(SETCLIENTID)
STRAIT_OP_CODEC(SETCLIENTID_CONFIRM)
STRAIT_OP_CODEC(RELEASE_LOCKOWNER)

}  // namespace strait::wire::nfs4
