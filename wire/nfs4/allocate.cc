// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/allocate.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(ALLOCATE)
STRAIT_OP_CODEC(DEALLOCATE)
STRAIT_OP_CODEC(SEEK)
STRAIT_OP_CODEC(IO_ADVISE)

}  // namespace strait::wire::nfs4
