// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where a file lives: `nfs://[user@]host[:port]/path?option=value&...` (RFC 2224's form with
// mount.nfs's option names), or `host:/path`. Parsing splits and unescapes; what the options mean
// is client/options.h's matter. The whole path starts at the server's root: where an export ends
// and the path in it begins is never the user's to say.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strait::client {

// Why a URL or an option was refused, as a sentence for the user: what, where, why, what to do.
struct UrlError {
    std::string text;
};
template <class T>
using UrlResult = std::expected<T, UrlError>;

struct UrlOption {
    std::string name;
    std::optional<std::string> value;  // none: a flag, as `ro`
    friend bool operator==(const UrlOption&, const UrlOption&) = default;
};

struct Url {
    std::string scheme = "nfs";
    std::string user;  // empty: not given
    std::string host;  // a name, an IPv4 address, or an IPv6 address without its brackets
    std::optional<uint16_t> port;
    std::string path = "/";          // unescaped, begins with "/", no empty or "." components
    std::vector<UrlOption> options;  // in the order given; a later one wins

    friend bool operator==(const Url&, const Url&) = default;
};

// Whether `text` looks like a URL or `host:/path` at all, and not like a local path.
bool looks_remote(std::string_view text) noexcept;

// Parses either form. Escapes (%20) are undone in URLs, not in `host:/path`, where they are
// ordinary characters, as for mount(8). Refused: an empty host, ports outside 1..65535, `%00`,
// `%2f` in a path, unknown schemes.
UrlResult<Url> parse_url(std::string_view text);

// Adds mount(8)'s form of options, "vers=4.2,soft", to those of the URL.
UrlResult<void> add_options(Url& url, std::string_view comma_separated);

// The URL form again, escaped; parse_url() of it gives `url` back. The user is left out: it is not
// needed to find the place, and logs need no names.
std::string to_text(const Url& url);

}  // namespace strait::client
