// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/callback_layout.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_OP_CODEC(CB_LAYOUTRECALL)
STRAIT_OP_CODEC(CB_NOTIFY)
STRAIT_OP_CODEC(CB_PUSH_DELEG)
STRAIT_OP_CODEC(CB_NOTIFY_DEVICEID)

}  // namespace strait::wire::nfs4
