// SPDX-License-Identifier: LGPL-2.1-or-later
// rename(2) with its flags. Everything is decided before anything is changed, under the tree lock.
#include "backend/memory/entries.h"
#include "backend/memory/store.h"

namespace strait::backend {

using namespace vfs;

namespace {

// Is `inner` `outer` or below it?
bool is_within(const DirectoryNode* inner, const Node* outer) {
    while (inner && inner != outer && inner->parent != inner) inner = inner->parent;
    return inner == outer;
}

Result<void> may_replace(const MemoryNode& moved, const MemoryNode& victim) {
    if (victim.is_directory() && !moved.is_directory()) return fail(Errc::isdir);
    if (!victim.is_directory() && moved.is_directory()) return fail(Errc::notdir);
    if (victim.is_directory() && !static_cast<const DirectoryNode&>(victim).empty())
        return fail(Errc::notempty);
    return {};
}

void moved_to(MemoryNode& node, DirectoryNode& directory) {
    if (node.is_directory()) static_cast<DirectoryNode&>(node).parent = &directory;
    std::lock_guard hold(node.mutex);
    node.changed();
}

Rename::Result both_changed(DirectoryNode& from, int from_subdirectories, DirectoryNode& to,
                            int to_subdirectories) {
    if (&from == &to) {
        ChangeInfo change = entries_changed(from, from_subdirectories + to_subdirectories);
        return {change, change};
    }
    return {entries_changed(from, from_subdirectories), entries_changed(to, to_subdirectories)};
}

Result<Rename::Result> exchange(DirectoryNode& from, DirectoryNode::Entry& source,
                                DirectoryNode& to, DirectoryNode::Entry& target) {
    if (is_within(&from, target.node.get())) return fail(Errc::inval);
    std::swap(source.node, target.node);
    moved_to(*source.node, from);
    moved_to(*target.node, to);
    int gain = int(source.node->is_directory()) - int(target.node->is_directory());
    return both_changed(from, gain, to, -gain);
}

}  // namespace

Task<Rename::Result> MemoryStore::rename(Node& from, std::string_view old_name, Node& to,
                                         std::string_view new_name, uint32_t flags) {
    co_return do_rename(from, old_name, to, new_name, flags);
}

Result<Rename::Result> MemoryStore::do_rename(Node& from_node, std::string_view old_name,
                                              Node& to_node, std::string_view new_name,
                                              uint32_t flags) {
    auto from_found = as_directory(from_node), to_found = as_directory(to_node);
    if (!from_found) return fail(from_found.error());
    if (!to_found) return fail(to_found.error());
    DirectoryNode &from = **from_found, &to = **to_found;
    Ref<MemoryNode> moved, victim;  // outlive the lock: freeing a large file takes its time
    std::unique_lock hold(tree_);
    DirectoryNode::Entry* source = from.find(old_name);
    if (!source || !to.parent) return fail(Errc::noent);
    DirectoryNode::Entry* target = to.find(new_name);
    moved = source->node;
    if (target && (flags & rename_noreplace)) return fail(Errc::exist);
    if (!target && (flags & rename_exchange)) return fail(Errc::noent);
    if (target && target->node == moved) return Rename::Result{unchanged(from), unchanged(to)};
    if (is_within(&to, moved.get())) return fail(Errc::inval);
    if (flags & rename_exchange) return exchange(from, *source, to, *target);

    int subdirectory = moved->is_directory() ? 1 : 0;
    if (target) {
        victim = target->node;
        if (auto allowed = may_replace(*moved, *victim); !allowed) return fail(allowed.error());
        target->node = moved;  // keeps its cookie: a listing under way sees the name once
        lost_name(*victim);
    } else {
        to.add(new_name, moved);
    }
    from.erase(old_name);
    moved_to(*moved, to);
    auto result = both_changed(from, -subdirectory, to, victim ? 0 : subdirectory);
    hold.unlock();
    return result;
}

}  // namespace strait::backend
