// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/write_behind.h"

#include <algorithm>

#include "base/log.h"
#include "vfs/file_state.h"

namespace strait::vfs {

namespace {
constexpr size_t extents_at_once = 8;  // of one compound
constexpr size_t unstable_factor = 4;  // uncommitted bytes, in write_behind's, before a COMMIT
}  // namespace

// Never one whose CLOSE may be on its way, unless nothing else is left.
std::optional<Writer> WriteBehind::writer() const {
    auto open = file_.writer();
    return open ? open : closing_;
}

bool WriteBehind::pending(uint64_t offset, uint64_t count) const {
    return dirty_.overlaps(offset, count) || under_way_.overlaps(offset, count);
}

std::optional<BufferChain> WriteBehind::covered(uint64_t offset, size_t count) const {
    if (auto dirty = dirty_.covered(offset, count)) return dirty;
    if (dirty_.overlaps(offset, count)) return std::nullopt;
    return under_way_.covered(offset, count);
}

Result<> WriteBehind::take_error(uint64_t& seen) const {
    if (seen == errors_) return {};
    seen = errors_;
    return fail(last_error_);
}

void WriteBehind::lost(Error error) {
    last_error_ = error;
    errors_++;
    log_debug("write-behind lost data: {}", errc_text(error.code));
}

Task<> WriteBehind::room(size_t bytes) {
    const size_t most = file_.mount().policy().write_behind;
    const size_t piece = file_.mount().capabilities().max_write;
    while (flushing_ > 0 ||
           (unsent_bytes() > 0 && unsent_bytes() + bytes > pacing_.window(piece, most)) ||
           unstable_bytes() > 2 * unstable_factor * most) {
        if (flushing_ > 0) {
            co_await flushed_.wait();
            continue;
        }
        Counted partial(partial_);
        pump();
        if (unstable_bytes() > 0 && unsent_bytes() == 0) commit_soon();
        // A store that answers at once has told already.
        const bool nobody_tells = under_way_.empty() && committing_.empty();
        if (!nobody_tells) co_await changed_.wait();
    }
}

void WriteBehind::add(uint64_t offset, BufferChain data) {
    dirty_.put(offset, std::move(data));
    pump();
}

void WriteBehind::cut_from(uint64_t size) {
    dirty_.cut(size, ~uint64_t{0} - size);
    uncommitted_.cut(size, ~uint64_t{0} - size);
    committing_.cut(size, ~uint64_t{0} - size);
}

bool WriteBehind::take_chunk(Chunk& chunk) {
    const size_t most = file_.mount().capabilities().max_write;
    for (auto at = dirty_.extents().begin(); at != dirty_.extents().end(); ++at) {
        size_t count = std::min(at->second.size(), most);
        if (count < most && partial_ == 0) continue;
        if (under_way_.overlaps(at->first, count)) continue;
        chunk.offset = at->first;
        chunk.data = dirty_.take(at, most);
        return true;
    }
    return false;
}

void WriteBehind::pump() {
    Chunk chunk;
    while (take_chunk(chunk)) {
        under_way_.put(chunk.offset, chunk.data);
        file_.mount().background().spawn(send(std::move(chunk), Ref<FileState>(&file_)));
        chunk = {};
    }
}

Task<> WriteBehind::send(Chunk chunk, Ref<FileState> keep) {
    auto by = writer();
    const MonoTime began = MonoClock::now();
    Compound program = file_.mount().program();
    program.put(file_.handle());
    if (by) program.use_open(by->open);
    program
        .write(chunk.offset, chunk.data, stable_ > 0 ? Stability::file_sync : Stability::unstable)
        .getattr(stat_mask);
    auto reply = co_await file_.mount().run(program).result();
    under_way_.cut(chunk.offset, chunk.data.size());
    auto* done = reply ? reply->find<Write>() : nullptr;
    if (done) {
        pacing_.took(chunk.data.size(), file_.mount().capabilities().max_write,
                     MonoClock::now() - began);
        sent(chunk, *done);
        auto* after = reply->find<GetAttr>();
        if (after) file_.written_to(after->attributes);
        if (!after) file_.changed();
    } else {
        lost(reply ? reply->error : reply.error());
        file_.changed();
    }
    pump();
    changed_.notify_all();
}

void WriteBehind::sent(const Chunk& chunk, const Write::Result& done) {
    if (done.count == 0) return lost(Errc::io);
    size_t count = std::min<size_t>(done.count, chunk.data.size());
    if (count < chunk.data.size())
        dirty_.put_under(chunk.offset + count, chunk.data.slice(count, chunk.data.size() - count));
    // What was there before must never be sent again over this.
    uncommitted_.cut(chunk.offset, count);
    committing_.cut(chunk.offset, count);
    if (done.committed != Stability::unstable) return;
    if (!uncommitted_.empty() && verifier_ != done.verifier) send_again(uncommitted_);
    verifier_ = done.verifier;
    uncommitted_.put(chunk.offset, chunk.data.slice(0, count));
    size_t most = unstable_factor * file_.mount().policy().write_behind;
    if (uncommitted_.bytes() > most) commit_soon();
}

// The server restarted and may have forgotten these: they are dirty again, below what is newer.
void WriteBehind::send_again(ExtentMap& lost_by_server) {
    ExtentMap again = std::move(lost_by_server);
    lost_by_server.clear();
    again.cut(under_way_);
    again.cut(uncommitted_);
    for (auto& [offset, data] : again.extents()) dirty_.put_under(offset, data);
}

void WriteBehind::commit_soon() {
    if (uncommitted_.empty() || !committing_.empty()) return;
    committing_ = std::move(uncommitted_);
    committing_verifier_ = verifier_;
    uncommitted_.clear();
    file_.mount().background().spawn(send_commit(Ref<FileState>(&file_)));
}

Task<> WriteBehind::send_commit(Ref<FileState> keep) {
    auto by = writer();
    Compound program = file_.mount().program();
    program.put(file_.handle());
    if (by) program.use_open(by->open);
    program.commit();
    auto reply = co_await file_.mount().run(program).result();
    if (reply && reply->ok()) {
        committed(reply->take<Commit>());
    } else {
        lost(reply ? reply->error : reply.error());
        committing_.clear();
    }
    pump();
    changed_.notify_all();
}

void WriteBehind::committed(const Commit::Result& done) {
    if (done.verifier != committing_verifier_) return send_again(committing_);
    committing_.clear();
}

// Writers that wait for the flush have a signal of their own, given however it ends: two that flush
// and wait for a COMMIT would else wake each other for ever.
Task<> WriteBehind::flush() {
    Flushing flushing(*this);
    Counted partial(partial_);
    for (;;) {
        pump();
        if (!pending()) break;
        co_await changed_.wait();
    }
}

Task<> WriteBehind::commit() {
    if (small_rest()) {
        Counted stable(stable_);
        co_await flush();
    }
    while (!idle()) {
        co_await flush();
        commit_soon();
        if (!committing_.empty()) co_await changed_.wait();
    }
}

bool WriteBehind::small_rest() const {
    return dirty_.bytes() <= file_.mount().capabilities().max_write &&
           dirty_.extents().size() <= extents_at_once && under_way_.empty() &&
           unstable_bytes() == 0;
}

Task<> WriteBehind::finish(Writer by) {
    closing_ = by;
    if (small_rest() && !dirty_.empty()) {
        co_await finish_at_once(by);
    } else {
        co_await commit();
        file_.mount().close_later(by.handle, by.open);
    }
    if (closing_ && closing_->open == by.open) closing_.reset();
}

Task<> WriteBehind::finish_at_once(Writer by) {
    ExtentMap rest = std::move(dirty_);
    dirty_.clear();
    under_way_ = rest;
    Compound program = file_.mount().program();
    program.put(by.handle).use_open(by.open);
    for (auto& [offset, data] : rest.extents()) program.write(offset, data, Stability::file_sync);
    program.getattr(stat_mask).close();
    auto reply = co_await file_.mount().run(program).result();
    if (!reply || !reply->ok()) {
        // CLOSE is the last: whatever failed came before it.
        lost(reply ? reply->error : reply.error());
        file_.changed();
        file_.mount().close_later(by.handle, by.open);
    } else {
        size_t index = 2;
        for (auto& [offset, data] : rest.extents()) {
            size_t count = std::min<size_t>(reply->at<Write>(index++)->count, data.size());
            if (count < data.size())
                co_await write_through(
                    by, Chunk{offset + count, data.slice(count, data.size() - count)});
        }
        file_.written_to(reply->take<GetAttr>().attributes);
    }
    // Another open may have sent something beside it.
    under_way_.cut(rest);
    pump();
    changed_.notify_all();
}

// What a server left over of a write that had its CLOSE behind it.
Task<> WriteBehind::write_through(Writer by, Chunk rest) {
    while (!rest.data.empty()) {
        Compound program = file_.mount().program();
        program.put(by.handle).write(rest.offset, rest.data, Stability::file_sync);
        auto reply = co_await file_.mount().run_all(program).result();
        size_t count = reply ? reply->take<Write>().count : 0;
        count = std::min(count, rest.data.size());
        if (count == 0) {
            lost(reply ? Error(Errc::io) : reply.error());
            co_return;
        }
        rest.offset += count;
        rest.data = rest.data.slice(count, rest.data.size() - count);
    }
}

}  // namespace strait::vfs
