// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/status.h"

#include "wire/nfs4/errc_map.h"

namespace strait::server::nfs4 {

nfsstat4 status_of(Error error) noexcept {
    switch (error.code) {
        case Errc::badf:
            return NFS4ERR_OPENMODE;  // the stateid was found: its open does not allow this
        case Errc::nolck:
            return NFS4ERR_LOCK_RANGE;
        case Errc::overflow:
            return NFS4ERR_FBIG;
        case Errc::txtbsy:
            return NFS4ERR_DELAY;
        case Errc::badtype:
            return NFS4ERR_BADTYPE;
        case Errc::badsession:
        case Errc::stale_clientid:
        case Errc::protocol:
        case Errc::cancelled:
        case Errc::closed:
            return NFS4ERR_SERVERFAULT;  // of a backend's own session, not of our client's
        default:
            return wire::nfs4::to_nfs4(error.code);
    }
}

}  // namespace strait::server::nfs4
