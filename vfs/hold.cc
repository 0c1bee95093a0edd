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

// Two changes within one tick of the server's clock may have one change number.
bool same_stat(const Attributes& a, const Attributes& b) {
    return a.change == b.change && a.size == b.size && a.mtime == b.mtime && a.ctime == b.ctime &&
           a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.nlink == b.nlink;
}
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
            evictions_++;
            forget_rows(oldest->second);
            directories_.erase(oldest);
        }
        directory_order_.pop_front();
    }
    // One directory with more names than we keep: begin again with those that come.
    if (names_ > most_names) {
        evictions_++;
        forget_rows(directories_.begin()->second);
    }
}

void Hold::forget_rows(Directory& directory) {
    names_ -= directory.names.size() + directory.links.size() + directory.missing.size();
    directory.names.clear();
    directory.links.clear();
    directory.missing.clear();
    directory.whole_until = {};
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
    if (row.valid && !same_stat(row.attributes, attributes)) found_++;
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
    std::string name(last_component(path));
    erase_missing(parent, name);
    auto [at, made] = parent.names.try_emplace(std::move(name));
    at->second = Name{handle, MonoClock::now() + times_.names};
    if (made && ++names_ > most_names) make_room();
}

void Hold::erase_missing(Directory& directory, const std::string& name) {
    if (!directory.missing.empty()) names_ -= directory.missing.erase(name);
}

void Hold::learn_missing(std::string_view path, Tick asked) {
    if (path.empty() || asked < floor_ || times_.missing == Duration::zero()) return;
    Directory& parent = directory(parent_path(path));
    if (asked < parent.changed) return;
    std::string name(last_component(path));
    names_ -= parent.names.erase(name) + parent.links.erase(name);
    auto [at, made] = parent.missing.try_emplace(std::move(name));
    at->second = MonoClock::now() + times_.missing;
    if (made && ++names_ > most_names) make_room();
}

void Hold::learn_there(std::string_view path) {
    Directory& parent = directory(parent_path(path));
    erase_missing(parent, std::string(last_component(path)));
    parent.whole_until = {};
}

void Hold::learn_whole(std::string_view path, uint64_t change, Tick asked, MonoTime since) {
    if (asked < floor_) return;
    Directory& whole = directory(path);
    if (asked < whole.changed) return;
    whole.whole_until = since + times_.missing;
    whole.change = change;
}

bool Hold::learn_entries(std::string_view path, std::span<const DirEntry> entries, Tick asked) {
    if (asked < floor_) return false;
    const MonoTime now = MonoClock::now();
    Directory* parent = &directory(path);
    bool all = true;
    for (const DirEntry& entry : entries) {
        const Attributes& found = entry.attributes;
        const bool told =
            found.valid.has_all({Attr::handle, Attr::type, Attr::size, Attr::change}) &&
            !found.handle.empty();
        all = all && told;
        if (!told) continue;
        if (Known& row = known(found.handle); asked >= row.changed) take(row, found, now);
        all = all && asked >= parent->changed;
        if (asked < parent->changed) continue;
        std::string name(entry.name);
        erase_missing(*parent, name);
        auto [at, made] = parent->names.try_emplace(std::move(name));
        at->second = Name{found.handle, now + times_.names};
        if (!made || ++names_ <= most_names) continue;
        make_room();  // takes the oldest directory, and that may be this one
        parent = &directory(path);
        all = false;
    }
    return all;
}

void Hold::learn_link(std::string_view path, std::string_view target, Tick asked) {
    if (path.empty() || asked < floor_) return;
    Directory& parent = directory(parent_path(path));
    if (asked < parent.changed) return;
    had_links_ = true;
    auto [at, made] = parent.links.try_emplace(std::string(last_component(path)));
    at->second = Link{std::string(target), MonoClock::now() + times_.names};
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

void Hold::entry_made(std::string_view path, const Handle& handle, const ChangeInfo& of) {
    tick_++;
    Directory& parent = directory(parent_path(path));
    parent.changed = tick_;
    std::string name(last_component(path));
    names_ -= parent.names.erase(name) + parent.links.erase(name);
    erase_missing(parent, name);
    const bool ours_alone = of.atomic && of.before != 0 && of.before == parent.change;
    if (handle.empty()) {
        parent.whole_until = {};
    } else if (parent.whole_until != MonoTime{} && ours_alone) {
        parent.whole_until = MonoClock::now() + times_.missing;
        parent.change = of.after;
    }
    learn_name(path, handle, tick_);
    directory_changed(parent_path(path));
}

void Hold::directory_made(std::string_view path, uint64_t change) {
    Directory& made = directory(path);
    forget_rows(made);
    made.changed = tick_;
    learn_whole(path, change, tick_, MonoClock::now());
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
    learn_missing(path, tick_);
    directory_changed(parent_path(path));
    if (with_children) forget_below(path);
}

void Hold::forget_below(std::string_view path) {
    tick_++;
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
    if (times_.names == Duration::zero()) return nullptr;
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

bool Hold::changed_since(const Handle& handle, Tick asked) const {
    auto row = known_.find(handle);
    return asked < floor_ || (row != known_.end() && asked < row->second.changed);
}

const std::string* Hold::link_at(std::string_view path) const {
    if (!had_links_) return nullptr;
    const Directory* parent = find_directory(parent_path(path));
    if (!parent) return nullptr;
    auto at = parent->links.find(last_component(path));
    if (at == parent->links.end() || MonoClock::now() >= at->second.until) return nullptr;
    return &at->second.target;
}

bool Hold::missing_at(std::string_view path) const {
    if (times_.missing == Duration::zero()) return false;
    const Directory* parent = path.empty() ? nullptr : find_directory(parent_path(path));
    if (!parent) return false;
    std::string_view name = last_component(path);
    const MonoTime now = MonoClock::now();
    if (auto at = parent->missing.find(name); at != parent->missing.end() && now < at->second)
        return true;
    return now < parent->whole_until && !parent->names.contains(name) &&
           !parent->links.contains(name);
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
