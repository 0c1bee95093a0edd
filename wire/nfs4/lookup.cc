// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/lookup.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(LOOKUP)
STRAIT_OP_CODEC(LOOKUPP)

}  // namespace strait::wire::nfs4
