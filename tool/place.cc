// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/place.h"

#include <fmt/format.h>

#include <cmath>

#include "vfs/path.h"

namespace strait::tool {

namespace {

constexpr std::string_view memory_scheme = "memory:";

client::UrlResult<Target> parse_nfs(std::string_view text, const CommonOptions& options) {
    auto url = client::parse_url(text);
    if (!url) return std::unexpected(url.error());
    std::string more;
    if (options.timeout_s > 0)
        more = fmt::format("soft,timeo={},retrans=0",
                           std::max(1L, std::lround(options.timeout_s * 10)));
    for (const std::string& each : options.mount_options) more += (more.empty() ? "" : ",") + each;
    if (auto added = client::add_options(*url, more); !added) return std::unexpected(added.error());
    auto meaning = client::parse_options(*url);
    if (!meaning) return std::unexpected(meaning.error());
    return Target{Target::Kind::nfs, std::string(text), std::move(*url), *meaning};
}

}  // namespace

client::UrlResult<Target> parse_target(std::string_view text, const CommonOptions& options) {
    if (text.starts_with(memory_scheme)) {
        client::Url url;
        url.path = "/" + vfs::normalise(text.substr(memory_scheme.size()));
        return Target{Target::Kind::memory, std::string(text), std::move(url), {}};
    }
    if (client::looks_remote(text)) return parse_nfs(text, options);
    if (text.empty()) return std::unexpected(client::UrlError{"an empty name is no place"});
    return Target{Target::Kind::local, std::string(text), {}, {}};
}

std::string Place::join_text(std::string_view text, std::string_view name) {
    std::string joined(text);
    if (text.find("://") != text.npos) joined.resize(std::min(text.find('?'), text.size()));
    if (!joined.ends_with('/')) joined += '/';
    return joined += name;
}

Place Place::child(std::string_view name) const {
    Place made = *this;
    if (!made.path.ends_with('/')) made.path += '/';
    made.path += name;
    made.text = local() ? made.path : join_text(text, name);
    return made;
}

std::string_view Place::name() const {
    std::string_view rest = path;
    if (!local()) rest.remove_prefix(root.size());
    while (rest.ends_with('/')) rest.remove_suffix(1);
    return rest.substr(rest.rfind('/') + 1);
}

}  // namespace strait::tool
