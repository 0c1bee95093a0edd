// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/read_plus.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(READ_PLUS)
STRAIT_OP_CODEC(WRITE_SAME)

}  // namespace strait::wire::nfs4
