// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes of attributes. Those of a file that its maker still writes travel with its data.
#include "fuse/operations.h"
#include "fuse/stat.h"

namespace strait::fuse {

namespace {

// The caller's own open that writes, if there is one: it knows what may wait.
Ref<vfs::OpenRegular> writer_of(vfs::Mount& mount, const vfs::Handle& handle,
                                const vfs::CredentialRef& as) {
    vfs::FileState* state = mount.find_state(handle);
    if (!state) return {};
    for (auto* open : state->opens()) {
        bool same = !as || !open->as() || open->as()->uid == as->uid;
        if (same && open->may_write()) return Ref<vfs::OpenRegular>(open);
    }
    return {};
}

Task<> change(vfs::Mount& mount, vfs::Handle handle, vfs::SetAttributes wanted,
              vfs::CredentialRef as) {
    co_await mount.writable();
    Ref<vfs::FileState> state;
    if (auto* found = mount.find_state(handle)) state = Ref<vfs::FileState>(found);
    if (state && state->writes().pending()) co_await state->writes().flush();
    vfs::Compound program = mount.program(as);
    program.put(handle).setattr(wanted).getattr(vfs::stat_mask);
    auto reply = co_await mount.run(program).result();
    if (state && wanted.size) {
        state->writes().cut_from(*wanted.size);
        state->data_changed();
    }
    auto* after = reply ? reply->find<vfs::GetAttr>() : nullptr;
    if (!after) mount.hold().changed(handle);
    if (after && state) state->changed_to(after->attributes);
    if (after && !state) mount.hold().changed_to(handle, after->attributes);
    if (!reply) co_await reply.error();
    if (!reply->ok()) co_await reply->error;
}

Task<> setattr(Request& request, InodeRef inode, vfs::SetAttributes wanted, OpenFileRef file) {
    Bridge& bridge = request.bridge();
    vfs::Mount& mount = bridge.mount();
    const vfs::Handle& handle = inode->handle();
    const vfs::Attributes* before = mount.hold().last_known(handle);
    const bool ours = before && inode->pages_of == before->change;
    Ref<vfs::OpenRegular> writer = file ? file->file : Ref<vfs::OpenRegular>();
    if (!writer || !writer->may_write()) writer = writer_of(mount, handle, request.as());
    if (wanted.empty()) {
        // Only the change time, which the server keeps.
    } else if (writer && (file || !wanted.size)) {
        co_await writer->setattr(wanted);
    } else {
        co_await change(mount, handle, wanted, request.as());
    }
    const vfs::Attributes* known = mount.hold().attributes(handle, vfs::stat_mask);
    if (!known && writer) known = mount.hold().last_known(handle);
    vfs::Attributes now;
    if (known) {
        now = *known;
    } else {
        now = co_await vfs::fetch_attributes(mount, handle, {});
    }
    // Our own change leaves the kernel's pages as good as they were.
    if (ours) inode->pages_of = now.change;
    inode->told_of = now.change;
    struct stat out = bridge.seen(handle, now);
    fuse_reply_attr(request.answer(), &out, bridge.trust().attributes(handle));
}

}  // namespace

void do_setattr(fuse_req_t raw, fuse_ino_t number, struct stat* attributes, int to_set,
                fuse_file_info* info) {
    Bridge& bridge = bridge_of(raw);
    start(raw, setattr, bridge.inodes().get(number),
          to_change(*attributes, to_set, bridge.options().ids), bridge.file(info));
}

}  // namespace strait::fuse
