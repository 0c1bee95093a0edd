// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/entries.h"

#include <cstring>

#include "vfs/entry_bytes.h"

namespace strait::backend {

using namespace vfs;

namespace {
constexpr size_t names_block = 16u << 10;
constexpr size_t most_entries = 16384;  // of one step, so that the tree lock is held shortly
}  // namespace

ChangeInfo entries_changed(DirectoryNode& directory, int subdirectories) {
    std::lock_guard hold(directory.mutex);
    uint64_t before = directory.change;
    directory.nlink += static_cast<uint32_t>(subdirectories);
    directory.modified();
    return {true, before, directory.change};
}

ChangeInfo unchanged(DirectoryNode& directory) {
    std::lock_guard hold(directory.mutex);
    return {true, directory.change, directory.change};
}

void lost_name(MemoryNode& node) {
    std::lock_guard hold(node.mutex);
    if (node.is_directory()) {
        node.nlink = 0;
        static_cast<DirectoryNode&>(node).parent = nullptr;
    } else {
        node.nlink--;
    }
    node.changed();
}

bool EntryCollector::has_room(std::string_view name) const noexcept {
    size_t count = result_.entries.size();
    return count < args_.max_entries && count < most_entries &&
           bytes_ + vfs::least_entry_bytes(name.size(), args_.mask) <= args_.max_bytes;
}

void EntryCollector::add(std::string_view name, uint64_t cookie, Attributes attributes) {
    bytes_ += vfs::least_entry_bytes(name.size(), args_.mask);
    if (used_ + name.size() > names_.size()) {
        names_ = Buffer::allocate(names_block);
        used_ = 0;
        result_.storage.push_back(names_);
    }
    std::byte* room = names_.data() + used_;
    std::memcpy(room, name.data(), name.size());
    used_ += name.size();
    result_.entries.push_back(
        DirEntry{as_text({room, name.size()}), cookie, std::move(attributes)});
}

Result<ReadDir::Result> EntryCollector::finish(bool eof) {
    if (result_.entries.empty() && !eof) return fail(Errc::toosmall);
    result_.eof = eof;
    return std::move(result_);
}

}  // namespace strait::backend
