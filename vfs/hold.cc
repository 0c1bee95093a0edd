// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/hold.h"

#include <algorithm>

#include "vfs/compound.h"
#include "vfs/path.h"

namespace strait::vfs {

namespace {
// About 40 MB when full of both.
constexpr size_t most_attributes = 1u << 16;
constexpr size_t most_names = 1u << 16;
}  // namespace

void Hold::make_room() {
    while (known_order_.size() > most_attributes) {
        auto oldest = known_.find(known_order_.front());
        if (oldest != known_.end()) {
            floor_ = std::max(floor_, oldest->second.changed);
            known_.erase(oldest);
        }
        known_order_.pop_front();
    }
    while (names_ > most_names && directory_order_.size() > 1) {
        auto oldest = directories_.find(directory_order_.front());
        if (oldest != directories_.end()) {
            floor_ = std::max(floor_, oldest->second.changed);
            forget_rows(oldest->second);
            directories_.erase(oldest);
        }
        directory_order_.pop_front();
    }
    // One directory with more names than we keep: begin again with those that come.
    if (names_ > most_names) forget_rows(directories_.begin()->second);
}

void Hold::forget_rows(Directory& directory) {
    names_ -= directory.names.size() + directory.links.size();
    directory.names.clear();
    directory.links.clear();
}

Hold::Known& Hold::known(const Handle& handle) {
    auto [at, made] = known_.try_emplace(handle);
    if (made) {
        known_order_.push_back(handle);
        // Making room takes the oldest: never the one just made.
        make_room();
    }
    return at->second;
}

Hold::Directory& Hold::directory(std::string_view path) {
    auto at = directories_.find(path);
    if (at == directories_.end()) {
        at = directories_.try_emplace(std::string(path)).first;
        directory_order_.emplace_back(path);
    }
    return at->second;
}

const Hold::Directory* Hold::find_directory(std::string_view path) const {
    auto at = directories_.find(path);
    return at == directories_.end() ? nullptr : &at->second;
}

void Hold::take(Known& row, const Attributes& attributes, MonoTime now) {
    bool directory = attributes.type == FileType::directory;
    Duration least = directory ? times_.directory_min : times_.file_min;
    Duration most = directory ? times_.directory_max : times_.file_max;
    bool same = row.valid && row.attributes.change == attributes.change;
    // A hold that was found right at its end may be believed longer the next time.
    if (!same) {
        row.span = least;
    } else if (now >= row.until) {
        row.span = std::min(row.span * 2, most);
    }
    row.attributes = attributes;
    row.until = now + row.span;
    row.valid = true;
}

bool Hold::learn(const Handle& handle, const Attributes& attributes, Tick asked) {
    if (handle.empty() || asked < floor_) return false;
    Known& row = known(handle);
    if (asked < row.changed) return false;
    take(row, attributes, MonoClock::now());
    return true;
}

void Hold::learn_name(std::string_view path, const Handle& handle, Tick asked) {
    if (handle.empty() || asked < floor_) return;
    Directory& parent = directory(parent_path(path));
    if (asked < parent.changed) return;
    auto [at, made] = parent.names.try_emplace(std::string(last_component(path)));
    at->second = Name{handle, MonoClock::now() + times_.directory_min};
    if (made && ++names_ > most_names) make_room();
}

void Hold::learn_entries(std::string_view path, std::span<const DirEntry> entries, Tick asked) {
    if (asked < floor_) return;
    const MonoTime now = MonoClock::now();
    Directory* parent = &directory(path);
    for (const DirEntry& entry : entries) {
        const Attributes& found = entry.attributes;
        if (!found.valid.has_all({Attr::handle, Attr::type, Attr::size, Attr::change})) continue;
        if (found.handle.empty()) continue;
        if (Known& row = known(found.handle); asked >= row.changed) take(row, found, now);
        if (asked < parent->changed) continue;
        auto [at, made] = parent->names.try_emplace(std::string(entry.name));
        at->second = Name{found.handle, now + times_.directory_min};
        if (!made || ++names_ <= most_names) continue;
        make_room();  // takes the oldest directory, and that may be this one
        parent = &directory(path);
    }
}

void Hold::learn_link(std::string_view path, std::string_view target, Tick asked) {
    if (path.empty() || asked < floor_) return;
    Directory& parent = directory(parent_path(path));
    if (asked < parent.changed) return;
    auto [at, made] = parent.links.try_emplace(std::string(last_component(path)));
    at->second = Link{std::string(target), MonoClock::now() + times_.directory_min};
    if (made && ++names_ > most_names) make_room();
}

void Hold::learn_no_xattrs(const Handle& handle, uint64_t change) {
    auto at = known_.find(handle);
    if (at != known_.end()) at->second.no_xattrs = change;
}

bool Hold::no_xattrs(const Handle& handle) const {
    const Attributes* now = attributes(handle, Attr::change);
    return now && known_.find(handle)->second.no_xattrs == now->change;
}

void Hold::changed(const Handle& handle) {
    tick_++;
    Known& row = known(handle);
    row.changed = tick_;
    row.until = {};
}

void Hold::changed_to(const Handle& handle, const Attributes& attributes) {
    tick_++;
    Known& row = known(handle);
    // Two changes under way at once may answer in the other order.
    bool outdated = row.valid && attributes.change < row.attributes.change;
    row.changed = tick_;
    if (outdated) {
        row.until = {};
    } else {
        row.valid = false;
        take(row, attributes, MonoClock::now());
    }
}

void Hold::entry_made(std::string_view path, const Handle& handle) {
    tick_++;
    Directory& parent = directory(parent_path(path));
    parent.changed = tick_;
    if (parent.links.erase(std::string(last_component(path))) > 0) names_--;
    learn_name(path, handle, tick_);
    directory_changed(parent_path(path));
}

void Hold::entry_gone(std::string_view path, bool with_children) {
    tick_++;
    Directory& parent = directory(parent_path(path));
    parent.changed = tick_;
    std::string name(last_component(path));
    auto row = parent.names.find(name);
    if (row != parent.names.end()) {
        changed(row->second.handle);  // its link count
        parent.names.erase(row);
        names_--;
    }
    names_ -= parent.links.erase(name);
    directory_changed(parent_path(path));
    if (!with_children) return;
    for (auto& [directory, rows] : directories_) {
        if (!is_within(directory, path)) continue;
        forget_rows(rows);
        rows.changed = tick_;
    }
}

void Hold::directory_changed(std::string_view path) {
    if (const Handle* handle = last_handle_at(path)) changed(Handle(*handle));
}

void Hold::forget_all() {
    floor_ = ++tick_;
    known_.clear();
    known_order_.clear();
    directories_.clear();
    directory_order_.clear();
    names_ = 0;
}

const Attributes* Hold::attributes(const Handle& handle, AttrMask mask) const {
    auto at = known_.find(handle);
    if (at == known_.end() || !at->second.valid || MonoClock::now() >= at->second.until)
        return nullptr;
    // Of stat_mask, what is missing the server does not have (birth times, often).
    AttrMask known = stat_mask | at->second.attributes.valid;
    return known.has_all(mask) ? &at->second.attributes : nullptr;
}

Duration Hold::remaining(const Handle& handle) const {
    auto at = known_.find(handle);
    if (at == known_.end() || !at->second.valid) return Duration::zero();
    return std::max(at->second.until - MonoClock::now(), Duration::zero());
}

const Handle* Hold::handle_at(std::string_view path) const {
    const Directory* parent = find_directory(parent_path(path));
    if (!parent) return nullptr;
    auto at = parent->names.find(last_component(path));
    if (at == parent->names.end() || MonoClock::now() >= at->second.until) return nullptr;
    return &at->second.handle;
}

const Attributes* Hold::attributes_at(std::string_view path, AttrMask mask) const {
    const Handle* handle = handle_at(path);
    return handle ? attributes(*handle, mask) : nullptr;
}

bool Hold::changed_since(std::string_view path, Tick asked) const {
    const Directory* directory = find_directory(path);
    return asked < floor_ || (directory && asked < directory->changed);
}

const std::string* Hold::link_at(std::string_view path) const {
    const Directory* parent = find_directory(parent_path(path));
    if (!parent) return nullptr;
    auto at = parent->links.find(last_component(path));
    if (at == parent->links.end() || MonoClock::now() >= at->second.until) return nullptr;
    return &at->second.target;
}

const Attributes* Hold::last_known(const Handle& handle) const {
    auto at = known_.find(handle);
    return at == known_.end() || !at->second.valid ? nullptr : &at->second.attributes;
}

const Handle* Hold::last_handle_at(std::string_view path) const {
    const Directory* parent = find_directory(parent_path(path));
    if (!parent) return nullptr;
    auto at = parent->names.find(last_component(path));
    return at == parent->names.end() ? nullptr : &at->second.handle;
}

}  // namespace strait::vfs
