// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening and closing of regular files: close-to-open. An open asks the server, and tells the
// kernel whether the pages that it has are still the file's.
#include <fcntl.h>

#include "base/log.h"
#include "fuse/lock_table.h"
#include "fuse/operations.h"

namespace strait::fuse {

namespace {

vfs::OpenFlags flags_of(int flags) {
    vfs::OpenFlags out;
    switch (flags & O_ACCMODE) {
        case O_WRONLY:
            out.access = vfs::OpenAccess::write;
            break;
        case O_RDWR:
            out.access = vfs::OpenAccess::both;
            break;
        default:
            out.access = vfs::OpenAccess::read;
    }
    out.truncate = (flags & O_TRUNC) != 0;
    out.exclusive = (flags & O_EXCL) != 0;
    out.append = (flags & O_APPEND) != 0;
    out.sync = (flags & (O_SYNC | O_DSYNC)) != 0;
    return out;
}

// The head of a file is worth asking for when the kernel has to read it.
vfs::Head head_of(const Inode& inode, const vfs::Attributes* known) {
    const bool kernel_has_it = inode.pages_of != 0 && known && known->change == inode.pages_of;
    return kernel_has_it ? vfs::Head::unwanted : vfs::Head::wanted;
}

Task<> open(Request& request, InodeRef inode, fuse_file_info info) {
    Bridge& bridge = request.bridge();
    vfs::Mount& mount = bridge.mount();
    const vfs::Handle& handle = inode->handle();
    const bool was_open = mount.find_state(handle) != nullptr;
    vfs::Head head = head_of(*inode, mount.hold().last_known(handle));
    vfs::OpenedFile opened =
        co_await vfs::open_handle(mount, handle, flags_of(info.flags), request.as(), head);
    // Another file has the name by now: the kernel looks again.
    if (opened.attributes.nlink == 0 && !was_open) co_await Errc::stale;
    if (was_open) co_await bridge.drop_outdated_pages(*inode);
    if (!was_open) co_await bridge.drop_outdated_attributes(*inode, opened.attributes.change);
    auto file = make_ref<OpenFile>();
    file->inode = inode;
    file->file = std::move(opened.file);
    uint64_t number = bridge.opened(std::move(file), info, was_open);
    if (fuse_reply_open(request.answer(), &info) != 0) bridge.released(number);
}

Task<> create(Request& request, InodeRef parent, std::string name, uint32_t mode,
              fuse_file_info info) {
    Bridge& bridge = request.bridge();
    vfs::Mount& mount = bridge.mount();
    vfs::OpenFlags flags = flags_of(info.flags);
    flags.mode = mode;
    auto opened =
        co_await vfs::create_in(mount, parent->handle(), name, flags, request.as()).result();
    // Something else has the name by now, and the kernel has to look at it.
    if (!opened && opened.error() == Errc::symlink) co_await Errc::stale;
    if (!opened) co_await opened.error();
    fuse_entry_param entry =
        bridge.entry(*parent, name, opened->file->handle(), opened->attributes);
    auto file = make_ref<OpenFile>();
    file->inode = bridge.inodes().get(entry.ino);
    file->file = std::move(opened->file);
    uint64_t number = bridge.opened(std::move(file), info, false);
    if (fuse_reply_create(request.answer(), &entry, &info) == 0) co_return;
    bridge.released(number);
    bridge.inodes().forget(entry.ino, 1);
}

// close(2) of one descriptor.
Task<> flush(Request& request, OpenFileRef file, uint64_t owner) {
    request.look_after();
    Error unheard = std::exchange(file->unheard, Errc::ok);
    auto flushed = co_await file->file->flush().result();
    co_await unlock_owner(file->inode, owner);
    co_await flushed;
    if (unheard.code != Errc::ok) co_await unheard;
    request.ok();
}

Task<> release(Request& request, OpenFileRef file, std::optional<uint64_t> flock_owner) {
    if (flock_owner) co_await unlock_owner(file->inode, *flock_owner);
    if (file->inode->locks) file->inode->locks->closed(*file->file);
    Ref<vfs::FileState> state(&file->file->state());
    auto closed = co_await file->file->close().result();
    if (!closed) log_debug("closing a file: {}", errc_text(closed.error().code));
    // Our own writes leave the kernel's pages as good as they were.
    Inode& inode = *file->inode;
    const bool alone = inode.seen_foreign == state->foreign_changes();
    inode.pages_of = alone && closed ? state->known_change() : 0;
    if (alone) inode.told_of = state->known_change();
    request.ok();
}

}  // namespace

void do_open(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info) {
    start(raw, open, bridge_of(raw).inodes().get(number), fuse_file_info(*info));
}

void do_create(fuse_req_t raw, fuse_ino_t parent, const char* name, mode_t mode,
               fuse_file_info* info) {
    start(raw, create, bridge_of(raw).inodes().get(parent), std::string(name),
          uint32_t{mode & 07777}, fuse_file_info(*info));
}

void do_flush(fuse_req_t raw, fuse_ino_t, fuse_file_info* info) {
    start(raw, flush, bridge_of(raw).file(info), uint64_t{info->lock_owner});
}

void do_release(fuse_req_t raw, fuse_ino_t, fuse_file_info* info) {
    std::optional<uint64_t> owner;
    if (info->flock_release) owner = info->lock_owner;
    start(raw, release, bridge_of(raw).released(info->fh), owner);
}

}  // namespace strait::fuse
