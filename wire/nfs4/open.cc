// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/open.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(OPEN)
STRAIT_OP_CODEC(OPEN_DOWNGRADE)
STRAIT_OP_CODEC(OPENATTR)

}  // namespace strait::wire::nfs4
