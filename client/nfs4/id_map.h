// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Owners as text ("1000", "alice@example.org") to numbers. Numeric text needs no look-up; a name is
// looked up once on a helper thread (NSS may ask a directory server) and kept. Of a name only what
// stands before "@" counts: the domain is the server's own. Unknown names become nobody.
//
// Decoding a reply never waits: a name not known yet is noted, and the caller, when needs_lookup(),
// resolves and decodes again.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/task.h"
#include "reactor/reactor.h"

namespace strait::client::nfs4 {

class IdMap {
  public:
    static constexpr uint32_t nobody = 65534;

    std::optional<uint32_t> user(std::string_view text) { return find(users_, text); }
    std::optional<uint32_t> group(std::string_view text) { return find(groups_, text); }
    bool needs_lookup() const noexcept { return unknown_; }
    // Looks up every name noted since the last time.
    Task<> resolve(Reactor& reactor);

  private:
    // No value: noted, not looked up yet.
    using Names = std::unordered_map<std::string, std::optional<uint32_t>>;
    std::optional<uint32_t> find(Names& names, std::string_view text);
    Names users_, groups_;
    bool unknown_ = false;
};

}  // namespace strait::client::nfs4
