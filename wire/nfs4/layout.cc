// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/layout.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(GETDEVICEINFO)
STRAIT_OP_CODEC(GETDEVICELIST)
STRAIT_OP_CODEC(LAYOUTCOMMIT)
STRAIT_OP_CODEC(LAYOUTGET)
STRAIT_OP_CODEC(LAYOUTRETURN)
STRAIT_OP_CODEC(LAYOUTERROR)
STRAIT_OP_CODEC(LAYOUTSTATS)

}  // namespace strait::wire::nfs4
