// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/open_directory.h"

#include <algorithm>

#include "vfs/file_state.h"

namespace strait::vfs {

namespace {
constexpr uint32_t chunk_bytes = 1u << 20;
constexpr size_t entry_bytes = 24;  // of a dirent64 besides its name, as getdents64(2) counts
}  // namespace

ReadDir OpenDirectory::whole_chunk(uint64_t cookie, uint64_t verifier) {
    return ReadDir{.cookie = cookie,
                   .verifier = verifier,
                   .max_bytes = chunk_bytes,
                   .mask = stat_mask | Attr::handle};
}

void OpenDirectory::give_first(ReadDir::Result chunk, Hold::Tick asked, uint64_t change) {
    give(0, std::move(chunk), asked, change);
    if (chunk_->eof && mount().policy().acregmin != 0s)
        mount().left_listing().came(handle(), chunk_);
}

void OpenDirectory::give(uint64_t cookie, ReadDir::Result chunk, Hold::Tick asked,
                         uint64_t change) {
    chunk_ = make_ref<ListingPart>(std::move(chunk), asked);
    if (node_.flags.directory && !chunk_->eof && !chunk_->entries.empty()) fetch_ahead();
    const MonoTime now = MonoClock::now();
    // After a long time another client may have given this directory another name.
    bool same_name = now - opened_at_ <= mount().policy().acdirmax;
    Hold& hold = mount().hold();
    const Attributes* self = hold.last_known(handle());
    const bool searched = !self || mount().may_search(*self);
    bool all = same_name && searched && hold.learn_entries(physical(), chunk_->entries, asked);
    if (cookie == 0)
        whole_ = Whole{asked, now, hold.evictions(), change, 0};
    else if (whole_ && whole_->to != cookie)
        whole_.reset();
    if (!all) whole_.reset();
    if (whole_ && !chunk_->entries.empty()) whole_->to = chunk_->entries.back().cookie;
    if (whole_ && chunk_->eof && whole_->evictions == hold.evictions())
        hold.learn_whole(physical(), whole_->change, whole_->asked, whole_->since);
    before_ = cookie;
    next_ = 0;
}

bool OpenDirectory::holds(uint64_t cookie) const {
    if (!chunk_) return false;
    if (cookie == before_) return true;
    return next_ > 0 && next_ <= chunk_->entries.size() &&
           chunk_->entries[next_ - 1].cookie == cookie;
}

// The chunk that follows, while this one is taken in and used.
void OpenDirectory::fetch_ahead() {
    if (mount().policy().acregmin == 0s) return;  // it would not be believed
    ahead_ = make_ref<Ahead>();
    ahead_->cookie = chunk_->entries.back().cookie;
    ahead_->asked = mount().hold().now();
    Compound program = at_node();
    program.readdir(whole_chunk(ahead_->cookie, chunk_->verifier));
    mount().background().spawn(run_ahead(MountRef(&mount()), std::move(program), ahead_));
}

Task<> OpenDirectory::run_ahead(MountRef mount, Compound program, Ref<Ahead> ahead) {
    auto outcome = co_await mount->run_all(program).result();
    ahead->reply = std::move(outcome);
    ahead->done.set();
}

// What was fetched ahead is taken unless it is old, or something of ours has changed meanwhile.
bool OpenDirectory::good_ahead(uint64_t cookie) const {
    return ahead_ && ahead_->cookie == cookie && ahead_->asked == mount().hold().now() &&
           MonoClock::now() - ahead_->begun <= mount().policy().acregmin;
}

Task<> OpenDirectory::fetch(uint64_t cookie) {
    co_await mount().usable();
    if (good_ahead(cookie)) {
        Ref<Ahead> ahead = std::exchange(ahead_, {});
        co_await ahead->done.wait();
        if (ahead->reply && ahead->asked == mount().hold().now()) {
            give(cookie, ahead->reply->take<ReadDir>(), ahead->asked, 0);
            co_return;
        }
    }
    auto asked = mount().hold().now();
    Compound program = at_node();
    program.readdir(whole_chunk(cookie, cookie == 0 || !chunk_ ? 0 : chunk_->verifier));
    Reply reply = co_await mount().run_all(program);
    give(cookie, reply.take<ReadDir>(), asked, 0);
}

Task<> OpenDirectory::add_dots(uint64_t cookie, std::vector<DirEntry>& entries) {
    if (cookie >= parent_cookie) co_return;
    Attributes self = co_await stat(stat_mask);
    if (cookie < self_cookie) entries.push_back({".", self_cookie, self, Errc::ok});
    // The parent's number is not worth a question: programs ask for it by stat.
    Attributes parent;
    parent.type = FileType::directory;
    parent.fileid = self.fileid;
    parent.valid = {Attr::type, Attr::fileid};
    entries.push_back({"..", parent_cookie, parent, Errc::ok});
}

Task<std::vector<DirEntry>> OpenDirectory::list(uint64_t cookie, uint32_t max_bytes,
                                                ReadDir::Result& storage) {
    std::vector<DirEntry> entries;
    if (named() == Named::removed) {
        storage.eof = true;
        co_return entries;
    }
    co_await add_dots(cookie, entries);
    uint64_t after = cookie <= parent_cookie ? 0 : cookie;
    // A listing that begins again, and one of a directory that we have changed, asks again. Going
    // on in the middle does not: no entry must be missed or seen twice.
    const bool changed = chunk_ && (chunk_->asked < moved_at() ||
                                    mount().hold().changed_since(physical(), chunk_->asked));
    const bool again = after == 0 && (next_ > 0 || changed);
    if (again || !holds(after)) co_await fetch(after);
    if (after == before_) next_ = 0;
    if (next_ == chunk_->entries.size() && !chunk_->eof && next_ > 0) co_await fetch(after);

    size_t bytes = entries.size() * (entry_bytes + 8);
    for (; next_ < chunk_->entries.size(); next_++) {
        const DirEntry& entry = chunk_->entries[next_];
        bytes += entry_bytes + entry.name.size();
        if (bytes > max_bytes && !entries.empty()) break;
        entries.push_back(entry);
        FileState* open = mount().find_state(entry.attributes.handle);
        if (open) open->overlay(entries.back().attributes);
    }
    storage.storage = chunk_->storage;
    storage.verifier = chunk_->verifier;
    storage.eof = chunk_->eof && next_ == chunk_->entries.size();
    if (entries.empty()) chunk_->end_told = true;
    co_return entries;
}

Task<> OpenDirectory::lock(LockKind kind, uint64_t offset, uint64_t length, uint64_t owner,
                           bool wait) {
    co_await mount().usable();
    auto [first, last] = co_await lock_range(offset, length);
    co_await mount().directory_locks().lock(handle(), {first, last, kind, {0, owner}}, wait);
    if (std::ranges::find(lock_owners_, owner) == lock_owners_.end()) lock_owners_.push_back(owner);
}

Task<> OpenDirectory::unlock(uint64_t offset, uint64_t length, uint64_t owner) {
    auto [first, last] = co_await lock_range(offset, length);
    mount().directory_locks().unlock(handle(), first, last, {0, owner});
}

Task<std::optional<LockConflict>> OpenDirectory::test_lock(LockKind kind, uint64_t offset,
                                                           uint64_t length, uint64_t owner) {
    auto [first, last] = co_await lock_range(offset, length);
    co_return mount().directory_locks().test(handle(), {first, last, kind, {0, owner}});
}

void OpenDirectory::drop_locks() {
    for (uint64_t owner : lock_owners_)
        mount().directory_locks().unlock(handle(), 0, lock_to_end, {0, owner});
    lock_owners_.clear();
}

Task<> OpenDirectory::close() {
    drop_locks();
    co_return;
}

}  // namespace strait::vfs
