// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/mount_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace strait::fuse {

namespace {

// The kernel's, in mount(2)'s flags and in FUSE's own.
constexpr std::array<std::string_view, 20> kernel_words{
    "allow_other", "allow_root", "auto_unmount", "default_permissions",
    "suid",        "nosuid",     "dev",          "nodev",
    "exec",        "noexec",     "async",        "sync",
    "dirsync",     "atime",      "noatime",      "diratime",
    "nodiratime",  "rw",         "ro",           "nosymfollow"};
constexpr std::array<std::string_view, 4> kernel_values{
    "fsname=", "subtype=", "max_read=", "context="};
// mount(8)'s and systemd's own, which a helper is given all the same.
constexpr std::array<std::string_view, 20> nobodys{
    "defaults",   "_netdev",    "nofail",      "auto",          "noauto",
    "user",       "nouser",     "users",       "owner",         "group",
    "relatime",   "norelatime", "strictatime", "nostrictatime", "lazytime",
    "nolazytime", "iversion",   "noiversion",  "silent",        "loud"};

template <size_t n>
bool among(const std::array<std::string_view, n>& words, std::string_view text) {
    return std::ranges::find(words, text) != words.end();
}

bool is_nobodys(std::string_view text) {
    return text.empty() || among(nobodys, text) || text.starts_with("x-") ||
           text.starts_with("X-") || text.starts_with("comment=") || text.starts_with("uhelper=") ||
           text.starts_with("helper=") || text.starts_with("user=");
}

bool has_value(std::string_view text, std::string_view name, std::string_view& value) {
    if (!text.starts_with(name)) return false;
    value = text.substr(name.size());
    return true;
}

Result<Duration> seconds(std::string_view text, std::string& complaint) {
    double value = -1;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed == std::errc() && end == text.data() + text.size() && value >= 0 && value <= 1e6)
        return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
    complaint = fmt::format("'{}' is no number of seconds", text);
    return fail(Errc::inval);
}

Result<> sort_one(std::string_view text, SortedOptions& out, std::string& complaint) {
    std::string_view value;
    if (is_nobodys(text)) return {};
    if (text == "no_default_permissions") {
        out.no_default_permissions = true;
    } else if (has_value(text, "negative_timeout=", value)) {
        auto span = seconds(value, complaint);
        if (!span) return fail(span.error());
        out.missing_names = *span;
    } else if (has_value(text, "pidfile=", value)) {
        out.pid_file = value;
    } else if (has_value(text, "logfile=", value)) {
        out.log_file = value;
    } else if (among(kernel_words, text) || std::ranges::any_of(kernel_values, [text](auto name) {
                   return text.starts_with(name);
               })) {
        out.fuse.emplace_back(text);
        out.allow_other |= text == "allow_other";
        out.default_permissions |= text == "default_permissions";
        if (text == "ro" || text == "rw") out.read_only = text == "ro";
    } else {
        if (!out.protocol.empty()) out.protocol += ',';
        out.protocol += text;
    }
    return {};
}

}  // namespace

Result<SortedOptions> sort_options(const std::vector<std::string>& texts, std::string& complaint) {
    SortedOptions out;
    for (std::string_view rest : texts) {
        while (!rest.empty()) {
            std::string_view one = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(one.size() + 1, rest.size()));
            if (auto sorted = sort_one(one, out, complaint); !sorted) return fail(sorted.error());
        }
    }
    return out;
}

}  // namespace strait::fuse
