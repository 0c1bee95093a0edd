// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/exchange_id.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(EXCHANGE_ID)
STRAIT_OP_CODEC(DESTROY_CLIENTID)

}  // namespace strait::wire::nfs4
