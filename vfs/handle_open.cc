// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/handle_open.h"

#include <algorithm>

#include "vfs/filesystem_impl.h"

namespace strait::vfs {

namespace {

bool writes(const OpenFlags& flags) {
    return flags.access == OpenAccess::write || flags.access == OpenAccess::both;
}

// What the server has of the file is what an open meets: all that waits here goes first.
Task<> send_what_waits(Mount& mount, const Handle& handle) {
    FileState* state = mount.find_state(handle);
    if (!state || !state->writes().pending()) co_return;
    FileStateRef keep(state);
    co_await keep->writes().flush();
}

// The state that an answer to an open leaves behind.
FileStateRef learn(Mount& mount, const Handle& handle, const OpenFlags& flags,
                   const Attributes& attributes, bool created, Hold::Tick asked) {
    FileStateRef state = mount.state_of(handle);
    if (created) state->was_made_here();
    if (flags.truncate && !created) {
        state->writes().cut_from(0);
        state->data_changed();
        state->changed_to(attributes);
    } else {
        state->learn(attributes, asked);
    }
    return state;
}

OpenNode::Opened opened(Mount& mount, const Handle& handle, const OpenFlags& flags,
                        CredentialRef as) {
    return {MountRef(&mount), handle, FileType::regular, flags, {}, {}, std::move(as)};
}

}  // namespace

Task<OpenedFile> open_handle(Mount& mount, Handle handle, OpenFlags flags, CredentialRef as,
                             Head head) {
    co_await mount.usable();
    flags.create = flags.exclusive = false;
    if (writes(flags) || flags.truncate) co_await mount.writable();
    FileState* before = mount.find_state(handle);
    if (before && (flags.truncate || before->writes().attributes_pending()))
        co_await send_what_waits(mount, handle);
    const Attributes* last = mount.hold().last_known(handle);
    const uint32_t head_bytes = mount.policy().head_bytes;
    const bool large = last && last->size > head_bytes;
    const bool only_reads = flags.access == OpenAccess::read && !flags.truncate;
    const bool reads_head =
        only_reads && head == Head::wanted && head_bytes > 0 && mount.kept_reads().has_room();
    // Without its head here the file has to outlive its names at the server.
    const bool closes = reads_head && !large;

    auto asked = mount.hold().now();
    Compound program = mount.program(as);
    program.put(handle).open(open_operation(mount, flags, {}));
    if (flags.truncate) program.setattr({.size = 0});
    program.getattr(stat_mask);
    if (reads_head) program.read(0, std::min(head_bytes, mount.capabilities().max_read));
    if (closes) program.close();
    Reply reply = co_await mount.run(program);
    auto* open = reply.find<Open>();
    if (!open) co_return reply.error;
    auto* found = reply.find<GetAttr>();
    if (!found) {
        mount.close_later(handle, open->open);
        co_return reply.error;
    }
    FileStateRef state = learn(mount, handle, flags, found->attributes, false, asked);
    if (auto* read = reply.find<Read>()) {
        bool whole = read->eof || read->data.size() >= found->attributes.size;
        state->set_head(std::move(read->data), whole, found->attributes, asked);
    }
    OpenId kept = closes && reply.ok() ? OpenId{} : open->open;
    OpenedFile made;
    made.file =
        make_ref<OpenRegular>(opened(mount, handle, flags, std::move(as)), std::move(state), kept);
    made.attributes = found->attributes;
    co_return made;
}

Task<OpenedFile> create_in(Mount& mount, Handle directory, std::string_view name, OpenFlags flags,
                           CredentialRef as) {
    co_await mount.usable();
    co_await mount.writable();
    flags.create = true;
    auto asked = mount.hold().now();
    Compound program = mount.program(as);
    program.put(directory).save().open(open_operation(mount, flags, name)).get_handle();
    program.getattr(stat_mask).restore().getattr(stat_mask);
    constexpr size_t at_file = 4, at_directory = 6;
    Reply reply = co_await mount.run(program);
    auto* open = reply.find<Open>();
    if (!open) co_return reply.error;
    auto* handle = reply.find<GetHandle>();
    auto* found = reply.at<GetAttr>(at_file);
    if (!handle || !found) {
        if (handle) mount.close_later(handle->handle, open->open);
        co_return reply.error;
    }
    auto* above = reply.at<GetAttr>(at_directory);
    if (above && open->created) mount.hold().changed_to(directory, above->attributes);
    if (!above) mount.hold().changed(directory);
    if (open->created) asked = mount.hold().now();
    FileStateRef state =
        learn(mount, handle->handle, flags, found->attributes, open->created, asked);
    OpenedFile made;
    made.created = open->created;
    made.attributes = found->attributes;
    made.file = make_ref<OpenRegular>(opened(mount, handle->handle, flags, std::move(as)),
                                      std::move(state), open->open);
    co_return made;
}

}  // namespace strait::vfs
