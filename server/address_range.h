// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A block of network addresses, as `clients=` of an export names it: "10.0.0.0/8", "::1",
// "fd00::/8".

#include <array>
#include <string_view>

#include "base/result.h"
#include "reactor/address.h"

namespace strait::server {

class AddressRange {
  public:
    // Errc::inval when it is no address, or the prefix is longer than the address.
    static Result<AddressRange> parse(std::string_view text);
    // IPv4 addresses inside IPv6 (::ffff:a.b.c.d) count as IPv4.
    bool contains(const Address& address) const noexcept;

  private:
    std::array<unsigned char, 16> bytes_{};  // IPv4 as ::ffff:a.b.c.d
    unsigned prefix_ = 0;                    // bits of the 128
};

}  // namespace strait::server
