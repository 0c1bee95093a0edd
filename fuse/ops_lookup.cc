// SPDX-License-Identifier: LGPL-2.1-or-later
// Names, attributes, and what else is only asked: one compound each, or none.
#include <unistd.h>

#include "fuse/operations.h"
#include "fuse/stat.h"

namespace strait::fuse {

namespace {

Task<> lookup(Request& request, InodeRef parent, std::string name) {
    Bridge& bridge = request.bridge();
    vfs::Mount& mount = bridge.mount();
    auto asked = mount.hold().now();
    vfs::Compound program = mount.program(request.as());
    program.put(parent->handle()).walk(name).get_handle().getattr(vfs::stat_mask);
    vfs::Reply reply = co_await mount.run(program);
    if (!reply.ok()) {
        double believed = reply.error == Errc::noent ? bridge.trust().missing_name() : 0;
        if (believed <= 0) co_await reply.error;
        fuse_entry_param missing{};
        missing.entry_timeout = believed;
        fuse_reply_entry(request.answer(), &missing);
        co_return;
    }
    const vfs::Handle& handle = reply.find<vfs::GetHandle>()->handle;
    const vfs::Attributes& attributes = reply.find<vfs::GetAttr>()->attributes;
    bridge.learn(handle, attributes, asked);
    fuse_entry_param entry = bridge.entry(*parent, name, handle, attributes);
    InodeRef inode = bridge.inodes().get(entry.ino);
    if (fuse_reply_entry(request.answer(), &entry) != 0) bridge.inodes().forget(entry.ino, 1);
    co_await bridge.drop_outdated_pages(*inode);
}

// As open files see it: what waits to be written goes first, for times are the server's.
Task<vfs::Attributes> attributes_of(vfs::Mount& mount, vfs::Handle handle, vfs::CredentialRef as) {
    if (vfs::FileState* state = mount.find_state(handle); state && !state->opens().empty()) {
        Ref<vfs::OpenRegular> open(state->opens().front());
        co_return co_await open->stat(vfs::stat_mask);
    }
    if (const vfs::Attributes* held = mount.hold().attributes(handle, vfs::stat_mask))
        co_return *held;
    auto asked = mount.hold().now();
    vfs::Compound program = mount.program(as);
    program.put(handle).getattr(vfs::stat_mask);
    vfs::Reply reply = co_await mount.run_all(program);
    vfs::Attributes got = reply.take<vfs::GetAttr>().attributes;
    mount.hold().learn(handle, got, asked);
    co_return got;
}

Task<> getattr(Request& request, InodeRef inode) {
    Bridge& bridge = request.bridge();
    vfs::Attributes found = co_await attributes_of(bridge.mount(), inode->handle(), request.as());
    struct stat now = bridge.seen(inode->handle(), found);
    inode->told_of = found.change;
    fuse_reply_attr(request.answer(), &now, bridge.trust().attributes(inode->handle()));
    co_await bridge.drop_outdated_pages(*inode);
}

Task<> readlink(Request& request, InodeRef inode) {
    vfs::Compound program = request.bridge().mount().program(request.as());
    program.put(inode->handle()).readlink();
    vfs::Reply reply = co_await request.bridge().mount().run_all(program);
    std::string target(reply.take<vfs::ReadLink>().target.text());
    fuse_reply_readlink(request.answer(), target.c_str());
}

uint32_t wanted_of(const Inode& inode, int mask) {
    const bool directory = inode.type() == vfs::FileType::directory;
    uint32_t wanted = 0;
    if (mask & R_OK) wanted |= vfs::access_read;
    if (mask & X_OK) wanted |= directory ? vfs::access_lookup : vfs::access_execute;
    if (mask & W_OK) wanted |= vfs::access_modify | vfs::access_extend;
    if ((mask & W_OK) && directory) wanted |= vfs::access_delete;
    return wanted;
}

Task<> access(Request& request, InodeRef inode, int mask) {
    const uint32_t wanted = wanted_of(*inode, mask);
    vfs::Compound program = request.bridge().mount().program(request.as());
    program.put(inode->handle()).check_access(wanted);
    vfs::Reply reply = co_await request.bridge().mount().run_all(program);
    auto got = reply.take<vfs::CheckAccess>();
    // What the server cannot judge it does not refuse.
    if ((wanted & got.supported & ~got.granted) != 0) co_await Errc::access;
    request.ok();
}

Task<> statfs(Request& request, InodeRef inode) {
    vfs::Compound program = request.bridge().mount().program(request.as());
    program.put(inode->handle()).getattr(vfs::statfs_mask);
    vfs::Reply reply = co_await request.bridge().mount().run_all(program);
    struct statvfs now = to_statvfs(reply.take<vfs::GetAttr>().attributes);
    fuse_reply_statfs(request.answer(), &now);
}

}  // namespace

void do_lookup(fuse_req_t raw, fuse_ino_t parent, const char* name) {
    start(raw, lookup, bridge_of(raw).inodes().get(parent), std::string(name));
}

void do_forget(fuse_req_t raw, fuse_ino_t number, uint64_t lookups) {
    bridge_of(raw).inodes().forget(number, lookups);
    fuse_reply_none(raw);
}

void do_forget_multi(fuse_req_t raw, size_t count, fuse_forget_data* forgets) {
    for (size_t i = 0; i < count; i++)
        bridge_of(raw).inodes().forget(forgets[i].ino, forgets[i].nlookup);
    fuse_reply_none(raw);
}

void do_getattr(fuse_req_t raw, fuse_ino_t number, fuse_file_info*) {
    start(raw, getattr, bridge_of(raw).inodes().get(number));
}

void do_readlink(fuse_req_t raw, fuse_ino_t number) {
    start(raw, readlink, bridge_of(raw).inodes().get(number));
}

void do_access(fuse_req_t raw, fuse_ino_t number, int mask) {
    start(raw, access, bridge_of(raw).inodes().get(number), int(mask));
}

void do_statfs(fuse_req_t raw, fuse_ino_t number) {
    start(raw, statfs, bridge_of(raw).inodes().get(number));
}

}  // namespace strait::fuse
