// SPDX-License-Identifier: LGPL-2.1-or-later
// What is asked of, or changed on, the object at the end of a path: one compound each.
#include "vfs/filesystem_impl.h"
#include "vfs/open_directory.h"
#include "vfs/open_regular.h"
#include "vfs/path.h"

namespace strait::vfs {

namespace {

// The part of an attribute's name behind "user."; other name spaces are not NFS's (RFC 8276).
Result<std::string_view> user_name(std::string_view name) {
    constexpr std::string_view user = "user.";
    if (!name.starts_with(user)) return fail(Errc::notsup);
    if (name.size() == user.size()) return fail(Errc::inval);
    return name.substr(user.size());
}

void apply(Journey& way, const Handle& handle, const Attributes& after, bool resized) {
    FileState* state = way.mount().find_state(handle);
    if (!state) return way.mount().changed_to(handle, after, way.physical());
    if (resized) {
        state->writes().cut_from(after.size);
        state->data_changed();
    }
    state->changed_to(after);
}

}  // namespace

Task<> write_back(Mount& mount, std::string_view physical) {
    const Handle* handle = mount.hold().last_handle_at(physical);
    FileState* state = handle ? mount.find_state(*handle) : nullptr;
    if (!state || !state->writes().pending()) co_return;
    FileStateRef keep(state);
    co_await keep->writes().flush();
}

Task<> settle_attributes(Mount& mount, std::string_view physical) {
    if (!mount.attributes_waiting()) co_return;
    const Handle* named = mount.hold().last_handle_at(physical);
    std::vector<FileStateRef> waiting;
    for (auto& [handle, state] : mount.states())
        if (state->writes().attributes_pending() && (!named || *named == handle))
            waiting.emplace_back(state);
    for (auto& each : waiting) co_await each->writes().flush();
}

void learn_missing(Journey& way, Error error, Hold::Tick asked) {
    if (!way.plain() || way.ends_nameless()) return;
    if (error.code == Errc::noent) way.mount().hold().learn_missing(way.physical(), asked);
}

void learn_there(Journey& way, Error error) {
    if (error.code == Errc::exist) way.mount().hold().learn_there(way.physical());
}

bool known_missing(Journey& way) {
    constexpr size_t longest = 255;  // of what is longer the server says more than noent
    return way.plain() && !way.ends_nameless() && way.name().size() <= longest &&
           way.mount().hold().missing_at(way.physical());
}

Task<bool> FileSystem::Impl::ask(Journey& way, AttrMask mask, Handle& handle, Attributes& found) {
    Mount& mount = way.mount();
    const bool named = way.plain() && !way.ends_nameless();
    if (named) {
        if (auto from = mount.stat_habit().begin(way.physical_directory()))
            co_return co_await ask_with_listing(way, *from, mask, handle, found);
    }
    auto asked = mount.hold().now();
    Compound program = way.program();
    way.walk_to_end(program);
    program.get_handle().getattr(stat_mask | mask);
    Reply reply = co_await mount.run(program);
    bool again = co_await way.met_symlink(reply, 1);
    if (again) co_return false;
    auto* walk = reply.at<Walk>(1);
    const bool at_end = walk && walk->walked == count_components(way.directory());
    if (named && at_end) learn_missing(way, reply.error, asked);
    if (!reply.ok()) co_await error_at(way, reply.error);
    found = reply.find<GetAttr>()->attributes;
    handle = reply.find<GetHandle>()->handle;
    mount.hold().learn(handle, found, asked);
    way.learn_end(handle, asked);
    if (named) mount.stat_habit().asked(way.physical_directory());
    co_return true;
}

Task<bool> FileSystem::Impl::ask_with_listing(Journey& way, StatHabit::From from, AttrMask mask,
                                              Handle& handle, Attributes& found) {
    Mount& mount = way.mount();
    const std::string directory(way.physical_directory());
    const MonoTime began = MonoClock::now();
    auto asked = mount.hold().now();
    Compound program = way.program();
    way.walk_to_directory(program);
    program.get_handle().getattr(stat_mask);
    program.readdir(OpenDirectory::whole_chunk(from.cookie, from.verifier));
    constexpr size_t at_listing = 4, at_walk = 5;
    program.walk(way.name()).get_handle().getattr(stat_mask | mask);
    auto ran = co_await mount.run(program).result();
    auto* chunk = ran && ran->completed > at_listing ? ran->at<ReadDir>(at_listing) : nullptr;
    mount.stat_habit().listed(directory, chunk);
    if (!ran) co_return ran.error();
    Reply& reply = *ran;
    // No directory, or one that may not be listed: the name is asked for by itself.
    if (!chunk) co_return false;
    const Handle above = reply.at<GetHandle>(2)->handle;
    const Attributes& listed = reply.at<GetAttr>(3)->attributes;
    mount.hold().learn(above, listed, asked);
    const bool all =
        mount.may_search(listed) && mount.hold().learn_entries(directory, chunk->entries, asked);
    if (all && chunk->eof && from.cookie == 0)
        mount.hold().learn_whole(directory, listed.change, asked, began);
    if (reply.completed == at_walk) learn_missing(way, reply.error, asked);
    if (!reply.ok()) co_await error_at(way, reply.error);
    handle = reply.at<GetHandle>(at_walk + 1)->handle;
    found = reply.at<GetAttr>(at_walk + 2)->attributes;
    mount.hold().learn(handle, found, asked);
    way.learn_end(handle, asked);
    co_return true;
}

Task<Attributes> FileSystem::Impl::look(Journey& way, AttrMask mask) {
    for (;;) {
        Mount& mount = way.mount();
        Attributes found;
        Handle handle;
        const Handle* known = way.plain() ? mount.hold().handle_at(way.physical()) : nullptr;
        const Attributes* held =
            known ? mount.hold().attributes(*known, mask - AttrMask(Attr::handle)) : nullptr;
        if (held) {
            found = *held;
            handle = *known;
            mount.stat_habit().known(way.physical_directory());
        } else {
            if (known_missing(way)) co_return Errc::noent;
            bool answered = co_await ask(way, mask - AttrMask(Attr::handle), handle, found);
            if (!answered) continue;
        }
        found.handle = handle;
        found.valid |= Attr::handle;
        if (found.type == FileType::symlink && way.follows()) {
            co_await way.follow_end();
            continue;
        }
        if (found.type != FileType::directory && way.must_be_directory()) co_return Errc::notdir;
        FileState* state = mount.find_state(handle);
        if (!state || !state->writes().pending()) co_return found;
        // What waits to be written goes first: size and times are the server's.
        FileStateRef keep(state);
        co_await keep->writes().flush();
        const Attributes* after = mount.hold().attributes(handle, mask - AttrMask(Attr::handle));
        if (after) found = *after;
        if (!after) found = co_await fetch_attributes(mount, handle, mask);
        keep->overlay(found);
        found.handle = handle;
        found.valid |= Attr::handle;
        co_return found;
    }
}

void learn_xattrs(Mount& mount, const Handle& handle, const Attributes& attributes, Reply& reply) {
    auto* list = reply.find<ListXattrs>();
    if (list && list->eof && list->names.empty())
        mount.hold().learn_no_xattrs(handle, attributes.change);
}

template <class T>
constexpr bool about_xattrs = std::is_same_v<T, GetXattr> || std::is_same_v<T, ListXattrs>;

// The node at the journey's end, when it is known and no symlink that is to be followed.
static std::optional<Handle> known_end(Journey& way) {
    if (way.ends_nameless()) return way.base() ? std::optional(way.base()->handle()) : std::nullopt;
    if (!way.plain()) return std::nullopt;
    const Handle* handle = way.mount().hold().handle_at(way.physical());
    const Attributes* known = handle ? way.mount().hold().last_known(*handle) : nullptr;
    if (!known || (known->type == FileType::symlink && way.follows())) return std::nullopt;
    if (way.must_be_directory() && known->type != FileType::directory) return std::nullopt;
    return *handle;
}

// What is known of a node's extended attributes without asking: that its file system has none
// (notsup), or that it has none itself.
template <class T>
static std::optional<Result<typename T::Result>> known_xattrs(Journey& way) {
    Mount& mount = way.mount();
    if (std::is_same_v<T, ListXattrs>) mount.xattrs_were_listed();
    auto end = known_end(way);
    if (!end) return std::nullopt;
    const Attributes* known = mount.hold().attributes(*end, Attr::fsid);
    if (mount.refusals().refused(Refusals::Feature::xattrs, known)) return fail(Errc::notsup);
    if (!mount.hold().no_xattrs(*end)) return std::nullopt;
    if constexpr (std::is_same_v<T, ListXattrs>) return ListXattrs::Result{.eof = true};
    return fail(Errc::nodata);
}

template <class T>
Task<typename T::Result> FileSystem::Impl::ask_object(At at, T op) {
    Journey way(mounts, at, at.follow);
    co_await way.begin();
    if constexpr (std::is_same_v<T, CheckAccess>) {  // whoever holds it had a right to it
        if (way.ends_at_removed()) co_return CheckAccess::Result{op.wanted, op.wanted};
    }
    for (;;) {
        Mount& mount = way.mount();
        if constexpr (about_xattrs<T>) {
            if (auto known = known_xattrs<T>(way)) co_return std::move(*known);
        }
        if (known_missing(way)) co_return Errc::noent;
        co_await settle_attributes(mount, way.physical());
        auto asked = mount.hold().now();
        Compound program = way.program();
        way.walk_to_end(program);
        program.get_handle().getattr(stat_mask).add(op);
        Reply reply = co_await mount.run(program);
        bool again = co_await way.met_symlink(reply, 1);
        if (again) continue;
        auto* found = reply.find<GetAttr>();
        if (!found) co_await error_at(way, reply.error);
        const Handle& handle = reply.find<GetHandle>()->handle;
        FileState* state = mount.find_state(handle);
        if (!state || !state->writes().pending())
            mount.hold().learn(handle, found->attributes, asked);
        way.learn_end(handle, asked);
        if (found->attributes.type == FileType::symlink && way.follows()) {
            co_await way.follow_end();
            continue;
        }
        if (found->attributes.type != FileType::directory && way.must_be_directory())
            co_return Errc::notdir;
        if (about_xattrs<T> && reply.error == Errc::notsup)
            mount.refusals().note(Refusals::Feature::xattrs, &found->attributes);
        if (!reply.ok()) co_return reply.error;
        if constexpr (std::is_same_v<T, ListXattrs>)
            learn_xattrs(mount, handle, found->attributes, reply);
        // The last result: GetAttr may be the operation itself.
        co_return std::move(std::get<typename T::Result>(reply.results.back()));
    }
}

template <class T>
Task<> FileSystem::Impl::change_object(At at, T op) {
    Journey way(mounts, at, at.follow);
    co_await way.begin();
    for (;;) {
        Mount& mount = way.mount();
        co_await mount.writable();
        co_await write_back(mount, way.physical());
        co_await settle_attributes(mount, way.physical());
        // A change must not hit a symlink that is to be followed: the backend sees to it in the
        // same compound, or we look first.
        if (way.must_be_directory() || (way.follows() && !mount.capabilities().checked_walk_end)) {
            Attributes looked = co_await look(way, Attr::type);
            (void)looked;
        }
        Compound program = way.program();
        way.walk_to_target(program);
        program.get_handle().add(op).getattr(stat_mask);
        Reply reply = co_await way.mount().run(program);
        bool again = co_await way.met_symlink(reply, 1);
        if (again) continue;
        auto* handle = reply.find<GetHandle>();
        auto* after = reply.find<GetAttr>();
        bool resized = false;
        if constexpr (std::is_same_v<T, SetAttr>) resized = op.attributes.size.has_value();
        if (handle && after) {
            way.learn_end(handle->handle, way.mount().hold().now());
            apply(way, handle->handle, after->attributes, resized);
        } else if (handle) {
            way.mount().hold().changed(handle->handle);
        }
        if (!reply.ok()) co_await error_at(way, reply.error);
        co_return;
    }
}

Task<Attributes> FileSystem::stat(At at, AttrMask mask) {
    if (at.directory && at.path.empty()) co_return co_await at.directory->stat(mask);
    Journey way(impl_->mounts, at, at.follow);
    co_await way.begin();
    if (way.ends_at_removed()) co_return co_await at.directory->stat(mask);
    co_return co_await impl_->look(way, mask);
}

Task<Attributes> FileSystem::statfs(At at) {
    if (at.directory && at.path.empty()) co_return co_await at.directory->statfs();
    GetAttr::Result got = co_await impl_->ask_object(at, GetAttr{statfs_mask});
    co_return got.attributes;
}

Task<> FileSystem::access(At at, uint32_t wanted) {
    if (wanted == 0) {
        Attributes there = co_await stat(at, Attr::type);
        (void)there;
        co_return;
    }
    CheckAccess::Result got = co_await impl_->ask_object(at, CheckAccess{wanted});
    if ((got.granted & wanted) != wanted) co_await Errc::access;
}

Task<Buffer> FileSystem::readlink(At at) {
    at.follow = false;
    ReadLink::Result got = co_await impl_->ask_object(at, ReadLink{});
    co_return got.target;
}

Task<> FileSystem::setattr(At at, const SetAttributes& attributes) {
    if (at.directory && at.path.empty()) {
        // The rights of the descriptor do not count here as they do for ftruncate.
        if (!attributes.size) {
            co_await at.directory->setattr(attributes);
            co_return;
        }
    }
    co_await impl_->change_object(at, SetAttr{attributes});
}

Task<Buffer> FileSystem::getxattr(At at, std::string_view name) {
    std::string_view inner = co_await user_name(name);
    GetXattr::Result got = co_await impl_->ask_object(at, GetXattr{inner});
    co_return got.value;
}

Task<> FileSystem::setxattr(At at, std::string_view name, Bytes value, SetXattr::Mode mode) {
    std::string_view inner = co_await user_name(name);
    co_await impl_->change_object(at, SetXattr{inner, value, mode});
}

Task<> FileSystem::removexattr(At at, std::string_view name) {
    std::string_view inner = co_await user_name(name);
    co_await impl_->change_object(at, RemoveXattr{inner});
}

Task<std::vector<std::string>> FileSystem::listxattrs(At at) {
    std::vector<std::string> names;
    ListXattrs ask;
    for (;;) {
        ListXattrs::Result got = co_await impl_->ask_object(at, ask);
        for (auto name : got.names) names.push_back("user." + std::string(name));
        if (got.eof || got.names.empty()) break;
        ask.cookie = got.cookie;
    }
    co_return names;
}

Task<std::string> FileSystem::realpath(At at) {
    Journey way(impl_->mounts, at, at.follow);
    co_await way.begin();
    Attributes there = co_await impl_->look(way, Attr::type);
    (void)there;
    co_return way.local_path();
}

}  // namespace strait::vfs
