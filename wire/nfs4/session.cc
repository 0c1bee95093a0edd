// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/session.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(BACKCHANNEL_CTL)
STRAIT_OP_CODEC(BIND_CONN_TO_SESSION)
STRAIT_OP_CODEC(CREATE_SESSION)
STRAIT_OP_CODEC(DESTROY_SESSION)

}  // namespace strait::wire::nfs4
