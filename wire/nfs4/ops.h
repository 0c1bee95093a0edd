// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Every operation in one variant: for those who meet any of them (a server loop, traces, fuzzing).
// Who knows the operation includes its own header and reads its struct directly.

#include <variant>

#include "wire/nfs4/access.h"
#include "wire/nfs4/allocate.h"
#include "wire/nfs4/callback.h"
#include "wire/nfs4/callback_layout.h"
#include "wire/nfs4/close.h"
#include "wire/nfs4/commit.h"
#include "wire/nfs4/compound.h"
#include "wire/nfs4/copy.h"
#include "wire/nfs4/create.h"
#include "wire/nfs4/delegation.h"
#include "wire/nfs4/exchange_id.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/getattr.h"
#include "wire/nfs4/layout.h"
#include "wire/nfs4/link.h"
#include "wire/nfs4/lock.h"
#include "wire/nfs4/lookup.h"
#include "wire/nfs4/obsolete.h"
#include "wire/nfs4/open.h"
#include "wire/nfs4/read.h"
#include "wire/nfs4/read_plus.h"
#include "wire/nfs4/readdir.h"
#include "wire/nfs4/readlink.h"
#include "wire/nfs4/remove.h"
#include "wire/nfs4/rename.h"
#include "wire/nfs4/secinfo.h"
#include "wire/nfs4/sequence.h"
#include "wire/nfs4/session.h"
#include "wire/nfs4/set_ssv.h"
#include "wire/nfs4/stateid.h"
#include "wire/nfs4/verify.h"
#include "wire/nfs4/write.h"
#include "wire/nfs4/xattr.h"

namespace strait::wire::nfs4 {

// For OP_ILLEGAL and OP_CB_ILLEGAL.
struct ILLEGAL4args {
    STRAIT_NO_FIELDS
};
struct ILLEGAL4res {
    nfsstat4 status = NFS4ERR_OP_ILLEGAL;
    STRAIT_FIELDS(status)
};
STRAIT_MESSAGE(ILLEGAL4args)
STRAIT_MESSAGE(ILLEGAL4res)

#define X(name, number, minor, source) name##4args,
using OpArgs = std::variant<STRAIT_NFS4_OP_LIST(X) ILLEGAL4args>;
using CbOpArgs = std::variant<STRAIT_NFS4_CB_OP_LIST(X) ILLEGAL4args>;
#undef X
#define X(name, number, minor, source) name##4res,
using OpRes = std::variant<STRAIT_NFS4_OP_LIST(X) ILLEGAL4res>;
using CbOpRes = std::variant<STRAIT_NFS4_CB_OP_LIST(X) ILLEGAL4res>;
#undef X

// One operation of a compound: its number and what it carries.
struct nfs_argop4 {
    nfs_opnum4 argop = OP_ILLEGAL;
    OpArgs args = ILLEGAL4args{};
};
struct nfs_resop4 {
    nfs_opnum4 resop = OP_ILLEGAL;
    OpRes res = ILLEGAL4res{};
};
struct nfs_cb_argop4 {
    nfs_cb_opnum4 argop = OP_CB_ILLEGAL;
    CbOpArgs args = ILLEGAL4args{};
};
struct nfs_cb_resop4 {
    nfs_cb_opnum4 resop = OP_CB_ILLEGAL;
    CbOpRes res = ILLEGAL4res{};
};

// Number and contents of the next operation. False when malformed (NFS4ERR_BADXDR). An unknown
// number is no fault: argop is OP_ILLEGAL then and nothing behind the number has been read, so the
// compound ends here with NFS4ERR_OP_ILLEGAL.
STRAIT_MESSAGE(nfs_argop4)
STRAIT_MESSAGE(nfs_resop4)
STRAIT_MESSAGE(nfs_cb_argop4)
STRAIT_MESSAGE(nfs_cb_resop4)

}  // namespace strait::wire::nfs4
