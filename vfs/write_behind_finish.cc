// SPDX-License-Identifier: LGPL-2.1-or-later
// The end of a writer: what is left of the data, COMMIT, attributes and CLOSE in one compound.
#include <algorithm>

#include "vfs/file_state.h"

namespace strait::vfs {

// One last compound, and where its parts stand in it.
struct WriteBehind::LastWords {
    explicit LastWords(Compound begun) : program(std::move(begun)) {}
    Writer by;
    ExtentMap rest;         // written by it
    ExtentMap unstable;     // written before, committed by it
    uint64_t verifier = 0;  // of `unstable`
    Compound program;
    size_t writes_at = 0, attributes_at = 0, attributes_end = 0;
};

Task<> WriteBehind::finish(Writer by, Close when) {
    closing_ = by;
    co_await drain();
    const bool idle = dirty_.empty() && attributes_.empty() && uncommitted_.empty();
    if (idle && when == Close::at_once) {
        co_await file_.mount().close_now(by.handle, by.open);
    } else if (idle) {
        file_.mount().close_later(by.handle, by.open);
    } else {
        co_await finish_at_once(by);
    }
    if (closing_ && closing_->open == by.open) closing_.reset();
}

bool WriteBehind::rest_is_large() const {
    return dirty_.bytes() > file_.mount().capabilities().max_write ||
           dirty_.extents().size() > most_extents_at_once;
}

// Until nothing is under way and the rest fits into one compound.
Task<> WriteBehind::drain() {
    Flushing flushing(*this);
    for (;;) {
        if (rest_is_large()) {
            Counted partial(partial_);
            pump();
        }
        bool done = under_way_.empty() && setting_.empty() && committing_.empty();
        if (done && !rest_is_large()) co_return;
        if (!done) co_await changed_.wait();
    }
}

void WriteBehind::write_down(LastWords& last) const {
    last.program.put(last.by.handle).use_open(last.by.open);
    last.writes_at = last.program.ops.size();
    Stability how = last.unstable.empty() ? Stability::file_sync : Stability::unstable;
    for (auto& [offset, data] : last.rest.extents()) last.program.write(offset, data, how);
    if (!last.unstable.empty()) last.program.commit();
    last.attributes_at = last.program.ops.size();
    for (auto& change : setting_.merged()) last.program.setattr(change);
    last.attributes_end = last.program.ops.size();
    last.program.getattr(stat_mask).close();
}

Task<> WriteBehind::finish_at_once(Writer by) {
    LastWords last(file_.mount().program(by.as));
    last.by = by;
    last.rest = std::exchange(dirty_, {});
    uncommitted_.cut(last.rest);
    last.unstable = std::exchange(uncommitted_, {});
    last.verifier = verifier_;
    under_way_ = last.rest;
    committing_ = last.unstable;  // counted as unstable until it is over
    committing_verifier_ = verifier_;
    setting_ = std::exchange(attributes_, {});
    write_down(last);
    auto reply = co_await file_.mount().run(last.program).result();
    if (reply && reply->completed >= last.attributes_at) {
        co_await judge(last, *reply);
    } else {
        lost(reply ? reply->error : reply.error());
        if (!setting_.empty()) co_await set_one_by_one();
    }
    if (auto* after = reply ? reply->find<GetAttr>() : nullptr) {
        file_.written_to(after->attributes);
    } else {
        file_.changed();
    }
    // CLOSE is the last: whatever failed came before it.
    if (!reply || !reply->ok()) file_.mount().close_later(by.handle, by.open);
    // Another open may have sent something beside it.
    under_way_.cut(last.rest);
    committing_.clear();
    attributes_settled();
    pump();
    something_ended();
}

// All data has been taken: whether all of it is stable, and the attributes set.
Task<> WriteBehind::judge(LastWords& last, Reply& reply) {
    auto* commit = reply.find<Commit>();
    bool again = false;
    size_t index = last.writes_at;
    for (auto& [offset, data] : last.rest.extents()) {
        auto& write = *reply.at<Write>(index++);
        size_t count = std::min<size_t>(write.count, data.size());
        bool stable = write.committed != Stability::unstable ||
                      (commit && commit->verifier == write.verifier);
        if (!stable) count = 0;  // the server restarted in between
        if (count == data.size()) continue;
        again = true;
        co_await write_through(last.by, offset + count, data.slice(count, data.size() - count));
    }
    if (commit && commit->verifier != last.verifier) {
        again = true;
        co_await write_again(last.by);
    }
    if (setting_.empty()) co_return;
    bool set = reply.completed >= last.attributes_end;
    // What was written again has changed the times.
    if (again || !set) co_await set_one_by_one();
}

// The server may have forgotten what was to be committed: all of it that nothing newer covers.
Task<> WriteBehind::write_again(Writer by) {
    ExtentMap old = committing_;
    for (auto* newer : {&under_way_, &uncommitted_, &dirty_}) old.cut(*newer);
    for (auto& [offset, data] : old.extents()) under_way_.put(offset, data);
    for (auto& [offset, data] : old.extents()) co_await write_through(by, offset, data);
    under_way_.cut(old);
}

// What is not on the server although it had its CLOSE behind it.
Task<> WriteBehind::write_through(Writer by, uint64_t offset, BufferChain data) {
    while (!data.empty()) {
        Compound program = file_.mount().program(by.as);
        program.put(by.handle).write(offset, data, Stability::file_sync);
        auto reply = co_await file_.mount().run_all(program).result();
        size_t count = reply ? reply->take<Write>().count : 0;
        count = std::min(count, data.size());
        if (count == 0) {
            lost(reply ? Error(Errc::io) : reply.error());
            co_return;
        }
        offset += count;
        data = data.slice(count, data.size() - count);
    }
}

}  // namespace strait::vfs
