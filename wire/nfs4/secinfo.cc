// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/secinfo.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(SECINFO)
STRAIT_OP_CODEC(SECINFO_NO_NAME)

}  // namespace strait::wire::nfs4
