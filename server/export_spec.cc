// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/export_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace strait::server {

namespace {

std::unexpected<std::string> wrong(std::string text) {
    return std::unexpected<std::string>(std::move(text));
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        size_t end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::expected<bool, std::string> set_id(uint32_t& id, std::string_view option,
                                        std::string_view digits) {
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (error == std::errc() && end == digits.data() + digits.size()) return true;
    return wrong(fmt::format("{} wants a number, not \"{}\"", option, digits));
}

std::expected<bool, std::string> add_clients(ExportSpec& spec, std::string_view ranges) {
    for (std::string_view each : split(ranges, '+')) {
        auto range = AddressRange::parse(each);
        if (!range)
            return wrong(fmt::format("\"{}\" is no address range (10.0.0.0/8, fd00::/8)", each));
        spec.clients.push_back(*range);
    }
    return true;
}

}  // namespace

bool ExportSpec::admits(const Address& client) const noexcept {
    return clients.empty() ||
           std::ranges::any_of(clients, [&](const auto& range) { return range.contains(client); });
}

std::expected<std::string, std::string> export_name(std::string_view text) {
    while (text.starts_with('/')) text.remove_prefix(1);
    while (text.ends_with('/')) text.remove_suffix(1);
    if (text.empty()) return std::string();
    for (std::string_view part : split(text, '/'))
        if (part.empty() || part == "." || part == ".." || part.size() > 255 ||
            part.find('\0') != std::string_view::npos)
            return wrong(fmt::format("\"{}\" cannot be the name of an export", text));
    return std::string(text);
}

std::expected<bool, std::string> set_export_option(ExportSpec& spec, std::string_view option) {
    if (option == "ro" || option == "rw") {
        spec.read_only = option == "ro";
    } else if (option == "root_squash") {
        spec.squash = Squash::root;
    } else if (option == "no_root_squash") {
        spec.squash = Squash::none;
    } else if (option == "all_squash") {
        spec.squash = Squash::all;
    } else if (option.starts_with("anonuid=")) {
        return set_id(spec.anonymous_uid, "anonuid", option.substr(8));
    } else if (option.starts_with("anongid=")) {
        return set_id(spec.anonymous_gid, "anongid", option.substr(8));
    } else if (option.starts_with("clients=")) {
        return add_clients(spec, option.substr(8));
    } else {
        return false;
    }
    return true;
}

std::expected<ExportSpec, std::string> parse_export(std::string_view text) {
    auto sentence = [&](std::string_view what) {
        return wrong(fmt::format("export \"{}\": {}", text, what));
    };
    size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        return sentence("the form is NAME=BACKEND:ARG[,option...]");
    ExportSpec spec;
    auto name = export_name(text.substr(0, equals));
    if (!name) return sentence(name.error());
    spec.name = *name;
    auto parts = split(text.substr(equals + 1), ',');
    size_t colon = parts[0].find(':');
    spec.backend = parts[0].substr(0, colon);
    if (spec.backend.empty()) return sentence("no backend is named (memory, local)");
    if (colon != std::string_view::npos) spec.argument = parts[0].substr(colon + 1);
    for (size_t i = 1; i < parts.size(); i++) {
        auto known = set_export_option(spec, parts[i]);
        if (!known) return sentence(known.error());
        if (*known) continue;
        // clients=10.0.0.0/8,fd00::/8: the list goes on over commas.
        if (!spec.clients.empty() && AddressRange::parse(parts[i])) {
            spec.clients.push_back(*AddressRange::parse(parts[i]));
            continue;
        }
        // What is no option of ours belongs to the backend: memory:size=1g,files=1000.
        if (spec.backend == "local" || parts[i].empty())
            return sentence(fmt::format("unknown option \"{}\"", parts[i]));
        if (!spec.argument.empty()) spec.argument += ',';
        spec.argument += parts[i];
    }
    return spec;
}

}  // namespace strait::server
