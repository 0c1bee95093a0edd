// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/sequence.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(SEQUENCE)
STRAIT_OP_CODEC(RECLAIM_COMPLETE)

}  // namespace strait::wire::nfs4
