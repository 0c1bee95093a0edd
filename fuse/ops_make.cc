// SPDX-License-Identifier: LGPL-2.1-or-later
// What makes names other than open: the new node's attributes and the directory's come back in the
// same compound.
#include <sys/sysmacros.h>

#include "fuse/operations.h"
#include "fuse/stat.h"
#include "vfs/file_mode.h"

namespace strait::fuse {

namespace {

// What was learned of the directory that an operation has changed; null: only that it has.
void directory_changed(vfs::Mount& mount, const Inode& directory, vfs::GetAttr::Result* after) {
    if (after) {
        mount.hold().changed_to(directory.handle(), after->attributes);
    } else {
        mount.hold().changed(directory.handle());
    }
}

void answer_entry(Request& request, const Inode& parent, std::string_view name,
                  const vfs::Handle& handle, const vfs::Attributes& attributes) {
    Bridge& bridge = request.bridge();
    fuse_entry_param entry = bridge.entry(parent, name, handle, attributes);
    if (fuse_reply_entry(request.answer(), &entry) != 0) bridge.inodes().forget(entry.ino, 1);
}

Task<> make(Request& request, InodeRef parent, vfs::Create what, std::string name,
            std::string target) {
    vfs::Mount& mount = request.bridge().mount();
    co_await mount.writable();
    what.name = name;
    what.target = target;
    vfs::Compound program = mount.program(request.as());
    program.put(parent->handle()).save().add(what).get_handle().getattr(vfs::stat_mask);
    program.restore().getattr(vfs::stat_mask);
    constexpr size_t at_handle = 3, at_node = 4, at_directory = 6;
    vfs::Reply reply = co_await mount.run(program);
    if (!reply.find<vfs::Create>()) co_await reply.error;
    directory_changed(mount, *parent, reply.at<vfs::GetAttr>(at_directory));
    auto* handle = reply.at<vfs::GetHandle>(at_handle);
    auto* made = reply.at<vfs::GetAttr>(at_node);
    if (!made) co_await reply.error;
    mount.hold().changed_to(handle->handle, made->attributes);
    answer_entry(request, *parent, name, handle->handle, made->attributes);
}

Task<> make_file(Request& request, InodeRef parent, std::string name, uint32_t mode) {
    vfs::OpenFlags flags{.access = vfs::OpenAccess::write, .exclusive = true, .mode = mode};
    vfs::OpenedFile made = co_await vfs::create_in(request.bridge().mount(), parent->handle(), name,
                                                   flags, request.as());
    answer_entry(request, *parent, name, made.file->handle(), made.attributes);
    co_await made.file->close();
}

Task<> link(Request& request, InodeRef inode, InodeRef parent, std::string name) {
    vfs::Mount& mount = request.bridge().mount();
    co_await mount.writable();
    vfs::Compound program = mount.program(request.as());
    program.put(inode->handle()).save().put(parent->handle()).add(vfs::Link{name});
    program.getattr(vfs::stat_mask).restore().getattr(vfs::stat_mask);
    constexpr size_t at_directory = 4, at_node = 6;
    vfs::Reply reply = co_await mount.run(program);
    // A directory gets no second name.
    if (reply.error == Errc::isdir) co_await Errc::perm;
    if (!reply.find<vfs::Link>()) co_await reply.error;
    directory_changed(mount, *parent, reply.at<vfs::GetAttr>(at_directory));
    auto* after = reply.at<vfs::GetAttr>(at_node);
    if (!after) mount.hold().changed(inode->handle());
    if (!after) co_await reply.error;
    const bool ours = inode->pages_of != 0;
    if (vfs::FileState* state = mount.find_state(inode->handle())) {
        state->changed_to(after->attributes);
    } else {
        mount.hold().changed_to(inode->handle(), after->attributes);
    }
    if (ours) inode->pages_of = after->attributes.change;
    answer_entry(request, *parent, name, inode->handle(), after->attributes);
}

vfs::Create node_of(mode_t mode, dev_t device) {
    vfs::Create what{.type = vfs::type_of(mode), .device = {major(device), minor(device)}};
    what.attributes.mode = mode & 07777;
    return what;
}

}  // namespace

void do_mknod(fuse_req_t raw, fuse_ino_t parent, const char* name, mode_t mode, dev_t device) {
    InodeRef directory = bridge_of(raw).inodes().get(parent);
    const bool no_type = (mode & S_IFMT) == 0;  // means a regular file, too
    if (no_type || vfs::type_of(mode) == vfs::FileType::regular)
        return start(raw, make_file, directory, std::string(name), uint32_t{mode & 07777});
    start(raw, make, directory, node_of(mode, device), std::string(name), std::string());
}

void do_mkdir(fuse_req_t raw, fuse_ino_t parent, const char* name, mode_t mode) {
    start(raw, make, bridge_of(raw).inodes().get(parent), node_of(S_IFDIR | mode, 0),
          std::string(name), std::string());
}

void do_symlink(fuse_req_t raw, const char* target, fuse_ino_t parent, const char* name) {
    start(raw, make, bridge_of(raw).inodes().get(parent), node_of(S_IFLNK | 0777, 0),
          std::string(name), std::string(target));
}

void do_link(fuse_req_t raw, fuse_ino_t number, fuse_ino_t parent, const char* name) {
    InodeTable& inodes = bridge_of(raw).inodes();
    start(raw, link, inodes.get(number), inodes.get(parent), std::string(name));
}

}  // namespace strait::fuse
