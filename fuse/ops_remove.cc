// SPDX-License-Identifier: LGPL-2.1-or-later
// What takes names away. A file that is open here and about to lose its name must be open at the
// server: there only an open keeps it.
#include "fuse/operations.h"

namespace strait::fuse {

namespace {

Task<> pin_opens(vfs::Mount& mount, InodeRef inode) {
    vfs::FileState* state = inode ? mount.find_state(inode->handle()) : nullptr;
    if (!state) co_return;
    std::vector<Ref<vfs::OpenRegular>> unpinned;
    for (auto* open : state->opens())
        if (!open->pinned()) unpinned.emplace_back(open);
    for (auto& open : unpinned) {
        auto pinned = co_await open->pin().result();
        (void)pinned;  // without rights to open it again there is nothing to keep
    }
}

// After its name is gone: link count and change time. `after`: what the server says of it.
void node_changed(vfs::Mount& mount, const InodeRef& inode, vfs::GetAttr::Result* after) {
    if (!inode) return;
    const bool ours = inode->pages_of != 0;
    if (!after) return mount.hold().changed(inode->handle());
    if (vfs::FileState* state = mount.find_state(inode->handle())) {
        state->changed_to(after->attributes);
    } else {
        mount.hold().changed_to(inode->handle(), after->attributes);
    }
    if (ours) inode->pages_of = after->attributes.change;
}

// Whether anything of a file is left when one name of it goes.
bool outlives_name(vfs::Mount& mount, const InodeRef& inode) {
    if (!inode || inode->type() == vfs::FileType::directory) return false;
    const vfs::Attributes* known = mount.hold().last_known(inode->handle());
    return !known || known->nlink > 1 || mount.find_state(inode->handle());
}

void directory_changed(vfs::Mount& mount, const Inode& directory, vfs::GetAttr::Result* after) {
    if (!after) return mount.hold().changed(directory.handle());
    mount.hold().changed_to(directory.handle(), after->attributes);
}

Task<> remove(Request& request, InodeRef parent, std::string name, vfs::RemoveKind kind) {
    Bridge& bridge = request.bridge();
    vfs::Mount& mount = bridge.mount();
    co_await mount.writable();
    InodeRef inode = bridge.inodes().at(*parent, name);
    if (kind == vfs::RemoveKind::file) co_await pin_opens(mount, inode);
    vfs::Compound program = mount.program(request.as());
    program.put(parent->handle()).remove(name, kind).getattr(vfs::stat_mask);
    constexpr size_t at_directory = 2, at_node = 4;
    if (outlives_name(mount, inode)) program.put(inode->handle()).getattr(vfs::stat_mask);
    vfs::Reply reply = co_await mount.run(program);
    if (!reply.find<vfs::Remove>()) co_await reply.error;
    directory_changed(mount, *parent, reply.at<vfs::GetAttr>(at_directory));
    node_changed(mount, inode, reply.at<vfs::GetAttr>(at_node));
    bridge.inodes().unnamed(*parent, name);
    request.ok();
}

Task<> rename(Request& request, InodeRef parent, std::string name, InodeRef new_parent,
              std::string new_name, uint32_t flags) {
    Bridge& bridge = request.bridge();
    vfs::Mount& mount = bridge.mount();
    co_await mount.writable();
    if (flags != 0 && !mount.capabilities().rename_flags) co_await Errc::inval;
    InodeRef moved = bridge.inodes().at(*parent, name);
    InodeRef replaced = bridge.inodes().at(*new_parent, new_name);
    if (flags == 0 && replaced != moved) co_await pin_opens(mount, replaced);
    vfs::Compound program = mount.program(request.as());
    program.put(parent->handle()).save().put(new_parent->handle());
    program.add(vfs::Rename{name, new_name, flags}).getattr(vfs::stat_mask);
    program.restore().getattr(vfs::stat_mask);
    constexpr size_t at_target = 4, at_source = 6, at_moved = 8;
    if (moved) program.put(moved->handle()).getattr(vfs::stat_mask);
    vfs::Reply reply = co_await mount.run(program);
    if (!reply.find<vfs::Rename>()) co_await reply.error;
    directory_changed(mount, *new_parent, reply.at<vfs::GetAttr>(at_target));
    directory_changed(mount, *parent, reply.at<vfs::GetAttr>(at_source));
    node_changed(mount, moved, moved ? reply.at<vfs::GetAttr>(at_moved) : nullptr);
    if (replaced != moved) node_changed(mount, replaced, nullptr);
    bridge.inodes().unnamed(*parent, name);
    bridge.inodes().unnamed(*new_parent, new_name);
    if (moved) bridge.inodes().named(*new_parent, new_name, *moved);
    if (replaced && flags == vfs::rename_exchange) bridge.inodes().named(*parent, name, *replaced);
    request.ok();
}

}  // namespace

void do_unlink(fuse_req_t raw, fuse_ino_t parent, const char* name) {
    start(raw, remove, bridge_of(raw).inodes().get(parent), std::string(name),
          vfs::RemoveKind(vfs::RemoveKind::file));
}

void do_rmdir(fuse_req_t raw, fuse_ino_t parent, const char* name) {
    start(raw, remove, bridge_of(raw).inodes().get(parent), std::string(name),
          vfs::RemoveKind(vfs::RemoveKind::directory));
}

void do_rename(fuse_req_t raw, fuse_ino_t parent, const char* name, fuse_ino_t new_parent,
               const char* new_name, unsigned int flags) {
    // rename(2)'s numbers are those of vfs; what else there is no server can do.
    if (flags != 0 && flags != vfs::rename_noreplace && flags != vfs::rename_exchange) {
        fuse_reply_err(raw, EINVAL);
        return;
    }
    InodeTable& inodes = bridge_of(raw).inodes();
    start(raw, rename, inodes.get(parent), std::string(name), inodes.get(new_parent),
          std::string(new_name), uint32_t{flags});
}

}  // namespace strait::fuse
