// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a mount may answer from what it knows, from what its options ask for: the one place that
// reads nfs(5)'s cache options. Who has other wishes (how much is read ahead or written behind)
// begins with its own `policy`. And who it speaks for.

#include "client/options.h"
#include "vfs/filesystem.h"

namespace strait::client {

// The process's user, with all its groups.
vfs::CredentialRef process_credential();

// The user that the server takes us for: uid= and gid=, else the process's own, with its groups;
// with the first 16 of them, when there are more than AUTH_SYS can carry.
vfs::CredentialRef credential_of(const MountOptions& options);

vfs::MountPolicy policy_of(const MountOptions& options, vfs::MountPolicy policy = {});

}  // namespace strait::client
