// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/copy.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(COPY)
STRAIT_OP_CODEC(COPY_NOTIFY)
STRAIT_OP_CODEC(OFFLOAD_CANCEL)
STRAIT_OP_CODEC(OFFLOAD_STATUS)
STRAIT_OP_CODEC(CLONE)

}  // namespace strait::wire::nfs4
