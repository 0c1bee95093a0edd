// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/status.h"

namespace strait::client::nfs4 {

namespace {

Errc to_errc(wire::nfs4::nfsstat4 status) noexcept {
    using enum Errc;
    using namespace wire::nfs4;
    switch (status) {
        case NFS4_OK: return ok;
        case NFS4ERR_PERM: return perm;
        case NFS4ERR_NOENT: return noent;
        case NFS4ERR_IO: return io;
        case NFS4ERR_NXIO: return nxio;
        case NFS4ERR_ACCESS: return access;
        case NFS4ERR_EXIST: return exist;
        case NFS4ERR_XDEV: return xdev;
        case NFS4ERR_NOTDIR: return notdir;
        case NFS4ERR_ISDIR: return isdir;
        case NFS4ERR_INVAL: return inval;
        case NFS4ERR_FBIG: return fbig;
        case NFS4ERR_NOSPC: return nospc;
        case NFS4ERR_ROFS: return rofs;
        case NFS4ERR_MLINK: return mlink;
        case NFS4ERR_NAMETOOLONG: return nametoolong;
        case NFS4ERR_NOTEMPTY: return notempty;
        case NFS4ERR_DQUOT: return dquot;
        case NFS4ERR_STALE:
        case NFS4ERR_FHEXPIRED: return stale;
        case NFS4ERR_BADHANDLE: return badhandle;
        case NFS4ERR_BAD_COOKIE: return badcookie;
        case NFS4ERR_NOT_SAME: return notsame;
        case NFS4ERR_NOTSUPP:
        case NFS4ERR_UNION_NOTSUPP:
        case NFS4ERR_LOCK_NOTSUPP:
        case NFS4ERR_OP_ILLEGAL:
        case NFS4ERR_OFFLOAD_DENIED:
        case NFS4ERR_OFFLOAD_NO_REQS:
        case NFS4ERR_PARTNER_NOTSUPP: return notsup;
        case NFS4ERR_TOOSMALL: return toosmall;
        case NFS4ERR_SERVERFAULT: return serverfault;
        case NFS4ERR_BADTYPE:
        case NFS4ERR_WRONG_TYPE: return badtype;
        case NFS4ERR_DELAY:
        case NFS4ERR_LAYOUTTRYLATER:
        case NFS4ERR_RECALLCONFLICT:
        case NFS4ERR_CLIENTID_BUSY:
        case NFS4ERR_BACK_CHAN_BUSY: return delay;
        case NFS4ERR_SAME: return same;
        case NFS4ERR_DENIED:
        case NFS4ERR_LOCKED: return denied;
        case NFS4ERR_EXPIRED: return expired;
        case NFS4ERR_GRACE: return grace;
        case NFS4ERR_SHARE_DENIED: return share_denied;
        case NFS4ERR_FILE_OPEN: return busy;
        case NFS4ERR_WRONGSEC: return wrongsec;
        case NFS4ERR_MOVED:
        case NFS4ERR_LEASE_MOVED: return moved;
        case NFS4ERR_STALE_CLIENTID:
        case NFS4ERR_CLID_INUSE: return stale_clientid;
        case NFS4ERR_STALE_STATEID:
        case NFS4ERR_BAD_STATEID: return bad_stateid;
        case NFS4ERR_OLD_STATEID: return old_stateid;
        case NFS4ERR_LOCK_RANGE:
        case NFS4ERR_BAD_RANGE: return inval;
        case NFS4ERR_SYMLINK: return symlink;
        case NFS4ERR_ATTRNOTSUPP: return attrnotsup;
        case NFS4ERR_NO_GRACE: return no_grace;
        case NFS4ERR_RECLAIM_BAD:
        case NFS4ERR_RECLAIM_CONFLICT: return reclaim_bad;
        case NFS4ERR_LOCKS_HELD: return locks_held;
        case NFS4ERR_OPENMODE: return openmode;
        case NFS4ERR_BADOWNER: return badowner;
        case NFS4ERR_BADCHAR: return badchar;
        case NFS4ERR_BADNAME: return badname;
        case NFS4ERR_DEADLOCK: return deadlk;
        case NFS4ERR_ADMIN_REVOKED:
        case NFS4ERR_DELEG_REVOKED: return revoked;
        case NFS4ERR_BADSESSION:
        case NFS4ERR_DEADSESSION:
        case NFS4ERR_BADSLOT:
        case NFS4ERR_BAD_HIGH_SLOT:
        case NFS4ERR_SEQ_MISORDERED:
        case NFS4ERR_SEQ_FALSE_RETRY:
        case NFS4ERR_CONN_NOT_BOUND_TO_SESSION:
        case NFS4ERR_BAD_SESSION_DIGEST: return badsession;
        case NFS4ERR_REQ_TOO_BIG:
        case NFS4ERR_REP_TOO_BIG:
        case NFS4ERR_REP_TOO_BIG_TO_CACHE:
        case NFS4ERR_TOO_MANY_OPS:
        case NFS4ERR_XATTR2BIG: return toobig;
        case NFS4ERR_NOXATTR: return nodata;
        case NFS4ERR_WRONG_CRED:
        case NFS4ERR_PARTNER_NO_AUTH: return auth;
        // What only a misunderstanding between us and the server brings forth.
        case NFS4ERR_BADXDR:
        case NFS4ERR_MINOR_VERS_MISMATCH:
        case NFS4ERR_NOFILEHANDLE:
        case NFS4ERR_RESTOREFH:
        case NFS4ERR_BAD_SEQID:
        case NFS4ERR_SEQUENCE_POS:
        case NFS4ERR_NOT_ONLY_OP:
        case NFS4ERR_OP_NOT_IN_SESSION:
        case NFS4ERR_RETRY_UNCACHED_REP:
        case NFS4ERR_UNSAFE_COMPOUND:
        case NFS4ERR_COMPLETE_ALREADY:
        case NFS4ERR_HASH_ALG_UNSUPP:
        case NFS4ERR_ENCR_ALG_UNSUPP: return protocol;
        case NFS4ERR_RESOURCE: return nomem;
        // Layouts, delegations and labels, which this client does not ask for.
        case NFS4ERR_CB_PATH_DOWN:
        case NFS4ERR_BADIOMODE:
        case NFS4ERR_BADLAYOUT:
        case NFS4ERR_DELEG_ALREADY_WANTED:
        case NFS4ERR_LAYOUTUNAVAILABLE:
        case NFS4ERR_NOMATCHING_LAYOUT:
        case NFS4ERR_UNKNOWN_LAYOUTTYPE:
        case NFS4ERR_PNFS_IO_HOLE:
        case NFS4ERR_PNFS_NO_LAYOUT:
        case NFS4ERR_DIRDELEG_UNAVAIL:
        case NFS4ERR_REJECT_DELEG:
        case NFS4ERR_RETURNCONFLICT:
        case NFS4ERR_WRONG_LFS:
        case NFS4ERR_BADLABEL: return io;
    }
    return io;  // a number that no RFC names
}

}  // namespace

Error to_error(wire::nfs4::nfsstat4 status) noexcept {
    return Error(to_errc(status), Domain::nfs4, status);
}

}  // namespace strait::client::nfs4
