// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/format.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <array>
#include <cmath>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

namespace strait::tool {

using vfs::Attr;
using vfs::FileType;

namespace {

// Half of a Gregorian year in seconds, as ls counts it.
constexpr int64_t half_a_year_s = 31556952 / 2;

char type_letter(FileType type) {
    switch (type) {
        case FileType::none:
            return '?';
        case FileType::regular:
            return '-';
        case FileType::directory:
            return 'd';
        case FileType::symlink:
            return 'l';
        case FileType::block:
            return 'b';
        case FileType::character:
            return 'c';
        case FileType::fifo:
            return 'p';
        case FileType::socket:
            return 's';
    }
    return '?';
}

std::string formatted(const char* format, const tm& parts) {
    std::array<char, 64> text{};
    size_t size = strftime(text.data(), text.size(), format, &parts);
    return {text.data(), size};
}

tm local_parts(Timestamp when) {
    time_t seconds = when.seconds;
    tm parts{};
    localtime_r(&seconds, &parts);
    return parts;
}

std::string hex(Bytes bytes) {
    std::string text;
    for (std::byte each : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(each));
    return text;
}

}  // namespace

std::string mode_text(FileType type, uint32_t mode) {
    std::string text(1, type_letter(type));
    for (int shift = 6; shift >= 0; shift -= 3) {
        uint32_t bits = mode >> shift;
        text += bits & 4 ? 'r' : '-';
        text += bits & 2 ? 'w' : '-';
        text += bits & 1 ? 'x' : '-';
    }
    if (mode & 04000) text[3] = mode & 0100 ? 's' : 'S';
    if (mode & 02000) text[6] = mode & 0010 ? 's' : 'S';
    if (mode & 01000) text[9] = mode & 0001 ? 't' : 'T';
    return text;
}

std::string_view type_text(FileType type) {
    switch (type) {
        case FileType::none:
            return "unknown";
        case FileType::regular:
            return "regular file";
        case FileType::directory:
            return "directory";
        case FileType::symlink:
            return "symbolic link";
        case FileType::block:
            return "block special file";
        case FileType::character:
            return "character special file";
        case FileType::fifo:
            return "fifo";
        case FileType::socket:
            return "socket";
    }
    return "unknown";
}

std::string human_size(uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{}", bytes);
    auto value = static_cast<double>(bytes);
    constexpr std::string_view units = "KMGTPE";
    size_t unit = 0;
    for (value /= 1024; value > 1023 && unit + 1 < units.size(); value /= 1024) unit++;
    double tenths = std::ceil(value * 10) / 10;
    if (tenths < 10) return fmt::format("{:.1f}{}", tenths, units[unit]);
    return fmt::format("{:.0f}{}", std::ceil(value), units[unit]);
}

std::string short_time(Timestamp when, Timestamp now) {
    bool recent = when.seconds <= now.seconds && when.seconds > now.seconds - half_a_year_s;
    return formatted(recent ? "%b %e %H:%M" : "%b %e  %Y", local_parts(when));
}

std::string full_time(Timestamp when) {
    tm parts = local_parts(when);
    return fmt::format("{}.{:09} {}", formatted("%Y-%m-%d %H:%M:%S", parts), when.nanoseconds,
                       formatted("%z", parts));
}

std::string utc_time(Timestamp when) {
    time_t seconds = when.seconds;
    tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{}.{:09}Z", formatted("%Y-%m-%dT%H:%M:%S", parts), when.nanoseconds);
}

// Each number is looked up once: a listing of thousands of files has a handful of owners.
std::string user_name(uint32_t uid) {
    static std::map<uint32_t, std::string> known;
    auto [at, added] = known.try_emplace(uid);
    if (added) {
        const passwd* found = getpwuid(uid);
        at->second = found ? found->pw_name : fmt::format("{}", uid);
    }
    return at->second;
}

std::string group_name(uint32_t gid) {
    static std::map<uint32_t, std::string> known;
    auto [at, added] = known.try_emplace(gid);
    if (added) {
        const group* found = getgrgid(gid);
        at->second = found ? found->gr_name : fmt::format("{}", gid);
    }
    return at->second;
}

std::string json_line(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json attributes_json(const vfs::Attributes& of) {
    nlohmann::json out = nlohmann::json::object();
    if (of.has(Attr::type)) out["type"] = type_text(of.type);
    if (of.has(Attr::mode)) out["mode"] = fmt::format("{:04o}", of.mode);
    if (of.has(Attr::uid)) out["uid"] = of.uid;
    if (of.has(Attr::gid)) out["gid"] = of.gid;
    if (of.has(Attr::size)) out["size"] = of.size;
    if (of.has(Attr::space_used)) out["space_used"] = of.space_used;
    if (of.has(Attr::fileid)) out["fileid"] = of.fileid;
    if (of.has(Attr::fsid)) out["fsid"] = fmt::format("{:x}:{:x}", of.fsid.major, of.fsid.minor);
    if (of.has(Attr::change)) out["change"] = of.change;
    if (of.has(Attr::nlink)) out["nlink"] = of.nlink;
    if (of.has(Attr::atime)) out["atime"] = utc_time(of.atime);
    if (of.has(Attr::mtime)) out["mtime"] = utc_time(of.mtime);
    if (of.has(Attr::ctime)) out["ctime"] = utc_time(of.ctime);
    if (of.has(Attr::btime)) out["btime"] = utc_time(of.btime);
    if (of.has(Attr::handle)) out["handle"] = hex(of.handle.bytes());
    return out;
}

}  // namespace strait::tool
