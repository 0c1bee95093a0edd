// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/close.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(CLOSE)

}  // namespace strait::wire::nfs4
