// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/url.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace strait::client {

namespace {

constexpr std::string_view forms = "write nfs://host[:port]/path?options or host:/path";

std::unexpected<UrlError> refuse(std::string_view url, std::string_view why,
                                 std::string_view hint) {
    return std::unexpected(UrlError{fmt::format("URL '{}': {}; {}", url, why, hint)});
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Undoes %XX. None when an escape is malformed or names a byte of `forbidden`.
std::optional<std::string> unescape(std::string_view text, std::string_view forbidden) {
    std::string plain;
    plain.reserve(text.size());
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        char byte = static_cast<char>(high * 16 + low);
        if (forbidden.find(byte) != std::string_view::npos) return std::nullopt;
        plain += byte;
        i += 2;
    }
    return plain;
}

bool is_plain(char c, std::string_view also) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
}

std::string escape(std::string_view text, std::string_view also_plain) {
    std::string out;
    for (char c : text) {
        if (is_plain(c, also_plain)) {
            out += c;
        } else {
            out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

// "/a//b/./c/" becomes "/a/b/c".
std::string tidy_path(std::string_view path) {
    std::string tidy;
    while (!path.empty()) {
        size_t slash = std::min(path.find('/'), path.size());
        std::string_view name = path.substr(0, slash);
        if (!name.empty() && name != ".") tidy.append("/").append(name);
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return tidy.empty() ? "/" : tidy;
}

struct Authority {
    std::string_view host;
    std::string_view port;
    bool has_port = false;
    bool ok = true;
};

// "host", "host:2049", "[::1]", "[::1]:2049".
Authority split_authority(std::string_view text) {
    if (text.starts_with('[')) {
        size_t end = text.find(']');
        if (end == std::string_view::npos) return {.ok = false};
        Authority split{.host = text.substr(1, end - 1)};
        std::string_view rest = text.substr(end + 1);
        if (rest.empty()) return split;
        split.has_port = true;
        split.ok = rest.starts_with(':');
        split.port = rest.substr(1);
        return split;
    }
    size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {.host = text};
    return {.host = text.substr(0, colon), .port = text.substr(colon + 1), .has_port = true};
}

bool good_host(std::string_view host) {
    return !host.empty() && host.size() <= 255 &&
           std::ranges::all_of(host, [](char c) { return is_plain(c, ".-_:%"); });
}

UrlResult<std::optional<uint16_t>> read_port(std::string_view url, const Authority& authority) {
    if (!authority.has_port) return std::nullopt;
    uint16_t port = 0;
    auto [end, failed] =
        std::from_chars(authority.port.data(), authority.port.data() + authority.port.size(), port);
    if (failed != std::errc{} || end != authority.port.data() + authority.port.size() || port == 0)
        return refuse(url, fmt::format("'{}' is no port", authority.port),
                      "a port is a number from 1 to 65535 (default 2049)");
    return port;
}

// One "name=value" or "name"; both escaped.
UrlResult<UrlOption> read_option(std::string_view url, std::string_view item) {
    size_t equals = item.find('=');
    auto name = unescape(item.substr(0, equals), {"\0", 1});
    if (!name || name->empty())
        return refuse(url, fmt::format("'{}' is no option", item), "write name=value or name");
    if (equals == std::string_view::npos) return UrlOption{*name, std::nullopt};
    auto value = unescape(item.substr(equals + 1), {"\0", 1});
    if (!value)
        return refuse(url, fmt::format("bad escape in the value of '{}'", *name),
                      "write % as %25; a zero byte cannot be written");
    return UrlOption{*name, *value};
}

UrlResult<void> read_options(Url& url, std::string_view text, std::string_view query) {
    while (!query.empty()) {
        size_t end = std::min(query.find('&'), query.size());
        std::string_view item = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (item.empty()) continue;
        auto option = read_option(text, item);
        if (!option) return std::unexpected(option.error());
        url.options.push_back(std::move(*option));
    }
    return {};
}

UrlResult<Url> parse_scheme_form(std::string_view text, size_t colon) {
    Url url;
    url.scheme = std::string(text.substr(0, colon));
    if (url.scheme != "nfs")
        return refuse(text, fmt::format("scheme '{}' is not known", url.scheme),
                      "the schemes here are: nfs");
    std::string_view rest = text.substr(colon + 3);
    size_t question = std::min(rest.find('?'), rest.size());
    std::string_view query = rest.substr(std::min(question + 1, rest.size()));
    rest = rest.substr(0, question);
    size_t slash = std::min(rest.find('/'), rest.size());
    std::string_view place = rest.substr(0, slash);
    if (size_t at = place.rfind('@'); at != std::string_view::npos) {
        auto user = unescape(place.substr(0, at), {"\0", 1});
        if (!user) return refuse(text, "bad escape in the user", "write % as %25");
        url.user = *user;
        place.remove_prefix(at + 1);
    }
    Authority authority = split_authority(place);
    auto host = unescape(authority.host, {"\0/", 2});
    if (!authority.ok || !host || !good_host(*host))
        return refuse(text, fmt::format("'{}' is no host", place), forms);
    url.host = *host;
    auto port = read_port(text, authority);
    if (!port) return std::unexpected(port.error());
    url.port = *port;
    auto path = unescape(rest.substr(slash), {"\0/", 2});
    if (!path)
        return refuse(text, "bad escape in the path",
                      "write % as %25; a name holds neither / nor a zero byte");
    url.path = tidy_path(*path);
    auto options = read_options(url, text, query);
    if (!options) return std::unexpected(options.error());
    return url;
}

// Where the host ends in "host:/path"; npos when it is not that form.
size_t mount_form_colon(std::string_view text) noexcept {
    size_t colon = text.starts_with('[') ? text.find("]:/") : text.find(":/");
    if (colon == std::string_view::npos || colon == 0) return std::string_view::npos;
    if (text.starts_with('[')) return colon + 1;
    return text.substr(0, colon).find('/') == std::string_view::npos ? colon
                                                                     : std::string_view::npos;
}

}  // namespace

bool looks_remote(std::string_view text) noexcept {
    size_t scheme = text.find("://");
    if (scheme != std::string_view::npos && scheme > 0 &&
        std::ranges::all_of(text.substr(0, scheme), [](char c) { return is_plain(c, "+-."); }))
        return true;
    return mount_form_colon(text) != std::string_view::npos;
}

UrlResult<Url> parse_url(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return refuse(text.substr(0, text.find('\0')), "it holds a zero byte", forms);
    if (size_t colon = text.find("://"); colon != std::string_view::npos && colon > 0 &&
                                         text.substr(0, colon).find('/') == std::string_view::npos)
        return parse_scheme_form(text, colon);
    size_t colon = mount_form_colon(text);
    if (colon == std::string_view::npos) return refuse(text, "no host in it", forms);
    Url url;
    url.host = std::string(text.substr(0, colon));
    if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
    if (!good_host(url.host)) return refuse(text, fmt::format("'{}' is no host", url.host), forms);
    url.path = tidy_path(text.substr(colon + 1));
    return url;
}

UrlResult<void> add_options(Url& url, std::string_view comma_separated) {
    while (!comma_separated.empty()) {
        size_t end = std::min(comma_separated.find(','), comma_separated.size());
        std::string_view item = comma_separated.substr(0, end);
        comma_separated.remove_prefix(std::min(end + 1, comma_separated.size()));
        if (item.empty()) continue;
        size_t equals = item.find('=');
        UrlOption option{std::string(item.substr(0, equals)), std::nullopt};
        if (option.name.empty())
            return refuse(to_text(url), fmt::format("'{}' is no option", item),
                          "write name=value or name, separated by commas");
        if (equals != std::string_view::npos) option.value = std::string(item.substr(equals + 1));
        url.options.push_back(std::move(option));
    }
    return {};
}

std::string to_text(const Url& url) {
    bool is_v6 = url.host.find(':') != std::string::npos;
    std::string host = escape(url.host, ".-_:");
    std::string text = url.scheme + "://" + (is_v6 ? "[" + host + "]" : host);
    if (url.port) text += fmt::format(":{}", *url.port);
    text += escape(url.path, "/.-_~!$'()*+,;:@=");
    char separator = '?';
    for (const UrlOption& option : url.options) {
        text += separator;
        separator = '&';
        text += escape(option.name, ".-_");
        if (option.value) text += "=" + escape(*option.value, ".-_/:@,");
    }
    return text;
}

}  // namespace strait::client
