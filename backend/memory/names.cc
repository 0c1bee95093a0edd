// SPDX-License-Identifier: LGPL-2.1-or-later
// The steps on names. All but lookup, parent and readdir hold the tree lock alone.
#include "backend/memory/entries.h"
#include "backend/memory/store.h"

namespace strait::backend {

using namespace vfs;

Task<NodeRef> MemoryStore::lookup(Node& directory, std::string_view name) {
    co_return do_lookup(directory, name);
}
Task<NodeRef> MemoryStore::parent(Node& directory) { co_return do_parent(directory); }
Task<Made> MemoryStore::create(Node& directory, std::string_view name, const NewNode& what) {
    co_return do_create(directory, name, what);
}
Task<ChangeInfo> MemoryStore::remove(Node& directory, std::string_view name, RemoveKind kind) {
    co_return do_remove(directory, name, kind);
}
Task<ChangeInfo> MemoryStore::link(Node& node, Node& directory, std::string_view name) {
    co_return do_link(node, directory, name);
}
Task<ReadDir::Result> MemoryStore::readdir(Node& directory, const ReadDir& args) {
    co_return do_readdir(directory, args);
}

Task<Buffer> MemoryStore::readlink(Node& node) {
    if (node.type() != FileType::symlink) co_return Errc::inval;
    co_return static_cast<SymlinkNode&>(node).target;
}

Result<NodeRef> MemoryStore::do_lookup(Node& node, std::string_view name) {
    auto directory = as_directory(node);
    if (!directory) return fail(directory.error());
    std::shared_lock hold(tree_);
    DirectoryNode::Entry* entry = (*directory)->find(name);
    if (!entry) return fail(Errc::noent);
    return NodeRef(entry->node);
}

Result<NodeRef> MemoryStore::do_parent(Node& node) {
    auto directory = as_directory(node);
    if (!directory) return fail(directory.error());
    std::shared_lock hold(tree_);
    if (!(*directory)->parent) return fail(Errc::noent);
    return NodeRef((*directory)->parent);
}

Result<Ref<MemoryNode>> MemoryStore::make_node(const NewNode& what) {
    if (table_.usage.files.fetch_add(1) >= options_.files) {
        table_.usage.files--;
        return fail(Errc::nospc);
    }
    uint64_t fileid = next_fileid_++;
    Ref<MemoryNode> made;
    if (what.type == FileType::directory) {
        made = make_ref<DirectoryNode>(table_, fileid, what);
        made->nlink = 2;
    } else if (what.type == FileType::regular) {
        auto file = make_ref<FileNode>(table_, fileid, what);
        file->usage = &table_.usage;
        made = std::move(file);
    } else if (what.type == FileType::symlink) {
        made = make_ref<SymlinkNode>(table_, fileid, what);
    } else {
        made = make_ref<MemoryNode>(table_, fileid, what);
    }
    table_.insert(*made);
    return made;
}

Result<Made> MemoryStore::do_create(Node& node, std::string_view name, const NewNode& what) {
    auto parent = as_directory(node);
    if (!parent) return fail(parent.error());
    DirectoryNode& directory = **parent;
    std::unique_lock hold(tree_);
    if (!directory.parent) return fail(Errc::noent);
    if (DirectoryNode::Entry* entry = directory.find(name)) {
        MemoryNode& found = *entry->node;
        std::lock_guard node_hold(found.mutex);
        if (!what.exclusive || !found.exclusive || found.verifier != what.verifier)
            return fail(Errc::exist);
        return Made{entry->node, false, unchanged(directory)};
    }
    auto made = make_node(what);
    if (!made) return fail(made.error());
    directory.add(name, *made);
    if (what.type == FileType::directory) static_cast<DirectoryNode&>(**made).parent = &directory;
    return Made{std::move(*made), true,
                entries_changed(directory, what.type == FileType::directory ? 1 : 0)};
}

Result<ChangeInfo> MemoryStore::do_remove(Node& node, std::string_view name, RemoveKind kind) {
    auto parent = as_directory(node);
    if (!parent) return fail(parent.error());
    DirectoryNode& directory = **parent;
    Ref<MemoryNode> gone;  // dropped after the lock: freeing a large file takes its time
    std::unique_lock hold(tree_);
    DirectoryNode::Entry* entry = directory.find(name);
    if (!entry) return fail(Errc::noent);
    gone = entry->node;
    if (gone->is_directory()) {
        if (kind == RemoveKind::file) return fail(Errc::isdir);
        if (!static_cast<DirectoryNode&>(*gone).empty()) return fail(Errc::notempty);
    } else if (kind == RemoveKind::directory) {
        return fail(Errc::notdir);
    }
    directory.erase(name);
    lost_name(*gone);
    ChangeInfo change = entries_changed(directory, gone->is_directory() ? -1 : 0);
    hold.unlock();
    return change;
}

Result<ChangeInfo> MemoryStore::do_link(Node& node, Node& target, std::string_view name) {
    auto parent = as_directory(target);
    if (!parent) return fail(parent.error());
    if (node.is_directory()) return fail(Errc::isdir);
    MemoryNode& linked = as_memory(node);
    std::unique_lock hold(tree_);
    if (!(*parent)->parent) return fail(Errc::noent);
    if ((*parent)->find(name)) return fail(Errc::exist);
    {
        std::lock_guard node_hold(linked.mutex);
        if (linked.nlink == 0) return fail(Errc::noent);  // its last name is gone: it stays gone
        if (linked.nlink >= max_link) return fail(Errc::mlink);
        linked.nlink++;
        linked.changed();
    }
    (*parent)->add(name, Ref<MemoryNode>(&linked));
    return entries_changed(**parent, 0);
}

Result<ReadDir::Result> MemoryStore::do_readdir(Node& node, const ReadDir& args) {
    auto found = as_directory(node);
    if (!found) return fail(found.error());
    DirectoryNode& directory = **found;
    EntryCollector collector(args);
    std::shared_lock hold(tree_);
    if (!directory.was_given(args.cookie)) return fail(Errc::badcookie);
    auto at = directory.after(args.cookie);
    for (; at != directory.end() && collector.has_room(at->second.name); ++at) {
        Attributes attributes;
        if (!args.mask.empty()) attributes = attributes_of(*at->second.node, args.mask);
        collector.add(at->second.name, at->first, std::move(attributes));
    }
    bool eof = at == directory.end();
    hold.unlock();
    return collector.finish(eof);
}

}  // namespace strait::backend
