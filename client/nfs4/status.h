// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What an NFSv4 status means to the rest of Strait: the one total switch of this protocol.

#include "base/result.h"
#include "wire/nfs4/nfsstat4.h"

namespace strait::client::nfs4 {

// The Error that carries our code and the server's own status. Not for NFS4_OK.
Error to_error(wire::nfs4::nfsstat4 status) noexcept;

}  // namespace strait::client::nfs4
