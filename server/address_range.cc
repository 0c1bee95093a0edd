// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/address_range.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <string>

namespace strait::server {

namespace {

constexpr unsigned mapped_bits = 96;  // of ::ffff:0:0/96

void map_ipv4(std::array<unsigned char, 16>& out, const in_addr& address) {
    out.fill(0);
    out[10] = out[11] = 0xff;
    std::memcpy(&out[12], &address, 4);
}

bool same_prefix(const std::array<unsigned char, 16>& a, const std::array<unsigned char, 16>& b,
                 unsigned bits) {
    if (std::memcmp(a.data(), b.data(), bits / 8) != 0) return false;
    if (bits % 8 == 0) return true;
    unsigned mask = 0xff << (8 - bits % 8) & 0xff;
    return (a[bits / 8] & mask) == (b[bits / 8] & mask);
}

}  // namespace

Result<AddressRange> AddressRange::parse(std::string_view text) {
    AddressRange made;
    size_t slash = text.find('/');
    std::string host(text.substr(0, slash));
    in_addr four;
    unsigned longest = 128;
    if (inet_pton(AF_INET, host.c_str(), &four) == 1) {
        map_ipv4(made.bytes_, four);
        longest = 32;
    } else if (inet_pton(AF_INET6, host.c_str(), made.bytes_.data()) != 1) {
        return fail(Errc::inval);
    }
    unsigned prefix = longest;
    if (slash != std::string_view::npos) {
        std::string_view digits = text.substr(slash + 1);
        auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        if (error != std::errc() || end != digits.data() + digits.size() || prefix > longest)
            return fail(Errc::inval);
    }
    made.prefix_ = longest == 32 ? prefix + mapped_bits : prefix;
    return made;
}

bool AddressRange::contains(const Address& address) const noexcept {
    std::array<unsigned char, 16> bytes;
    if (address.family() == AF_INET) {
        map_ipv4(bytes, reinterpret_cast<const sockaddr_in*>(address.native())->sin_addr);
    } else if (address.family() == AF_INET6) {
        std::memcpy(bytes.data(),
                    &reinterpret_cast<const sockaddr_in6*>(address.native())->sin6_addr, 16);
    } else {
        return false;
    }
    return same_prefix(bytes, bytes_, prefix_);
}

}  // namespace strait::server
