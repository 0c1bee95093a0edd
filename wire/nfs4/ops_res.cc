// SPDX-License-Identifier: LGPL-2.1-or-later
// The variant of all results: one switch over the number.
#include "wire/nfs4/ops_any.h"

namespace strait::wire::nfs4 {

STRAIT_MESSAGE_CODEC(ILLEGAL4res)

namespace {

void emplace(nfs_opnum4 op, OpRes& any) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        any.emplace<name##4res>();     \
        return;
        STRAIT_NFS4_OP_LIST(X)
#undef X
        case OP_ILLEGAL:
            break;
    }
    any.emplace<ILLEGAL4res>();
}

}  // namespace

STRAIT_ANY_OP(nfs_resop4, resop, res)

}  // namespace strait::wire::nfs4
