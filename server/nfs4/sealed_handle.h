// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The file handles that clients see: a backend's handle, the export it belongs to, and a seal (a
// MAC under the server's key), so that a guessed or altered handle is refused with
// NFS4ERR_BADHANDLE.
//
//     export   1 | export id (4) | handle of the backend | seal (8)
//     pseudo   2 | fileid (8)                            | seal (8)

#include <expected>

#include "server/export.h"
#include "server/siphash.h"
#include "wire/nfs4/basic.h"

namespace strait::server::nfs4 {

using namespace wire::nfs4;

// Where a handle leads: into an export, or to a node of the pseudo file system.
struct Unsealed {
    Export* where = nullptr;
    vfs::Handle handle;
    const PseudoNode* pseudo = nullptr;
};

class HandleSeal {
  public:
    HandleSeal(const SipKey& key, const ExportTable& exports) : key_(key), exports_(exports) {}

    // NFS4ERR_SERVERFAULT: the backend's handle leaves no room for ours.
    std::expected<vfs::Handle, nfsstat4> seal(const Export& where, const vfs::Handle& handle) const;
    vfs::Handle seal(const PseudoNode& node) const;
    // NFS4ERR_BADHANDLE: not one of ours. NFS4ERR_STALE: its export is gone.
    std::expected<Unsealed, nfsstat4> open(Bytes sealed) const;

  private:
    vfs::Handle finish(MutableBytes room, size_t size) const;
    const SipKey key_;
    const ExportTable& exports_;
};

}  // namespace strait::server::nfs4
