// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte-range locks of an open file. Taking one drops what was read before, releasing one writes
// back: what programs that agree by locks expect of each other.
#include <algorithm>

#include "vfs/open_regular.h"

namespace strait::vfs {

namespace {
constexpr Duration first_wait = 1ms;
constexpr Duration longest_wait = 500ms;
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
    for (Duration pause = first_wait;; pause = std::min(pause * 2, longest_wait)) {
        auto taken = co_await try_lock(wanted).result();
        if (taken) break;
        if (taken.error() != Errc::again || !wait || !sleep) co_await taken.error();
        co_await sleep(pause);
    }
    state_->data_changed();
    state_->changed();
}

Task<> OpenRegular::unlock(uint64_t offset, uint64_t length, uint64_t owner) {
    co_await mount().usable();
    if (!open_) co_return;
    if (writes()) co_await state_->writes().commit();
    Compound program = on_open();
    program.add(Unlock{offset, length, {0, owner}});
    Reply done = co_await mount().run_all(program);
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
