// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstring>

namespace strait {

namespace {

Result<uint16_t> parse_port(std::string_view text) {
    uint16_t port = 0;
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc{} || end != text.data() + text.size()) return fail(Errc::inval);
    return port;
}

Result<Address> parse4(std::string_view host, uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    if (::inet_pton(AF_INET, std::string(host).c_str(), &in.sin_addr) != 1)
        return fail(Errc::inval);
    return Address::from_native(reinterpret_cast<sockaddr*>(&in), sizeof(in));
}

Result<Address> parse6(std::string_view host, uint16_t port) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    if (auto percent = host.find('%'); percent != std::string_view::npos) {
        std::string zone(host.substr(percent + 1));
        in.sin6_scope_id = ::if_nametoindex(zone.c_str());
        if (in.sin6_scope_id == 0) return fail(Errc::inval);
        host = host.substr(0, percent);
    }
    if (::inet_pton(AF_INET6, std::string(host).c_str(), &in.sin6_addr) != 1)
        return fail(Errc::inval);
    return Address::from_native(reinterpret_cast<sockaddr*>(&in), sizeof(in));
}

const sockaddr_in& as_in(const Address& a) {
    return *reinterpret_cast<const sockaddr_in*>(a.native());
}
const sockaddr_in6& as_in6(const Address& a) {
    return *reinterpret_cast<const sockaddr_in6*>(a.native());
}

std::string unix_name(const Address& address) {
    auto& un = *reinterpret_cast<const sockaddr_un*>(address.native());
    size_t size = address.native_size();
    if (size <= offsetof(sockaddr_un, sun_path)) return "(unnamed)";
    size -= offsetof(sockaddr_un, sun_path);
    if (un.sun_path[0] == '\0') return "@" + std::string(un.sun_path + 1, size - 1);
    return std::string(un.sun_path, strnlen(un.sun_path, size));
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
    auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return fail(Errc::inval);
    auto port = parse_port(text.substr(colon + 1));
    if (!port) return fail(port.error());
    std::string_view host = text.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
        return parse6(host.substr(1, host.size() - 2), *port);
    return parse4(host, *port);
}

Result<Address> Address::unix_socket(std::string_view path) {
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    if (path.empty() || path.find('\0') != std::string_view::npos) return fail(Errc::inval);
    if (path.size() >= sizeof(un.sun_path)) return fail(Errc::nametoolong);
    std::memcpy(un.sun_path, path.data(), path.size());
    bool is_abstract = path[0] == '@';
    if (is_abstract) un.sun_path[0] = '\0';
    size_t size = offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0 : 1);
    return from_native(reinterpret_cast<sockaddr*>(&un), static_cast<socklen_t>(size));
}

Address Address::from_native(const sockaddr* address, socklen_t size) {
    Address made;
    if (size > sizeof(made.storage_)) size = sizeof(made.storage_);
    std::memcpy(&made.storage_, address, size);
    made.size_ = size;
    return made;
}

Address Address::loopback(uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return from_native(reinterpret_cast<sockaddr*>(&in), sizeof(in));
}

Address Address::any(uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    return from_native(reinterpret_cast<sockaddr*>(&in), sizeof(in));
}

Address Address::any6(uint16_t port) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    return from_native(reinterpret_cast<sockaddr*>(&in), sizeof(in));
}

uint16_t Address::port() const noexcept {
    if (family() == AF_INET) return ntohs(as_in(*this).sin_port);
    if (family() == AF_INET6) return ntohs(as_in6(*this).sin6_port);
    return 0;
}

Address Address::with_port(uint16_t port) const {
    Address made = *this;
    if (family() == AF_INET) reinterpret_cast<sockaddr_in*>(&made.storage_)->sin_port = htons(port);
    if (family() == AF_INET6)
        reinterpret_cast<sockaddr_in6*>(&made.storage_)->sin6_port = htons(port);
    return made;
}

std::string Address::host() const {
    char text[INET6_ADDRSTRLEN] = "";
    if (family() == AF_INET)
        return ::inet_ntop(AF_INET, &as_in(*this).sin_addr, text, sizeof(text));
    if (family() == AF_UNIX) return unix_name(*this);
    if (family() != AF_INET6) return "";
    std::string made = ::inet_ntop(AF_INET6, &as_in6(*this).sin6_addr, text, sizeof(text));
    char zone[IF_NAMESIZE];
    uint32_t scope = as_in6(*this).sin6_scope_id;
    if (scope != 0 && ::if_indextoname(scope, zone)) made += std::string("%") + zone;
    return made;
}

std::string Address::format() const {
    if (family() == AF_INET) return host() + ":" + std::to_string(port());
    if (family() == AF_INET6) return "[" + host() + "]:" + std::to_string(port());
    return host();
}

bool operator==(const Address& a, const Address& b) noexcept {
    return a.size_ == b.size_ && std::memcmp(&a.storage_, &b.storage_, a.size_) == 0;
}

}  // namespace strait
