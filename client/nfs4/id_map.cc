// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/id_map.h"

#include <grp.h>
#include <pwd.h>

#include <charconv>
#include <vector>

namespace strait::client::nfs4 {

namespace {

// A server that invents names must not make this grow without end.
constexpr size_t most_names = 4096;

struct Asked {
    std::string name;
    bool group = false;
    uint32_t id = IdMap::nobody;
};

uint32_t look_up_user(const std::string& name) {
    std::vector<char> room(16384);
    passwd entry{};
    passwd* found = nullptr;
    if (getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found) != 0 || !found)
        return IdMap::nobody;
    return found->pw_uid;
}

uint32_t look_up_group(const std::string& name) {
    std::vector<char> room(65536);
    ::group entry{};
    ::group* found = nullptr;
    if (getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found) != 0 || !found)
        return IdMap::nobody;
    return found->gr_gid;
}

}  // namespace

std::optional<uint32_t> IdMap::find(Names& names, std::string_view text) {
    uint32_t number = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed == std::errc{} && end == text.data() + text.size()) return number;
    std::string name(text.substr(0, text.find('@')));
    if (auto known = names.find(name); known != names.end()) {
        unknown_ = unknown_ || !known->second;
        return known->second;
    }
    if (name.empty() || names.size() >= most_names) return nobody;
    names.emplace(std::move(name), std::nullopt);
    unknown_ = true;
    return std::nullopt;
}

Task<> IdMap::resolve(Reactor& reactor) {
    std::vector<Asked> asked;
    for (auto& [name, id] : users_)
        if (!id) asked.push_back({name, false});
    for (auto& [name, id] : groups_)
        if (!id) asked.push_back({name, true});
    co_await reactor.run_blocking([&asked] {
        for (Asked& each : asked)
            each.id = each.group ? look_up_group(each.name) : look_up_user(each.name);
    });
    for (Asked& each : asked) (each.group ? groups_ : users_)[each.name] = each.id;
    unknown_ = false;
}

}  // namespace strait::client::nfs4
