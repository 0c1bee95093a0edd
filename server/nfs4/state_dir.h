// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What must outlive a restart (RFC 8881 section 8.4.3): the key that seals handles, the server's
// identity, and a record of every client that may reclaim. Each change is on stable storage before
// the call returns; the calls block.
//
//     lock           empty; locked by the server that runs
//     key            16 bytes
//     identity       16 bytes
//     clients/<hash> "strait client 1\n" and the co_ownerid in hexadecimal

#include <array>
#include <expected>
#include <set>
#include <string>

#include "reactor/descriptor.h"
#include "server/siphash.h"

namespace strait::server::nfs4 {

class StateDir {
  public:
    // Nothing is kept: a new key and identity, and no client can reclaim after a restart.
    StateDir();
    // Makes the directory when it is missing. One server at a time has it, until it ends however it
    // does. The error is a sentence for the user.
    static std::expected<StateDir, std::string> open(const std::string& path);

    const SipKey& key() const noexcept { return key_; }
    const std::array<std::byte, 16>& identity() const noexcept { return identity_; }
    // The co_ownerids on record when it was opened: those who may reclaim.
    const std::set<std::string>& recorded() const noexcept { return recorded_; }
    // False: not written, the disk said no.
    bool add_client(const std::string& owner) const;
    bool remove_client(const std::string& owner) const;

  private:
    std::string path_;  // empty: nothing is kept
    Descriptor lock_;
    SipKey key_;
    std::array<std::byte, 16> identity_;
    std::set<std::string> recorded_;
};

}  // namespace strait::server::nfs4
