// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/access.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(ACCESS)

}  // namespace strait::wire::nfs4
