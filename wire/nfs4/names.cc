// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/nfsstat4.h"
#include "wire/nfs4/opnum.h"

namespace strait::wire::nfs4 {

std::string_view to_string(nfsstat4 status) {
    switch (status) {
#define X(name, number) \
    case name:          \
        return #name;
        STRAIT_NFSSTAT4_LIST(X)
#undef X
    }
    return "NFS4ERR_?";
}

std::string_view to_string(nfs_opnum4 op) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        return #name;
        STRAIT_NFS4_OP_LIST(X)
#undef X
        case OP_ILLEGAL:
            return "ILLEGAL";
    }
    return "?";
}

std::string_view to_string(nfs_cb_opnum4 op) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        return #name;
        STRAIT_NFS4_CB_OP_LIST(X)
#undef X
        case OP_CB_ILLEGAL:
            return "CB_ILLEGAL";
    }
    return "?";
}

bool is_known(nfs_opnum4 op, uint32_t minor_version) {
    switch (op) {
#define X(name, number, since, source) \
    case OP_##name:                    \
        return minor_version >= since;
        STRAIT_NFS4_OP_LIST(X)
#undef X
        case OP_ILLEGAL:
            break;
    }
    return false;
}

bool is_known(nfs_cb_opnum4 op, uint32_t minor_version) {
    switch (op) {
#define X(name, number, since, source) \
    case OP_##name:                    \
        return minor_version >= since;
        STRAIT_NFS4_CB_OP_LIST(X)
#undef X
        case OP_CB_ILLEGAL:
            break;
    }
    return false;
}

}  // namespace strait::wire::nfs4
