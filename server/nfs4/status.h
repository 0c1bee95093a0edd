// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// From the one list of errors to NFSv4's: wire/nfs4/errc_map, but for what a server means
// otherwise.

#include "base/result.h"
#include "wire/nfs4/nfsstat4.h"

namespace strait::server::nfs4 {

using namespace wire::nfs4;

nfsstat4 status_of(Error error) noexcept;

}  // namespace strait::server::nfs4
