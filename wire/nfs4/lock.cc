// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/lock.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(LOCK)
STRAIT_OP_CODEC(LOCKT)
STRAIT_OP_CODEC(LOCKU)

}  // namespace strait::wire::nfs4
