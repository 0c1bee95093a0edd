// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/write_behind.h"

#include <algorithm>

#include "base/log.h"
#include "vfs/file_state.h"

namespace strait::vfs {

namespace {
constexpr size_t unstable_factor = 4;  // uncommitted bytes, in write_behind's, before a COMMIT
}  // namespace

// Never one whose CLOSE may be on its way, unless nothing else is left.
std::optional<Writer> WriteBehind::writer() const {
    auto open = file_.writer();
    return open ? open : closing_;
}

Compound WriteBehind::program_by(const std::optional<Writer>& by) const {
    Compound program = file_.mount().program(by ? by->as : CredentialRef());
    program.put(file_.handle());
    if (by) program.use_open(by->open);
    return program;
}

bool WriteBehind::pending(uint64_t offset, uint64_t count) const {
    return dirty_.overlaps(offset, count) || under_way_.overlaps(offset, count);
}

std::optional<BufferChain> WriteBehind::covered(uint64_t offset, size_t count) const {
    if (auto dirty = dirty_.covered(offset, count)) return dirty;
    if (dirty_.overlaps(offset, count)) return std::nullopt;
    return under_way_.covered(offset, count);
}

std::optional<BufferChain> WriteBehind::kept(uint64_t offset, size_t count) const {
    if (!believed_ || pending(offset, count)) return std::nullopt;
    if (uncommitted_.overlaps(offset, count)) return uncommitted_.covered(offset, count);
    return committing_.covered(offset, count);
}

Result<> WriteBehind::take_error(uint64_t& seen) const {
    if (seen == errors_) return {};
    seen = errors_;
    return fail(last_error_);
}

void WriteBehind::lost(Error error) {
    last_error_ = error;
    errors_++;
    file_.data_changed();
    log_debug("write-behind lost data: {}", errc_text(error.code));
}

bool WriteBehind::has_room(size_t bytes) const {
    const size_t most = file_.mount().policy().write_behind;
    const size_t piece = file_.mount().capabilities().max_write;
    return flushing_ == 0 && !attributes_pending() &&
           (unsent_bytes() == 0 || unsent_bytes() + bytes <= pacing_.window(piece, most)) &&
           unstable_bytes() <= 2 * unstable_factor * most;
}

WriteBehind::~WriteBehind() { file_.mount().waiting_data().remove(share_); }

void WriteBehind::account() {
    file_.mount().waiting_data().account(file_, share_, unsent_bytes() + unstable_bytes());
}

void WriteBehind::something_ended() {
    account();
    changed_.notify_all();
}

Task<> WriteBehind::room(size_t bytes) {
    WaitingData& all = file_.mount().waiting_data();
    for (;;) {
        co_await own_room(bytes);
        if (all.has_room(bytes) || !all.relieve()) co_return;
        co_await all.freed();
    }
}

Task<> WriteBehind::own_room(size_t bytes) {
    while (!has_room(bytes)) {
        if (flushing_ > 0) {
            co_await flushed_.wait();
            continue;
        }
        Counted partial(partial_);
        pump();
        if (unstable_bytes() > 0 && unsent_bytes() == 0) commit_soon();
        // A store that answers at once has told already.
        const bool nobody_tells = under_way_.empty() && setting_.empty() && committing_.empty();
        if (!nobody_tells) co_await changed_.wait();
    }
}

void WriteBehind::add(uint64_t offset, BufferChain data) {
    begin_waiting();
    dirty_.put(offset, std::move(data));
    pump();
    account();
}

void WriteBehind::add(const SetAttributes& change) {
    begin_waiting();
    if (!attributes_pending()) file_.mount().attributes_wait(1);
    attributes_.add(change);
}

void WriteBehind::attributes_settled() {
    setting_.clear();
    if (attributes_.empty()) file_.mount().attributes_wait(-1);
}

void WriteBehind::begin_waiting() {
    if (pending()) return;
    waits_since_ = MonoClock::now();
    file_.mount().something_waits();
}

void WriteBehind::send_aged(Duration age) {
    if (!pending() || MonoClock::now() - waits_since_ < age) return;
    Counted partial(partial_);
    pump();
}

void WriteBehind::cut_from(uint64_t size) {
    dirty_.cut(size, ~uint64_t{0} - size);
    uncommitted_.cut(size, ~uint64_t{0} - size);
    committing_.cut(size, ~uint64_t{0} - size);
    account();
}

bool WriteBehind::take_chunk(Chunk& chunk) {
    const size_t most = file_.mount().capabilities().max_write;
    for (auto at = dirty_.extents().begin(); at != dirty_.extents().end(); ++at) {
        size_t count = std::min(at->second.size(), most);
        if (count < most && partial_ == 0) continue;
        if (under_way_.overlaps(at->first, count)) continue;
        chunk.offset = at->first;
        chunk.doubts = doubts_;
        chunk.data = dirty_.take(at, most);
        return true;
    }
    return false;
}

// Attributes go behind all data, in the same compound as the last of it.
bool WriteBehind::take_attributes() {
    if (partial_ == 0 || attributes_.empty() || !setting_.empty()) return false;
    if (!dirty_.empty() || !under_way_.empty()) return false;
    setting_ = std::exchange(attributes_, {});
    return true;
}

void WriteBehind::pump() {
    Chunk chunk;
    while (take_chunk(chunk)) {
        chunk.sets_attributes = take_attributes();
        under_way_.put(chunk.offset, chunk.data);
        file_.mount().background().spawn(send(std::move(chunk), Ref<FileState>(&file_)));
        chunk = {};
    }
    chunk.sets_attributes = take_attributes();
    if (chunk.sets_attributes)
        file_.mount().background().spawn(send(std::move(chunk), Ref<FileState>(&file_)));
}

Task<> WriteBehind::send(Chunk chunk, Ref<FileState> keep) {
    auto by = writer();
    const MonoTime began = MonoClock::now();
    Compound program = program_by(by);
    Stability how = stable_ > 0 ? Stability::file_sync : Stability::unstable;
    const size_t write_at = program.ops.size();
    if (!chunk.data.empty()) program.write(chunk.offset, chunk.data, how);
    const size_t attributes_at = program.ops.size();
    if (chunk.sets_attributes)
        for (auto& change : setting_.merged()) program.setattr(change);
    program.getattr(stat_mask);
    auto reply = co_await file_.mount().run(program).result();
    under_way_.cut(chunk.offset, chunk.data.size());
    // The operation that failed may have left an empty result.
    auto* done = reply && reply->completed > write_at ? reply->find<Write>() : nullptr;
    auto* after = reply ? reply->find<GetAttr>() : nullptr;
    if (done) {
        pacing_.took(chunk.data.size(), file_.mount().capabilities().max_write,
                     MonoClock::now() - began);
        sent(chunk, *done);
    }
    if (after) file_.written_to(after->attributes);
    if (!after) file_.changed();
    if (!done && !chunk.data.empty()) lost(reply ? reply->error : reply.error());
    if (chunk.sets_attributes) {
        co_await attributes_sent(reply ? &*reply : nullptr, attributes_at);
        // Times were set before the rest of a write that came up short.
        if (!dirty_.empty()) {
            setting_.add(attributes_);
            attributes_ = setting_;
        }
        attributes_settled();
    }
    pump();
    something_ended();
}

Task<> WriteBehind::attributes_sent(const Reply* reply, size_t at) {
    if (reply && reply->completed >= at + setting_.merged().size()) co_return;
    // Which of them is refused is not known, nor must one keep the others back.
    co_await set_one_by_one();
}

Task<> WriteBehind::set_one_by_one() {
    auto by = writer();
    for (size_t i = 0; i < setting_.steps().size(); i++) {
        Compound program = file_.mount().program(by ? by->as : CredentialRef());
        program.put(file_.handle()).setattr(setting_.steps()[i]).getattr(stat_mask);
        auto reply = co_await file_.mount().run_all(program).result();
        if (reply) file_.changed_to(reply->take<GetAttr>().attributes);
        if (!reply) lost(reply.error());
    }
}

void WriteBehind::sent(const Chunk& chunk, const Write::Result& done) {
    if (done.count == 0) return lost(Errc::io);
    size_t count = std::min<size_t>(done.count, chunk.data.size());
    if (count < chunk.data.size())
        dirty_.put_under(chunk.offset + count, chunk.data.slice(count, chunk.data.size() - count));
    const bool alone = uncommitted_.empty() && committing_.empty();
    believed_ = (believed_ || alone) && chunk.doubts == doubts_;
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
    Compound program = program_by(by);
    program.commit();
    auto reply = co_await file_.mount().run(program).result();
    if (reply && reply->ok()) {
        committed(reply->take<Commit>());
    } else {
        lost(reply ? reply->error : reply.error());
        committing_.clear();
    }
    pump();
    something_ended();
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
           dirty_.extents().size() <= most_extents_at_once && under_way_.empty() &&
           setting_.empty() && unstable_bytes() == 0;
}

}  // namespace strait::vfs
