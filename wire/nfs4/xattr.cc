// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/xattr.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(GETXATTR)
STRAIT_OP_CODEC(SETXATTR)
STRAIT_OP_CODEC(LISTXATTRS)
STRAIT_OP_CODEC(REMOVEXATTR)

}  // namespace strait::wire::nfs4
