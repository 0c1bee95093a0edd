// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/copier.h"

#include "tool/ends.h"
#include "vfs/path.h"

namespace strait::tool {

using vfs::Attr;
using vfs::Attributes;
using vfs::FileType;

namespace {

constexpr size_t files_at_once = 32;

vfs::SetTime exactly(Timestamp when) { return {.server_clock = false, .value = when}; }

bool called_off(Error error) { return error == Errc::cancelled || error == Errc::interrupted; }

vfs::SetAttributes attributes_to_keep(const Attributes& of) {
    vfs::SetAttributes all;
    all.mode = of.mode;
    all.uid = of.uid;
    all.gid = of.gid;
    all.atime = exactly(of.atime);
    all.mtime = exactly(of.mtime);
    return all;
}

// Owners are kept where we may: an ordinary user's copies are the user's. Bits that give another's
// rights go with that owner only.
Task<> set_or_leave_owner(const Place& to, vfs::SetAttributes attributes) {
    auto done = co_await set_attributes(to, attributes).result();
    bool refused = !done && (done.error() == Errc::perm || done.error() == Errc::access ||
                             done.error() == Errc::badowner || done.error() == Errc::inval);
    if (!refused || !attributes.uid) {
        co_await done;
        co_return;
    }
    attributes.uid.reset();
    attributes.gid.reset();
    if (attributes.mode) *attributes.mode &= 01777;
    co_await set_attributes(to, attributes);
}

bool inside(const Place& what, const Place& directory) {
    return what.files == directory.files &&
           vfs::is_within(vfs::normalise(what.path), vfs::normalise(directory.path));
}

}  // namespace

Copier::Copier(Job& job, const CopyOptions& options)
    : job_(job),
      options_(options),
      umask_(current_umask()),
      progress_(job.reactor(), options.progress) {}

void Copier::add(Place from, Place to) {
    progress_.state.files_known++;
    queue_.push_back({std::move(from), std::move(to), {}, false});
}

Task<> Copier::run() {
    Nursery side;
    side.spawn(progress_.draw());
    Parallel parallel(files_at_once);
    auto outcome = co_await queue_all(parallel).result();
    auto finished = co_await parallel.finish().result();
    side.stop();
    static const Scope unstoppable{};
    co_await side.close().within(unstoppable);
    progress_.erase();
    co_await outcome;
    co_await finished;
    co_await finish_directories();
}

// The newest first: a tree is walked in depth, so that the queue stays short.
Task<> Copier::queue_all(Parallel& parallel) {
    while (!queue_.empty() || running_ > 0) {
        if (queue_.empty()) {
            co_await changed_.wait();
            continue;
        }
        Work next = std::move(queue_.back());
        queue_.pop_back();
        running_++;
        co_await parallel.run(copy_or_tell(std::move(next)));
        const Scope& scope = co_await this_scope;
        if (scope.stop && scope.stop->stopped()) co_await scope.stop->reason();
    }
}

Task<> Copier::copy_or_tell(Work work) {
    auto outcome = co_await copy_one(work).result();
    running_--;
    progress_.state.files_done++;
    changed_.notify_all();
    if (outcome) {
        tell_done(work);
    } else if (!called_off(outcome.error())) {
        progress_.erase();
        job_.failed("copy", work.to.local() ? work.from : work.to, outcome.error());
    } else {
        job_.set_status(exit_failed);
    }
}

void Copier::tell_done(const Work& work) {
    if (!options_.verbose) return;
    progress_.erase();
    job_.out().print("{} -> {}\n", work.from.text, work.to.text);
    job_.out().flush();
}

Task<> Copier::copy_one(Work& work) {
    if (!work.known) {
        work.known = co_await look(work.from, !options_.recursive);
        if (!work.known) co_await Errc::noent;
        progress_.state.bytes_known += work.known->type == FileType::regular ? work.known->size : 0;
    }
    switch (work.known->type) {
        case FileType::directory:
            co_await copy_directory(work);
            break;
        case FileType::symlink:
            co_await copy_link(work);
            break;
        case FileType::regular:
            co_await copy_regular(work);
            break;
        default:
            co_await make_special(work.to, *work.known);
            co_await keep_attributes(work.to, *work.known);
            break;
    }
}

Task<> Copier::copy_directory(Work& work) {
    if (!options_.recursive) co_await Errc::isdir;
    if (inside(work.to, work.from)) co_await Errc::inval;  // it would never end
    std::vector<Entry> entries = co_await list(work.from);
    // Ours to write until all is in it.
    uint32_t mode = (work.known->mode & 07777 & ~umask_) | 0700;
    auto made = co_await make_directory(work.to, mode).result();
    bool fresh = made.has_value();
    if (!fresh) {
        if (made.error() != Errc::exist) co_await made;
        std::optional<Attributes> there = co_await look(work.to, true);
        if (!there || there->type != FileType::directory) co_await Errc::notdir;
    }
    vfs::SetAttributes after;
    if (fresh && mode != (work.known->mode & ~umask_))
        after.mode = work.known->mode & 0777 & ~umask_;
    if (options_.preserve) after = attributes_to_keep(*work.known);
    if (!after.empty()) directories_.push_back({work.to, after});
    for (Entry& each : entries) {
        Work below{work.from.child(each.name), work.to.child(each.name), {}, fresh};
        if (each.attributes.valid.has_all({Attr::type, Attr::size, Attr::mode})) {
            below.known = each.attributes;
            if (each.attributes.type == FileType::regular)
                progress_.state.bytes_known += each.attributes.size;
        }
        progress_.state.files_known++;
        queue_.push_back(std::move(below));
    }
}

Task<> Copier::copy_link(Work& work) {
    std::string target = co_await read_symlink(work.from);
    auto made = co_await make_symlink(work.to, target).result();
    if (!made && made.error() == Errc::exist) {
        std::optional<Attributes> there = co_await look(work.to, false);
        if (there && there->type == FileType::directory) co_await Errc::isdir;
        co_await remove_file(work.to);
        made = co_await make_symlink(work.to, target).result();
    }
    co_await made;
    co_await keep_attributes(work.to, *work.known);
}

Task<> Copier::keep_attributes(const Place& to, const Attributes& of) {
    if (!options_.preserve) co_return;
    vfs::SetAttributes all = attributes_to_keep(of);
    if (of.type == FileType::symlink) all.mode.reset();
    co_await set_or_leave_owner(to, all);
}

// The deepest first: a change below gives a directory a new time.
Task<> Copier::finish_directories() {
    for (size_t i = directories_.size(); i > 0; i--) {
        Directory& each = directories_[i - 1];
        auto outcome = co_await set_or_leave_owner(each.to, each.attributes).result();
        if (!outcome) job_.failed("set attributes of", each.to, outcome.error());
    }
}

}  // namespace strait::tool
