// SPDX-License-Identifier: LGPL-2.1-or-later
// The configuration file:
//
//     listen = ["0.0.0.0:2049"]
//     state-dir = "/var/lib/straitd"
//     lease-time = 90
//     [[export]]
//     name = "data"
//     backend = "local:/srv/data"
//     options = ["ro", "clients=10.0.0.0/8"]

#include <fmt/format.h>

#include <toml++/toml.h>

#include "server/straitd/options.h"

namespace strait::server {

namespace {

using Good = std::expected<void, std::string>;

Good wrong(std::string text) { return std::unexpected(std::move(text)); }

Good take_number(const toml::node& node, std::string_view key, uint32_t& into) {
    auto value = node.value<int64_t>();
    if (!node.is_integer() || *value < 1 || *value > 24 * 3600)
        return wrong(fmt::format("{} wants a number from 1 to 86400", key));
    into = static_cast<uint32_t>(*value);
    return {};
}

Good take_text(const toml::node& node, std::string_view key, std::string& into) {
    if (!node.is_string()) return wrong(fmt::format("{} wants a text in quotes", key));
    into = *node.value<std::string>();
    return {};
}

Good take_address(const toml::node& node, std::string_view key, Address& into) {
    std::string text;
    if (Good good = take_text(node, key, text); !good) return good;
    auto parsed = Address::parse(text);
    if (!parsed) return wrong(fmt::format("{}: \"{}\" is no address", key, text));
    into = *parsed;
    return {};
}

Good take_listen(const toml::node& node, StraitdOptions& options) {
    if (!node.is_array()) return wrong("listen wants a list of addresses");
    for (const toml::node& each : *node.as_array()) {
        Address parsed;
        if (Good good = take_address(each, "listen", parsed); !good) return good;
        options.listen.push_back(parsed);
    }
    return {};
}

Good take_export(const toml::node& node, StraitdOptions& options) {
    if (!node.is_table()) return wrong("[[export]] wants name, backend, options");
    std::string name, backend, text;
    std::string tail;
    for (auto&& [key, value] : *node.as_table()) {
        Good good;
        if (key.str() == "name") {
            good = take_text(value, "export.name", name);
        } else if (key.str() == "backend") {
            good = take_text(value, "export.backend", backend);
        } else if (key.str() == "options" && value.is_array()) {
            for (const toml::node& each : *value.as_array()) {
                if (good) good = take_text(each, "export.options", text);
                tail += "," + text;
            }
        } else {
            good = wrong(fmt::format("unknown key \"export.{}\"", key.str()));
        }
        if (!good) return good;
    }
    auto spec = parse_export(name + "=" + backend + tail);
    if (!spec) return wrong(spec.error());
    options.exports.push_back(std::move(*spec));
    return {};
}

Good take_exports(const toml::node& node, StraitdOptions& options) {
    if (!node.is_array()) return wrong("write exports as [[export]]");
    for (const toml::node& each : *node.as_array())
        if (Good good = take_export(each, options); !good) return good;
    return {};
}

Good take_key(std::string_view key, const toml::node& node, StraitdOptions& options) {
    if (key == "listen") return take_listen(node, options);
    if (key == "export") return take_exports(node, options);
    if (key == "state-dir") return take_text(node, key, options.state_dir);
    if (key == "log") return take_text(node, key, options.log);
    if (key == "lease-time") return take_number(node, key, options.lease_seconds);
    if (key == "grace-time") return take_number(node, key, options.grace_seconds);
    if (key == "threads") return take_number(node, key, options.threads);
    if (key == "metrics") return take_address(node, key, options.metrics);
    return wrong(fmt::format("unknown key \"{}\"", key));
}

}  // namespace

std::expected<void, std::string> read_config(const std::string& path, StraitdOptions& options) {
    toml::table table;
    try {
        table = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        auto at = error.source().begin;
        return wrong(at ? fmt::format("{}:{}: {}", path, at.line, error.description())
                        : fmt::format("{}: {}", path, error.description()));
    }
    for (auto&& [key, value] : table)
        if (Good good = take_key(key.str(), value, options); !good)
            return wrong(fmt::format("{}:{}: {}", path, value.source().begin.line, good.error()));
    return {};
}

}  // namespace strait::server
