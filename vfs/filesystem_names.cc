// SPDX-License-Identifier: LGPL-2.1-or-later
// What makes, moves and removes names: one compound each, and the hold told at once.
#include <algorithm>

#include "vfs/filesystem_impl.h"
#include "vfs/open_regular.h"
#include "vfs/path.h"

namespace strait::vfs {

Task<> pin_before_removal(Mount& mount, std::string_view physical) {
    std::vector<Ref<OpenRegular>> unpinned;
    for (auto& [handle, state] : mount.states())
        for (auto* open : state->opens())
            if (!open->pinned() && open->physical() == physical) unpinned.emplace_back(open);
    for (auto& each : unpinned) {
        auto pinned = co_await each->pin().result();
        (void)pinned;  // without rights to open it again there is nothing to keep
    }
}

Task<> FileSystem::Impl::make(At at, Create what) {
    Journey way(mounts, at, Journey::Entry());
    co_await way.begin();
    for (;;) {
        Mount& mount = way.mount();
        co_await check_new_name(way, at, what.type);
        co_await mount.writable();
        what.name = way.name();
        Compound program = way.program();
        way.walk_to_directory(program);
        program.add(what).get_handle().getattr(stat_mask);
        Reply reply = co_await mount.run(program);
        bool again = co_await way.met_symlink(reply, 1);
        if (!again) again = co_await way.met_at_entry(reply, 2);
        if (again) continue;
        if (reply.find<Create>()) {
            auto* handle = reply.find<GetHandle>();
            mount.hold().entry_made(way.physical(), handle ? handle->handle : Handle(),
                                    reply.find<Create>()->directory);
            auto* made = reply.find<GetAttr>();
            if (made) mount.hold().changed_to(handle->handle, made->attributes);
            if (made && what.type == FileType::directory && mount.may_search(made->attributes))
                mount.hold().directory_made(way.physical(), made->attributes.change);
        }
        learn_there(way, reply.error);
        if (!reply.ok()) co_await error_at(way, reply.error);
        co_return;
    }
}

Task<> FileSystem::Impl::check_dots(const Journey& way, const At& at) {
    if (way.dots().empty()) co_return;
    Journey whole(mounts, at, true);
    co_await whole.begin();
    if (whole.ends_at_removed()) co_return;
    Attributes there = co_await look(whole, Attr::type);
    (void)there;
}

Task<> FileSystem::Impl::check_parent(Journey& way, const At& at) {
    co_await check_dots(way, at);
    if (way.dots().empty()) co_await check_directory(way);
}

Task<> FileSystem::Impl::check_new_name(Journey& way, const At& at, FileType type) {
    co_await check_dots(way, at);
    if (way.ends_nameless() || !way.dots().empty()) co_await Errc::exist;
    if (!way.slash_behind() || type == FileType::directory) co_return;
    auto there = co_await exists(way).result();
    co_await (there ? Error(Errc::exist) : there.error());
}

Task<> FileSystem::mkdir(At at, uint32_t mode) {
    Create what{.type = FileType::directory};
    what.attributes.mode = mode & 07777;
    co_await impl_->make(at, what);
}

Task<> FileSystem::mknod(At at, FileType type, uint32_t mode, Device device) {
    if (type == FileType::regular) {
        Journey way(impl_->mounts, at, Journey::Entry());
        co_await way.begin();
        co_await impl_->check_new_name(way, at, type);
        OpenFlags flags{
            .access = OpenAccess::write, .create = true, .exclusive = true, .mode = mode};
        OpenFileRef made = co_await open(at, flags);
        co_await made->close();
        co_return;
    }
    Create what{.type = type, .device = device};
    what.attributes.mode = mode & 07777;
    co_await impl_->make(at, what);
}

Task<> FileSystem::symlink(std::string_view target, At at) {
    if (target.empty()) co_await Errc::noent;
    Create what{.type = FileType::symlink, .target = target};
    what.attributes.mode = 0777;
    co_await impl_->make(at, what);
}

Task<> FileSystem::Impl::check_directory(Journey& way, uint32_t rights) {
    for (;;) {
        Compound look = way.program();
        way.walk_to_directory(look);
        look.getattr(access_mask);
        Reply reply = co_await way.mount().run(look);
        bool again = co_await way.met_symlink(reply, 1);
        if (again) continue;
        auto* found = reply.find<GetAttr>();
        if (!found) co_await reply.error;
        if (found->attributes.type == FileType::symlink) {
            co_await way.follow_directory();
            continue;
        }
        if (found->attributes.type != FileType::directory) co_await Errc::notdir;
        if (!way.mount().has_rights(found->attributes, rights)) co_await Errc::access;
        co_return;
    }
}

Task<> FileSystem::Impl::exists(Journey& way) {
    for (;;) {
        Compound look = way.program();
        way.walk_to_directory(look);
        look.walk(way.name()).getattr(Attr::type);
        Reply reply = co_await way.mount().run(look);
        bool again = co_await way.met_symlink(reply, 1);
        if (again) continue;
        if (reply.ok()) co_return;
        if (reply.error.code != Errc::symlink) co_await reply.error;
        co_await way.follow_directory();
    }
}

Task<> FileSystem::Impl::error_at(Journey& way, Error error) {
    if (error.code == Errc::nametoolong) co_await check_directory(way);
    co_await error;
}

Task<> FileSystem::Impl::begin_both(Journey& source, Journey& target, bool whole_source) {
    auto first = co_await source.begin().result();
    if (!first && !whole_source && source.in_removed()) {  // a directory all the same
        co_await target.begin();
        co_await check_directory(target);
    }
    co_await first;
    auto begun = co_await target.begin().result();
    if (begun) co_return;
    if (begun.error() != Errc::xdev && whole_source) {
        Attributes looked = co_await look(source, Attr::type);
        (void)looked;
    } else if (begun.error() != Errc::xdev) {
        co_await check_directory(source);
    }
    co_await begun;
}

Task<> FileSystem::link(At from, At to) {
    Journey source(impl_->mounts, from, from.follow);
    Journey target(impl_->mounts, to, Journey::Entry());
    co_await impl_->begin_both(source, target, true);
    for (;;) {
        Mount& mount = source.mount();
        if (&mount != &target.mount()) co_await Errc::xdev;
        const bool no_new_name = target.must_be_directory() || target.ends_nameless();
        if (source.must_be_directory() || no_new_name) {
            Attributes looked = co_await impl_->look(source, Attr::type);
            (void)looked;
        }
        if (no_new_name) co_await impl_->check_new_name(target, to, FileType::regular);
        co_await mount.writable();
        if (source.follows() && !mount.capabilities().checked_walk_end) {
            Attributes looked = co_await impl_->look(source, Attr::type);
            (void)looked;
        }
        Compound program = source.program();
        source.walk_to_target(program);
        program.get_handle().save();
        target.start(program);
        target.walk_to_directory(program);
        program.add(Link{target.name()}).restore().getattr(stat_mask);
        Reply reply = co_await mount.run(program);
        bool again = co_await source.met_symlink(reply, 1);
        if (!again) again = co_await target.met_symlink(reply, 5);
        if (!again) again = co_await target.met_at_entry(reply, 6);
        if (again) continue;
        auto* handle = reply.find<GetHandle>();
        if (reply.find<Link>() && handle) {
            mount.hold().entry_made(target.physical(), handle->handle);
            mount.hold().changed(handle->handle);
            auto* after = reply.find<GetAttr>();
            if (after) mount.hold().changed_to(handle->handle, after->attributes);
        }
        learn_there(target, reply.error);
        // A directory gets no second name (EPERM), but what is in the way comes first.
        if (reply.completed == 6 && reply.error.code == Errc::isdir) {
            auto there = co_await impl_->exists(target).result();
            const bool missing = !there && there.error() == Errc::noent;
            co_await (there ? Error(Errc::exist) : missing ? Error(Errc::perm) : there.error());
        }
        if (!reply.ok())
            co_await impl_->error_at(reply.completed <= 1 ? source : target, reply.error);
        co_return;
    }
}

Task<> FileSystem::rename(At from, At to, uint32_t flags) {
    Journey source(impl_->mounts, from, Journey::Entry());
    Journey target(impl_->mounts, to, Journey::Entry());
    co_await impl_->begin_both(source, target, false);
    for (;;) {
        Mount& mount = source.mount();
        if (&mount != &target.mount()) co_await Errc::xdev;
        const bool dots = !source.dots().empty() || !target.dots().empty();
        if (dots || source.ends_nameless() || target.ends_nameless()) {
            co_await impl_->check_parent(source, from);
            co_await impl_->check_parent(target, to);
            co_await Errc::busy;
        }
        co_await mount.writable();
        if (flags != 0 && !mount.capabilities().rename_flags) co_await Errc::inval;
        if (source.must_be_directory() || target.must_be_directory()) {
            co_await impl_->check_directory(source, 0);
            co_await impl_->check_directory(target, 0);
            Journey look(impl_->mounts, from, Journey::Entry());
            co_await look.begin();
            Attributes what = co_await impl_->look(look, Attr::type);
            if (what.type != FileType::directory) co_await Errc::notdir;
        }
        co_await pin_before_removal(mount, target.physical());
        Compound program = source.program();
        source.walk_to_directory(program);
        program.save();
        target.start(program);
        target.walk_to_directory(program);
        program.add(Rename{source.name(), target.name(), flags});
        Reply reply = co_await mount.run(program);
        bool again = co_await source.met_symlink(reply, 1);
        if (!again) again = co_await target.met_symlink(reply, 4);
        if (!again) {
            auto met = co_await source.met_at_entry(reply, 5).result();
            // No symlink there, or nothing: it was met on the other way.
            const bool other = !met && (met.error() == Errc::inval ||
                                        met.error() == Errc::badtype || met.error() == Errc::noent);
            if (!other) again = co_await met;
        }
        if (!again) again = co_await target.met_at_entry(reply, 5);
        if (again) continue;
        // Both directories come before what is in them.
        if (reply.completed == 4) co_await impl_->check_directory(source);
        if (reply.completed == 5 && reply.error.code == Errc::noent)
            co_await impl_->check_directory(target);
        if (reply.error.code == Errc::nametoolong) {  // what is to be renamed comes first
            co_await impl_->check_directory(source);
            co_await impl_->check_directory(target);
            co_await impl_->exists(source);
            co_await impl_->error_at(target, reply.error);
        }
        learn_there(target, reply.error);
        if (reply.error.code == Errc::isdir && is_within(source.physical(), target.physical()))
            co_await Errc::notempty;  // a directory that has the source in it
        if (!reply.ok()) co_await reply.error;
        const Handle* known = mount.hold().handle_at(source.physical());
        const Handle moved = known && flags == 0 ? *known : Handle();
        mount.entry_gone(target.physical(), true);
        mount.entry_gone(source.physical(), true);
        mount.hold().entry_made(target.physical(), moved);
        if (flags & rename_exchange) {
            mount.hold().entry_made(source.physical(), {});
            mount.swapped(source.physical(), target.physical());
        } else {
            mount.renamed(source.physical(), target.physical());
        }
        co_return;
    }
}

Task<> FileSystem::remove(At at, RemoveKind kind) {
    Journey way(impl_->mounts, at, Journey::Entry());
    co_await way.begin();
    for (;;) {
        Mount& mount = way.mount();
        co_await impl_->check_dots(way, at);
        if (kind == RemoveKind::directory && way.dots() == ".") co_await Errc::inval;
        if (kind == RemoveKind::directory && way.dots() == "..") co_await Errc::notempty;
        if (way.ends_nameless() && kind == RemoveKind::directory) co_await Errc::busy;
        if (way.ends_nameless() || !way.dots().empty()) co_await Errc::isdir;
        co_await mount.writable();
        if (way.must_be_directory() && kind == RemoveKind::file) {
            Attributes what = co_await impl_->look(way, Attr::type);
            co_await (what.type == FileType::directory ? Errc::isdir : Errc::notdir);
        }
        if (kind != RemoveKind::directory) co_await pin_before_removal(mount, way.physical());
        Compound program = way.program();
        way.walk_to_directory(program);
        program.remove(way.name(), kind);
        Reply reply = co_await mount.run(program);
        bool again = co_await way.met_symlink(reply, 1);
        if (!again) again = co_await way.met_at_entry(reply, 2);
        if (again) continue;
        // That something else has the name is told only to who might have removed it.
        if (reply.error.code == Errc::notdir || reply.error.code == Errc::isdir)
            co_await impl_->check_directory(way, may_write | may_execute);
        if (!reply.ok()) co_await impl_->error_at(way, reply.error);
        mount.entry_gone(way.physical(), kind != RemoveKind::file);
        if (kind != RemoveKind::file) mount.directory_removed(way.physical());
        co_return;
    }
}

Task<> FileSystem::Impl::write_file(At at, const BufferChain& data, OpenFlags& flags, bool& done) {
    flags.access = OpenAccess::write;
    Journey way(mounts, at, flags);
    co_await way.begin();
    for (;;) {
        Mount& mount = way.mount();
        co_await mount.writable();
        const Handle* known = mount.hold().last_handle_at(way.physical());
        bool fits = data.size() <= mount.capabilities().max_write && !flags.append &&
                    !way.ends_nameless() && !way.must_be_directory();
        if (!fits || (known && mount.find_state(*known))) co_return;
        Compound program = way.program();
        way.walk_to_directory(program);
        program.open(open_operation(mount, flags, way.name())).get_handle();
        if (flags.truncate && !flags.create) program.setattr({.size = 0});
        if (!data.empty()) program.write(0, data, Stability::file_sync);
        program.getattr(stat_mask).close();
        Reply reply = co_await mount.run(program);
        auto* opened = reply.find<Open>();
        if (!opened) {
            bool again = co_await way.met_symlink(reply, 1);
            if (!again) again = co_await way.met_at_entry(reply, 2);
            if (again) continue;
            if (reply.error.code == Errc::symlink) co_await Errc::loop;
            learn_there(way, reply.error);
            co_await reply.error;
        }
        auto* handle = reply.find<GetHandle>();
        if (!handle) co_await reply.error;
        if (opened->created)
            mount.hold().entry_made(way.physical(), handle->handle, opened->directory);
        FileState* state = mount.find_state(handle->handle);
        if (state) state->data_changed();
        mount.hold().changed(handle->handle);
        auto* after = reply.find<GetAttr>();
        if (after) mount.hold().changed_to(handle->handle, after->attributes);
        if (!reply.ok()) {
            mount.close_later(handle->handle, opened->open);
            co_await reply.error;
        }
        auto* written = reply.find<Write>();
        // A short write: the longer way does all of it again.
        flags.exclusive = false;
        done = !written || written->count == data.size();
        co_return;
    }
}

}  // namespace strait::vfs
