// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/node_table.h"
#include "vfs/file_mode.h"

namespace strait::local {

Result<LocalNodeRef> SharedNodeTable::intern(Pin pin, uint64_t root_device,
                                             const struct statx* known) {
    auto st = known ? Result<struct statx>(*known) : stat_fd(pin.fd.get());
    if (!st) return fail(st.error());
    FileKey key{device_of(*st), st->stx_ino};
    std::lock_guard lock(mutex_);
    if (auto found = nodes_.find(key); found != nodes_.end()) {
        // Only this table still kept it: its handle found it, nobody else does.
        if (found->second.node->unlinked && st->stx_nlink == 0 &&
            found->second.node->ref_count() == 1) {
            drop(found);
            return fail(Errc::stale);
        }
        touch(found->second);
        return found->second.node;
    }
    trim();
    auto node = make_ref<LocalNode>(key, fileid_of(key, root_device), vfs::type_of(st->stx_mode),
                                    std::move(pin));
    ages_.push_front(key);
    nodes_.emplace(key, Entry{node, ages_.begin()});
    return node;
}

LocalNodeRef SharedNodeTable::find(const vfs::Handle& handle) {
    LocalNodeRef node;
    {
        std::lock_guard lock(mutex_);
        auto found = by_handle_.find(handle);
        if (found == by_handle_.end()) return {};
        auto& entry = nodes_.find(found->second->key())->second;
        touch(entry);
        node = entry.node;
    }
    // Removed here: whether anybody still uses it is for intern() to say.
    if (node->unlinked) return {};
    auto st = stat_fd(node->path_fd());
    if (st && st->stx_nlink > 0) return node;
    // Removed on the host.
    const FileKey key = node->key();
    node = {};
    name_removed(key);
    return {};
}

void SharedNodeTable::keep_handle(LocalNode& node, const vfs::Handle& handle) {
    std::lock_guard lock(mutex_);
    if (!node.keep_handle(handle)) return;
    auto found = nodes_.find(node.key());
    if (found != nodes_.end() && found->second.node.get() == &node)
        by_handle_.emplace(handle, &node);
}

void SharedNodeTable::name_removed(const FileKey& key) {
    std::lock_guard lock(mutex_);
    auto found = nodes_.find(key);
    if (found == nodes_.end()) return;
    auto st = stat_fd(found->second.node->path_fd());
    bool gone = st && (st->stx_nlink == 0 || S_ISDIR(st->stx_mode));
    if (!gone) return;
    if (found->second.node->ref_count() == 1) return drop(found);
    if (!found->second.node->unlinked.exchange(true)) unlinked_.push_back(key);
}

void SharedNodeTable::release(LocalNode& node) {
    if (!node.unlinked) return;
    std::lock_guard lock(mutex_);
    trim();
}

size_t SharedNodeTable::size() const {
    std::lock_guard lock(mutex_);
    return nodes_.size();
}

void SharedNodeTable::touch(Entry& entry) { ages_.splice(ages_.begin(), ages_, entry.age); }

void SharedNodeTable::drop(Map::iterator at) {
    ages_.erase(at->second.age);
    if (auto handle = at->second.node->handle(); !handle.empty()) by_handle_.erase(handle);
    nodes_.erase(at);
}

void SharedNodeTable::trim() {
    for (auto key = unlinked_.begin(); key != unlinked_.end();) {
        auto found = nodes_.find(*key);
        bool forget = found == nodes_.end() || found->second.node->ref_count() == 1;
        if (found != nodes_.end() && forget) drop(found);
        key = forget ? unlinked_.erase(key) : std::next(key);
    }
    // Nodes in use do not count as candidates; look at a bounded number so that one call stays
    // short.
    auto oldest = ages_.end();
    for (int looked = 0; nodes_.size() >= capacity_ && looked < 16 && oldest != ages_.begin();
         looked++) {
        auto candidate = nodes_.find(*--oldest);
        if (candidate->second.node->ref_count() > 1) continue;
        auto after = std::next(oldest);
        drop(candidate);
        oldest = after;
    }
}

}  // namespace strait::local
