// SPDX-License-Identifier: LGPL-2.1-or-later
// The variants of the callback program: one switch over the number each.
#include "wire/nfs4/ops_any.h"

namespace strait::wire::nfs4 {

namespace {

void emplace(nfs_cb_opnum4 op, CbOpArgs& any) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        any.emplace<name##4args>();    \
        return;
        STRAIT_NFS4_CB_OP_LIST(X)
#undef X
        case OP_CB_ILLEGAL:
            break;
    }
    any.emplace<ILLEGAL4args>();
}

void emplace(nfs_cb_opnum4 op, CbOpRes& any) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        any.emplace<name##4res>();     \
        return;
        STRAIT_NFS4_CB_OP_LIST(X)
#undef X
        case OP_CB_ILLEGAL:
            break;
    }
    any.emplace<ILLEGAL4res>();
}

}  // namespace

STRAIT_ANY_OP(nfs_cb_argop4, argop, args)
STRAIT_ANY_OP(nfs_cb_resop4, resop, res)

}  // namespace strait::wire::nfs4
