// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// For the .cc files of this folder: defines the codecs of an operation's args and result.

#include "wire/nfs4/nfsstat4.h"
#include "wire/xdr/codec.h"

namespace strait::wire::nfs4 {

// For the generator: statuses that carry data are drawn often enough.
constexpr nfsstat4 xdr_interesting(uint64_t random, nfsstat4) {
    constexpr nfsstat4 drawn[] = {NFS4_OK,
                                  NFS4_OK,
                                  NFS4_OK,
                                  NFS4ERR_NOENT,
                                  NFS4ERR_DENIED,
                                  NFS4ERR_TOOSMALL,
                                  NFS4ERR_LAYOUTTRYLATER,
                                  NFS4ERR_OFFLOAD_NO_REQS,
                                  NFS4ERR_CLID_INUSE};
    return drawn[random % (sizeof drawn / sizeof *drawn)];
}

#define STRAIT_OP_CODEC(NAME)         \
    STRAIT_MESSAGE_CODEC(NAME##4args) \
    STRAIT_MESSAGE_CODEC(NAME##4res)

}  // namespace strait::wire::nfs4
