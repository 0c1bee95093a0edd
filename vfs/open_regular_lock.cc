// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte-range locks of an open file. Taking one drops what was read before, releasing one writes
// back: what programs that agree by locks expect of each other.
#include <algorithm>

#include "vfs/open_regular.h"

namespace strait::vfs {

namespace {
constexpr Duration first_wait = 1ms;
constexpr Duration longest_wait = 500ms;
constexpr int most_refusals = 10;
constexpr size_t most_ranges = 64;

uint64_t end_of(uint64_t offset, uint64_t length) {
    return length > ~uint64_t{0} - offset ? ~uint64_t{0} : offset + length;
}

// Between two tries: ends early when a lock is released here, and with the scope around.
class Pause final : private StopCallback {
  public:
    Pause(FileState& file, const Scope& around) : file_(file), scope_{around.deadline, &source_} {
        if (around.stop) around.stop->add(*this);
        file_.add_lock_wait(source_);
    }
    ~Pause() override { file_.remove_lock_wait(source_); }
    const Scope& scope() const { return scope_; }

  private:
    void on_stop(Errc reason) noexcept override { source_.request_stop(reason); }
    FileState& file_;
    StopSource source_;
    Scope scope_;
};

Result<> still_wanted(const Scope& scope) {
    if (scope.stop && scope.stop->stopped()) return fail(scope.stop->reason());
    return {};
}
}  // namespace

Task<> OpenRegular::try_lock(const Lock& wanted) {
    Compound program = on_open();
    program.add(wanted);
    Reply reply = co_await mount().run(program);
    if (reply.ok()) co_return;
    if (reply.error.code == Errc::denied)
        co_await Error(Errc::again, reply.error.domain, reply.error.status);
    co_await reply.error;
}

Task<> OpenRegular::lock(LockKind kind, uint64_t offset, uint64_t length, uint64_t owner,
                         bool wait) {
    co_await mount().usable();
    if (kind == LockKind::write ? !writes() : !reads()) co_await Errc::badf;
    co_await pin();
    const auto& sleep = mount().options().sleep;
    Lock wanted{.kind = kind, .offset = offset, .length = length, .owner = {0, owner}};
    const Scope& around = co_await this_scope;
    // A try that was sent is heard to its end: nobody may hold a lock unknowingly.
    const Scope one_try{around.deadline, nullptr};
    int refused = 0;
    for (Duration pause = first_wait;; pause = std::min(pause * 2, longest_wait)) {
        co_await still_wanted(around);
        auto taken = co_await try_lock(wanted).within(one_try).result();
        if (taken) break;
        // A server that is short of something (NFS4ERR_RESOURCE) may not stay so, whoever releases
        // a lock meanwhile.
        bool short_of = taken.error() == Errc::delay;
        if (short_of && ++refused > most_refusals) co_await Errc::nolck;
        if ((taken.error() != Errc::again && !short_of) || !wait || !sleep) co_await taken.error();
        co_await still_wanted(around);
        if (short_of) {
            co_await sleep(pause).within(around);
            continue;
        }
        Pause between(*state_, around);
        auto slept = co_await sleep(pause).within(between.scope()).result();
        if (!slept && slept.error() == Errc::again) pause = first_wait / 2;
    }
    had_locks_ = true;
    if (locked_.size() >= most_ranges) locked_.erase(locked_.begin());
    locked_.push_back({offset, end_of(offset, length)});
    state_->data_changed();
    state_->changed();
}

Task<> OpenRegular::unlock(uint64_t offset, uint64_t length, uint64_t owner) {
    co_await mount().usable();
    if (!open_) co_return;
    if (writes()) co_await state_->writes().commit();
    state_->recent().clear();
    const uint64_t end = end_of(offset, length);
    std::erase_if(locked_,
                  [&](const Range& each) { return each.offset < end && offset < each.end; });
    Compound program = on_open();
    program.add(Unlock{offset, length, {0, owner}});
    Reply done = co_await mount().run_all(program);
    state_->lock_released();
}

Task<std::optional<LockConflict>> OpenRegular::test_lock(LockKind kind, uint64_t offset,
                                                         uint64_t length, uint64_t owner) {
    co_await mount().usable();
    Compound program = at_node();
    program.add(TestLock{kind, offset, length, {0, owner}});
    Reply reply = co_await mount().run(program);
    std::optional<LockConflict> conflict;
    if (reply.ok()) co_return conflict;
    if (reply.error.code != Errc::denied) co_return reply.error;
    if (auto* found = reply.find<TestLock>()) conflict = found->conflict;
    if (!conflict) conflict.emplace();
    co_return conflict;
}

}  // namespace strait::vfs
