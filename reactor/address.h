// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where a socket listens or connects: IPv4, IPv6 or a Unix socket's name. A plain value, compared
// byte by byte.

#include <sys/socket.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace strait {

class Reactor;

class Address {
  public:
    Address() = default;
    // "127.0.0.1:2049", "[::1]:2049", "[fe80::1%eth0]:2049": numbers only, no names; Errc::inval
    // otherwise.
    static Result<Address> parse(std::string_view text);
    // A Unix socket: a path, or "@name" for Linux's abstract names. Errc::nametoolong past 107
    // bytes.
    static Result<Address> unix_socket(std::string_view path);
    static Address loopback(uint16_t port);  // 127.0.0.1
    static Address any(uint16_t port);       // 0.0.0.0
    static Address any6(uint16_t port);      // [::], both families where the host allows
    static Address from_native(const sockaddr* address, socklen_t size);

    // Every address of `host` (a name or a number), in the resolver's order; `port` in host order.
    // A number is answered at once; a name is looked up by getaddrinfo on a helper thread.
    // Errc::noent: no such host; Errc::hostunreach: no answer.
    static Task<std::vector<Address>> resolve(Reactor& reactor, std::string host, uint16_t port);

    std::string format() const;  // as parse() reads it; a Unix socket's path or "@name"
    std::string host() const;    // without port and brackets
    uint16_t port() const noexcept;
    Address with_port(uint16_t port) const;
    int family() const noexcept { return storage_.ss_family; }
    bool empty() const noexcept { return size_ == 0; }
    const sockaddr* native() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t native_size() const noexcept { return size_; }
    friend bool operator==(const Address& a, const Address& b) noexcept;

  private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

}  // namespace strait
