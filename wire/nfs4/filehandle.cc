// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/filehandle.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(GETFH)
STRAIT_OP_CODEC(PUTFH)
STRAIT_OP_CODEC(PUTPUBFH)
STRAIT_OP_CODEC(PUTROOTFH)
STRAIT_OP_CODEC(RESTOREFH)
STRAIT_OP_CODEC(SAVEFH)

}  // namespace strait::wire::nfs4
