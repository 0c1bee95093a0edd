// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/node.h"

#include "backend/memory/node_table.h"

namespace strait::backend {

MemoryNode::MemoryNode(NodeTable& table, uint64_t fileid, const vfs::NewNode& what)
    : Node(fileid, what.type),
      mode(what.mode & 07777),
      uid(what.uid),
      gid(what.gid),
      rdev(what.device),
      exclusive(what.exclusive),
      verifier(what.verifier),
      table_(table) {
    atime = mtime = ctime = btime = wall_now();
}

void MemoryNode::changed() noexcept {
    change++;
    ctime = wall_now();
}

void MemoryNode::modified() noexcept {
    changed();
    mtime = ctime;
}

void MemoryNode::last_ref_gone() noexcept {
    table_.erase(fileid());
    delete this;
}

FileNode::~FileNode() {
    if (usage) usage->bytes.fetch_sub(data.allocated(), std::memory_order_relaxed);
}

SymlinkNode::SymlinkNode(NodeTable& table, uint64_t fileid, const vfs::NewNode& what)
    : MemoryNode(table, fileid, what), target(Buffer::copy_of(what.target)) {
    size = target.size();
}

DirectoryNode::Entry* DirectoryNode::find(std::string_view name) {
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &entries_.find(found->second)->second;
}

void DirectoryNode::add(std::string_view name, Ref<MemoryNode> node) {
    uint64_t cookie = next_cookie_++;
    auto at =
        entries_.emplace_hint(entries_.end(), cookie, Entry{std::string(name), std::move(node)});
    by_name_.emplace(at->second.name, cookie);
}

void DirectoryNode::erase(std::string_view name) {
    auto found = by_name_.find(name);
    auto entry = entries_.extract(found->second);  // the key views its name: alive until the end
    by_name_.erase(found);
}

DirectoryNode::Entries DirectoryNode::take_entries() {
    by_name_.clear();
    return std::exchange(entries_, {});
}

}  // namespace strait::backend
