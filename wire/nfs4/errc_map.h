// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// NFSv4's status and the flat Errc, both ways; each a total switch.

#include "base/errc.h"
#include "base/result.h"
#include "wire/nfs4/nfsstat4.h"

namespace strait::wire::nfs4 {

// The nearest Errc; NFS4_OK gives Errc::ok. A number that no RFC names gives Errc::serverfault.
Errc from_nfs4(nfsstat4 status);

// The status that tells a client the most of `code`; Errc::ok gives NFS4_OK.
nfsstat4 to_nfs4(Errc code);

// For clients: the mapped Errc, with the server's own status kept for the user.
inline Error error_of(nfsstat4 status) { return Error(from_nfs4(status), Domain::nfs4, status); }

}  // namespace strait::wire::nfs4
