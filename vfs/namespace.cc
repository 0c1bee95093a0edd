// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/namespace.h"

#include <vector>

#include "vfs/names.h"

namespace strait::vfs {

namespace {

// FNV-1a, 64 bits. The top bit is set, so that no file id of a usual file system meets it.
uint64_t fileid_of(std::string_view path) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (unsigned char c : path) hash = (hash ^ c) * 0x100000001b3u;
    return hash | uint64_t{1} << 63;
}

bool says_nothing(std::string_view component) { return component.empty() || component == "."; }

Result<std::vector<std::string_view>> components_of(std::string_view path) {
    std::vector<std::string_view> found;
    while (!path.empty()) {
        std::string_view component = next_component(path);
        if (says_nothing(component)) continue;
        if (auto good = check_name(component); !good)
            return fail(good.error() == Errc::nametoolong ? Errc::nametoolong : Errc::inval);
        found.push_back(component);
    }
    return found;
}

}  // namespace

Namespace::Namespace() : root_(std::make_unique<Place>()) {
    root_->parent = root_.get();
    root_->fileid = fileid_of("/");
    by_fileid_.emplace(root_->fileid, root_.get());
}

Namespace::Place& Namespace::child(Place& parent, std::string_view name, std::string_view path) {
    auto found = parent.children.find(name);
    if (found != parent.children.end()) return *found->second;
    auto made = std::make_unique<Place>();
    made->name = name;
    made->parent = &parent;
    made->fileid = fileid_of(path);
    while (!by_fileid_.emplace(made->fileid, made.get()).second) made->fileid++;
    Place& place = *made;
    parent.children.emplace(name, std::move(made));
    return place;
}

Result<void> Namespace::add(std::string_view path, uint32_t mount) {
    auto components = components_of(path);
    if (!components) return fail(components.error());
    Place* at = root_.get();
    std::string so_far;
    for (std::string_view component : *components) {
        so_far.append("/").append(component);
        at = &child(*at, component, so_far);
    }
    if (at->mount) return fail(Errc::exist);
    at->mount = mount;
    return {};
}

const Namespace::Place* Namespace::find(std::string_view path) const {
    auto components = components_of(path);
    if (!components) return nullptr;
    const Place* at = root_.get();
    for (std::string_view component : *components) {
        auto found = at->children.find(component);
        if (found == at->children.end()) return nullptr;
        at = found->second.get();
    }
    return at;
}

const Namespace::Place* Namespace::find(uint64_t fileid) const {
    auto found = by_fileid_.find(fileid);
    return found == by_fileid_.end() ? nullptr : found->second;
}

Result<Namespace::Resolved> Namespace::resolve(std::string_view path) const {
    std::optional<Resolved> best;
    const Place* at = root_.get();
    std::string_view rest = path;
    while (true) {
        while (rest.starts_with('/')) rest.remove_prefix(1);
        if (at && at->mount) best = Resolved{*at->mount, at, rest};
        if (rest.empty()) break;
        std::string_view component = next_component(rest);
        if (component == "..") return fail(Errc::inval);
        if (!at || says_nothing(component)) continue;
        auto found = at->children.find(component);
        at = found == at->children.end() ? nullptr : found->second.get();
    }
    if (!best) return fail(Errc::noent);
    return *best;
}

}  // namespace strait::vfs
