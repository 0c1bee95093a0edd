// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/path.h"

#include <algorithm>

namespace strait::vfs {

std::string_view take_component(std::string_view& rest) {
    auto skip_slashes = [&rest](size_t at) {
        while (at < rest.size() && rest[at] == '/') at++;
        return at;
    };
    const size_t begin = skip_slashes(0);
    const size_t end = std::min(rest.find('/', begin), rest.size());
    std::string_view name = rest.substr(begin, end - begin);
    rest.remove_prefix(skip_slashes(end));
    return name;
}

void push_component(std::string& path, std::string_view name) {
    if (!path.empty()) path += '/';
    path += name;
}

void pop_component(std::string& path) { path.resize(parent_path(path).size()); }

std::string_view parent_path(std::string_view path) {
    size_t slash = path.rfind('/');
    return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view last_component(std::string_view path) {
    size_t slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

std::string_view first_components(std::string_view path, size_t count) {
    size_t end = 0;
    for (; count > 0 && end < path.size(); count--) {
        end = path.find('/', end == 0 ? 0 : end + 1);
        if (end == path.npos) return path;
    }
    return path.substr(0, end);
}

std::string_view after_components(std::string_view path, size_t count) {
    std::string_view first = first_components(path, count);
    if (first.empty()) return path;
    return first.size() == path.size() ? std::string_view{} : path.substr(first.size() + 1);
}

size_t count_components(std::string_view path) {
    if (path.empty()) return 0;
    size_t count = 1;
    for (char each : path) count += each == '/';
    return count;
}

bool is_within(std::string_view path, std::string_view directory) {
    if (directory.empty()) return true;
    return path.starts_with(directory) &&
           (path.size() == directory.size() || path[directory.size()] == '/');
}

std::string_view below(std::string_view path, std::string_view directory) {
    if (directory.empty()) return path;
    return path.size() == directory.size() ? std::string_view{} : path.substr(directory.size() + 1);
}

std::string normalise(std::string_view path) {
    std::string made;
    while (!path.empty()) {
        std::string_view name = take_component(path);
        if (name.empty() || name == ".") continue;
        if (name == "..") {
            pop_component(made);
        } else {
            push_component(made, name);
        }
    }
    return made;
}

Result<> check_path(std::string_view path) {
    if (path.size() > max_path_bytes) return fail(Errc::nametoolong);
    if (path.find('\0') != path.npos) return fail(Errc::inval);
    return {};
}

}  // namespace strait::vfs
