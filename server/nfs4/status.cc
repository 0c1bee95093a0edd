// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/status.h"

namespace strait::server::nfs4 {

namespace {

nfsstat4 of_code(Errc code) noexcept {
    switch (code) {
        case Errc::ok: return NFS4_OK;
        case Errc::perm: return NFS4ERR_PERM;
        case Errc::noent: return NFS4ERR_NOENT;
        case Errc::io: return NFS4ERR_IO;
        case Errc::nxio: return NFS4ERR_NXIO;
        case Errc::nodev: return NFS4ERR_NXIO;
        case Errc::access: return NFS4ERR_ACCESS;
        case Errc::auth: return NFS4ERR_ACCESS;
        case Errc::exist: return NFS4ERR_EXIST;
        case Errc::xdev: return NFS4ERR_XDEV;
        case Errc::notdir: return NFS4ERR_NOTDIR;
        case Errc::isdir: return NFS4ERR_ISDIR;
        case Errc::inval: return NFS4ERR_INVAL;
        case Errc::spipe: return NFS4ERR_INVAL;
        case Errc::range: return NFS4ERR_INVAL;
        case Errc::fbig: return NFS4ERR_FBIG;
        case Errc::overflow: return NFS4ERR_FBIG;
        case Errc::nospc: return NFS4ERR_NOSPC;
        case Errc::rofs: return NFS4ERR_ROFS;
        case Errc::mlink: return NFS4ERR_MLINK;
        case Errc::nametoolong: return NFS4ERR_NAMETOOLONG;
        case Errc::notempty: return NFS4ERR_NOTEMPTY;
        case Errc::dquot: return NFS4ERR_DQUOT;
        case Errc::stale: return NFS4ERR_STALE;
        case Errc::badhandle: return NFS4ERR_BADHANDLE;
        case Errc::badcookie: return NFS4ERR_BAD_COOKIE;
        case Errc::notsup: return NFS4ERR_NOTSUPP;
        case Errc::nosys: return NFS4ERR_NOTSUPP;
        case Errc::toosmall: return NFS4ERR_TOOSMALL;
        case Errc::badtype: return NFS4ERR_BADTYPE;
        case Errc::delay: return NFS4ERR_DELAY;
        case Errc::again: return NFS4ERR_DELAY;
        case Errc::nomem: return NFS4ERR_DELAY;
        case Errc::mfile: return NFS4ERR_DELAY;
        case Errc::busy: return NFS4ERR_DELAY;
        case Errc::txtbsy: return NFS4ERR_DELAY;
        case Errc::connrefused: return NFS4ERR_DELAY;
        case Errc::connreset: return NFS4ERR_DELAY;
        case Errc::hostunreach: return NFS4ERR_DELAY;
        case Errc::timedout: return NFS4ERR_DELAY;
        case Errc::interrupted: return NFS4ERR_DELAY;
        case Errc::same: return NFS4ERR_SAME;
        case Errc::notsame: return NFS4ERR_NOT_SAME;
        case Errc::denied: return NFS4ERR_DENIED;
        case Errc::expired: return NFS4ERR_EXPIRED;
        case Errc::revoked: return NFS4ERR_ADMIN_REVOKED;
        case Errc::grace: return NFS4ERR_GRACE;
        case Errc::no_grace: return NFS4ERR_NO_GRACE;
        case Errc::reclaim_bad: return NFS4ERR_RECLAIM_BAD;
        case Errc::share_denied: return NFS4ERR_SHARE_DENIED;
        case Errc::locks_held: return NFS4ERR_LOCKS_HELD;
        case Errc::openmode: return NFS4ERR_OPENMODE;
        case Errc::badf: return NFS4ERR_OPENMODE;
        case Errc::bad_stateid: return NFS4ERR_BAD_STATEID;
        case Errc::old_stateid: return NFS4ERR_OLD_STATEID;
        case Errc::deadlk: return NFS4ERR_DEADLOCK;
        case Errc::nolck: return NFS4ERR_LOCK_RANGE;
        case Errc::wrongsec: return NFS4ERR_WRONGSEC;
        case Errc::moved: return NFS4ERR_MOVED;
        case Errc::symlink: return NFS4ERR_SYMLINK;
        case Errc::loop: return NFS4ERR_SYMLINK;
        case Errc::attrnotsup: return NFS4ERR_ATTRNOTSUPP;
        case Errc::badowner: return NFS4ERR_BADOWNER;
        case Errc::badchar: return NFS4ERR_BADCHAR;
        case Errc::badname: return NFS4ERR_BADNAME;
        case Errc::nodata: return NFS4ERR_NOXATTR;
        case Errc::toobig: return NFS4ERR_XATTR2BIG;
        case Errc::badsession:
        case Errc::stale_clientid:
        case Errc::protocol:
        case Errc::cancelled:
        case Errc::closed:
        case Errc::serverfault: return NFS4ERR_SERVERFAULT;
    }
    return NFS4ERR_SERVERFAULT;
}

}  // namespace

nfsstat4 status_of(Error error) noexcept { return of_code(error.code); }

}  // namespace strait::server::nfs4
