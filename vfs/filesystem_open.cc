// SPDX-License-Identifier: LGPL-2.1-or-later
// open(2) as one compound. For reading: OPEN, attributes, the first bytes and CLOSE, so that a file
// that fits is served from what came. Which files fit is not known before: a larger one is opened
// again together with the next read of it (open_regular.h), unless its size was known, then its
// open is kept from the start.
#include <algorithm>

#include "vfs/filesystem_impl.h"
#include "vfs/open_directory.h"
#include "vfs/open_regular.h"
#include "vfs/path.h"

namespace strait::vfs {

namespace {

// Enough to tell that there are none.
constexpr ListXattrs brief_list{.max_bytes = 2048};

OpenNode::Opened opened(const Journey& way, const At& at, const OpenFlags& flags,
                        const Handle& handle, FileType type) {
    std::string path = at.path.starts_with('/') ? std::string(at.path) : way.local_path();
    return {MountRef(&way.mount()), handle, type, flags, std::move(path), way.physical()};
}

bool writes(const OpenFlags& flags) {
    return flags.access == OpenAccess::write || flags.access == OpenAccess::both;
}

// An open whose handle did not come back.
Task<> close_unnamed(MountRef mount, OpenId open) {
    Compound program = mount->program();
    program.use_open(open).close();
    auto reply = co_await mount->run(program).result();
    (void)reply;
}

void abandon(Mount& mount, const GetHandle::Result* handle, const Open::Result& open) {
    if (handle) {
        mount.close_later(handle->handle, open.open);
    } else {
        mount.background().spawn(close_unnamed(MountRef(&mount), open.open));
    }
}

bool known_directory(const Journey& way) {
    if (way.ends_nameless()) return !way.base() || way.base()->type() != FileType::regular;
    if (way.must_be_directory()) return true;
    if (!way.plain()) return false;
    const Attributes* held = way.mount().hold().attributes_at(way.physical(), Attr::type);
    return held && held->type == FileType::directory;
}

const Attributes* last_seen(const Journey& way) {
    const Handle* handle = way.mount().hold().last_handle_at(way.physical());
    return handle ? way.mount().hold().last_known(*handle) : nullptr;
}

bool known_large(const Journey& way, uint32_t head_bytes) {
    const Attributes* last = last_seen(way);
    return last && last->type == FileType::regular && last->size > head_bytes;
}

}  // namespace

Open open_operation(Mount& mount, const OpenFlags& flags, std::string_view name) {
    Open op;
    op.access = flags.access;
    // O_RDONLY | O_TRUNC truncates all the same, and needs the right to.
    if (flags.truncate && op.access == OpenAccess::read) op.access = OpenAccess::both;
    op.name = name;
    op.owner = mount.new_owner();
    if (!flags.create) return op;
    op.create = flags.exclusive ? Open::Create::guarded : Open::Create::unchecked;
    op.attributes.mode = flags.mode & 07777;
    if (flags.truncate) op.attributes.size = 0;
    return op;
}

Task<OpenFileRef> FileSystem::Impl::open(At at, OpenFlags flags, uint64_t head_bytes) {
    if (flags.create && flags.directory) co_return Errc::inval;
    if (flags.access == OpenAccess::none) flags.access = OpenAccess::read;
    Journey way(mounts, at, flags);
    co_await way.begin();
    if (way.ends_at_removed()) co_return open_removed(way, at, flags);
    bool regular = false;  // the server has told, whatever was believed
    for (;;) {
        OpenFileRef made;
        bool directory = false;
        uint64_t head = head_bytes == ~uint64_t{0} ? way.mount().policy().head_bytes
                                                   : way.mount().capabilities().max_read;
        head = std::min({head, head_bytes, uint64_t{way.mount().capabilities().max_read}});
        if (!way.mount().kept_reads().has_room()) head = 0;
        if (flags.path_only) {
            made = co_await open_path(way, at, flags);
        } else if (flags.directory || (!regular && known_directory(way))) {
            made = co_await open_directory(way, at, flags, regular);
        } else {
            made = open_known(way, at, flags);
            if (made) co_return made;
            made = co_await open_file(way, at, flags, static_cast<uint32_t>(head), directory);
            if (directory) made = co_await open_directory(way, at, flags, regular);
        }
        if (made) co_return made;
    }
}

OpenFileRef FileSystem::Impl::open_known(Journey& way, const At& at, const OpenFlags& flags) {
    Mount& mount = way.mount();
    if (mount.policy().close_to_open || flags.access != OpenAccess::read || flags.create ||
        flags.truncate || !way.plain() || way.ends_nameless())
        return {};
    const Handle* handle = mount.hold().handle_at(way.physical());
    const Attributes* held = handle ? mount.hold().attributes(*handle, stat_mask) : nullptr;
    FileState* state = handle ? mount.find_state(*handle) : nullptr;
    if (!held || held->type != FileType::regular || !state || !state->head().whole ||
        state->head().change != held->change || state->writes().pending())
        return {};
    state->head_is_current(MonoClock::now() + mount.hold().remaining(*handle));
    return make_ref<OpenRegular>(opened(way, at, flags, *handle, FileType::regular),
                                 FileStateRef(state), OpenId{});
}

OpenFileRef FileSystem::Impl::open_left(Journey& way, const At& at, const OpenFlags& flags) {
    Mount& mount = way.mount();
    if (flags.access != OpenAccess::read || flags.create || flags.truncate || !way.plain())
        return {};
    const Handle* known = mount.hold().handle_at(way.physical());
    if (!known || !mount.hold().attributes(*known, stat_mask)) return {};
    Ref<ListingPart> listing = mount.left_listing().take(*known, mount.hold().now());
    if (!listing) return {};
    auto made = make_ref<OpenDirectory>(opened(way, at, flags, *known, FileType::directory));
    made->go_on_with(std::move(listing));
    return made;
}

Result<OpenFileRef> FileSystem::Impl::open_removed(Journey& way, const At& at,
                                                   const OpenFlags& flags) {
    if (flags.create) return fail(flags.exclusive ? Errc::exist : Errc::isdir);
    if (writes(flags) || flags.truncate) return fail(Errc::isdir);
    OpenNode::Opened what = opened(way, at, flags, way.base()->handle(), FileType::directory);
    Ref<OpenNode> made = flags.path_only ? make_ref<OpenNode>(std::move(what))
                                         : Ref<OpenNode>(make_ref<OpenDirectory>(std::move(what)));
    made->was_removed();
    if (way.base()->orphan()) made->parent_was_removed();
    return OpenFileRef(made);
}

Task<OpenFileRef> FileSystem::Impl::open_path(Journey& way, const At& at, OpenFlags flags) {
    Attributes found = co_await look(way, {Attr::type, Attr::handle});
    if (flags.directory && found.type != FileType::directory) co_return Errc::notdir;
    OpenFileRef made = make_ref<OpenNode>(opened(way, at, flags, found.handle, found.type));
    co_return made;
}

Task<> FileSystem::Impl::refuse_slash(Journey& way) {
    if (!way.slash_behind()) co_return;
    if (!way.directory().empty()) co_await check_directory(way);
    co_await Errc::isdir;
}

Task<OpenFileRef> FileSystem::Impl::open_directory(Journey& way, const At& at, OpenFlags flags,
                                                   bool& regular) {
    if (flags.create) {
        co_await refuse_slash(way);
        const Attributes there = co_await look(way, Attr::type);
        if (flags.exclusive) co_return Errc::exist;
        regular = there.type == FileType::regular && way.plain() && !way.must_be_directory();
        if (regular) co_return OpenFileRef();
        co_return there.type == FileType::directory ? Errc::isdir : Errc::notdir;
    }
    if (OpenFileRef left = open_left(way, at, flags)) co_return left;
    Mount& mount = way.mount();
    auto asked = mount.hold().now();
    Compound program = way.program();
    way.walk_to_end(program);
    program.get_handle().getattr(stat_mask).readdir(OpenDirectory::whole_chunk(0, 0));
    const size_t needed = program.ops.size();
    if (mount.lists_xattrs(last_seen(way))) program.add(brief_list);
    Reply reply = co_await mount.run(program);
    bool again = co_await way.met_symlink(reply, 1);
    if (again) co_return OpenFileRef();
    auto* handle = reply.find<GetHandle>();
    auto* attributes = reply.find<GetAttr>();
    if (!handle || !attributes) co_await error_at(way, reply.error);
    FileType type = attributes->attributes.type;
    if (type == FileType::symlink && way.follows()) {
        co_await way.follow_end();
        co_return OpenFileRef();
    }
    if (type != FileType::directory) {
        if (flags.directory || way.must_be_directory()) co_return Errc::notdir;
        regular = true;
        co_return OpenFileRef();
    }
    mount.hold().learn(handle->handle, attributes->attributes, asked);
    way.learn_end(handle->handle, asked);
    if (writes(flags) || flags.truncate) co_return Errc::isdir;
    if (reply.completed < needed) co_return reply.error;
    learn_xattrs(mount, handle->handle, attributes->attributes, reply);
    auto made = make_ref<OpenDirectory>(opened(way, at, flags, handle->handle, type));
    made->give_first(reply.take<ReadDir>(), asked, attributes->attributes.change);
    OpenFileRef open = made;
    co_return open;
}

Task<OpenFileRef> FileSystem::Impl::open_file(Journey& way, const At& at, OpenFlags flags,
                                              uint32_t head_bytes, bool& directory) {
    Mount& mount = way.mount();
    if (writes(flags) || flags.truncate || flags.create) co_await mount.writable();
    if (!flags.create && known_missing(way)) co_return Errc::noent;
    if (flags.truncate) co_await write_back(mount, way.physical());
    co_await settle_attributes(mount, way.physical());
    const bool reads_head = flags.access == OpenAccess::read && !flags.truncate && head_bytes > 0;
    // Without its data here the file has to outlive its names at the server.
    const bool closes = reads_head && !known_large(way, head_bytes);

    auto asked = mount.hold().now();
    Compound program = way.program();
    if (way.ends_nameless()) {
        way.walk_to_end(program);
        program.open(open_operation(mount, flags, {}));
    } else {
        way.walk_to_directory(program);
        program.open(open_operation(mount, flags, way.name()));
    }
    program.get_handle();
    if (flags.truncate && !flags.create) program.setattr({.size = 0});
    program.getattr(stat_mask);
    if (reads_head) program.read(0, head_bytes);
    if (closes) program.close();
    const size_t needed = program.ops.size();
    // Behind the CLOSE: a server that refuses it refuses nothing else.
    if (closes && mount.lists_xattrs(last_seen(way))) program.add(brief_list);
    Reply reply = co_await mount.run(program);

    auto* open = reply.find<Open>();
    if (!open) {
        bool again = co_await way.met_symlink(reply, 1);
        if (!again) again = co_await way.met_at_entry(reply, 2);
        if (again) co_return OpenFileRef();
        learn_there(way, reply.error);
        if (reply.completed == 2 && !flags.create) learn_missing(way, reply.error, asked);
        directory =
            reply.error.code == Errc::isdir && !writes(flags) && !flags.create && !flags.truncate;
        if (directory) co_return OpenFileRef();
        // Whatever it is that has the name: an exclusive create finds it.
        if (reply.error.code == Errc::isdir && flags.create && flags.exclusive)
            co_return Error(Errc::exist, reply.error.domain, reply.error.status);
        if (reply.error.code == Errc::symlink)
            co_return Error(Errc::loop, reply.error.domain, reply.error.status);
        co_await error_at(way, reply.error);
    }
    auto* handle = reply.find<GetHandle>();
    auto* found = reply.find<GetAttr>();
    if (!handle || !found) {
        abandon(mount, handle, *open);
        co_return reply.error;
    }
    if (open->created) {
        mount.hold().entry_made(way.physical(), handle->handle, open->directory);
        asked = mount.hold().now();
    } else {
        way.learn_end(handle->handle, asked);
    }
    FileStateRef state = mount.state_of(handle->handle);
    if (open->created) state->was_made_here();
    if (flags.truncate) {
        state->writes().cut_from(0);
        state->data_changed();
        state->changed_to(found->attributes);
    } else {
        state->learn(found->attributes, asked);
    }
    auto* head = reply.find<Read>();
    if (head) {
        bool whole = head->eof || head->data.size() >= found->attributes.size;
        state->set_head(std::move(head->data), whole, found->attributes, asked);
    }
    learn_xattrs(mount, handle->handle, found->attributes, reply);
    OpenId kept = closes && reply.completed >= needed ? OpenId{} : open->open;
    OpenFileRef made = make_ref<OpenRegular>(
        opened(way, at, flags, handle->handle, FileType::regular), state, kept);
    co_return made;
}

}  // namespace strait::vfs
