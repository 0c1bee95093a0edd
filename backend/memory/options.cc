// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/options.h"

#include <unistd.h>

#include <charconv>
#include <optional>

#include "base/log.h"

namespace strait::backend {

namespace {

constexpr uint64_t node_cost = 1024;  // bytes, about what one file with its name takes

std::optional<uint64_t> parse_number(std::string_view text, int base) {
    uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end == text.data()) return std::nullopt;
    std::string_view rest(end, text.data() + text.size() - end);
    if (rest.empty()) return value;
    constexpr std::string_view units = "kmgt";
    size_t unit = units.find(static_cast<char>(rest[0] | 0x20));
    if (rest.size() != 1 || unit == units.npos || base != 10) return std::nullopt;
    unsigned shift = 10 * static_cast<unsigned>(unit + 1);
    if (value > (~uint64_t{0} >> shift)) return std::nullopt;
    return value << shift;
}

bool set(MemoryOptions& options, std::string_view key, std::string_view text) {
    auto value = parse_number(text, key == "mode" ? 8 : 10);
    if (!value) return false;
    bool small = *value <= UINT32_MAX;
    if (key == "size") return options.size_bytes = *value, true;
    if (key == "files") return options.files = *value, true;
    if (key == "mode" && *value <= 07777) return options.root_mode = *value, true;
    if (key == "uid" && small) return options.root_uid = *value, true;
    if (key == "gid" && small) return options.root_gid = *value, true;
    return false;
}

}  // namespace

MemoryOptions MemoryOptions::defaults() {
    uint64_t memory = uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE));
    MemoryOptions made;
    made.size_bytes = memory / 2;
    made.files = memory / 4 / node_cost;
    return made;
}

Result<MemoryOptions> MemoryOptions::parse(std::string_view text) {
    MemoryOptions made = defaults();
    constexpr std::string_view scheme = "memory";
    if (text.starts_with(scheme)) {
        text.remove_prefix(scheme.size());
        if (!text.empty() && text[0] == ':') text.remove_prefix(1);
    }
    while (!text.empty()) {
        std::string_view item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        size_t equals = item.find('=');
        if (equals == item.npos || !set(made, item.substr(0, equals), item.substr(equals + 1))) {
            log_error("memory store: option '{}' is not one of size=N files=N mode=M uid=N gid=N",
                      item);
            return fail(Errc::inval);
        }
    }
    return made;
}

}  // namespace strait::backend
