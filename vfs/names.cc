// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/names.h"

#include <algorithm>

namespace strait::vfs {

Result<void> check_name(std::string_view name) {
    if (name.empty()) return fail(Errc::inval);
    if (name == "." || name == "..") return fail(Errc::badname);
    if (name.size() > max_name_size) return fail(Errc::nametoolong);
    constexpr std::string_view refused("/\0", 2);
    if (name.find_first_of(refused) != name.npos) return fail(Errc::badchar);
    return {};
}

std::string_view next_component(std::string_view& path) {
    std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), component.size() + 1));
    return component;
}

}  // namespace strait::vfs
