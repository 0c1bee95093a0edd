// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte-range locks. They never wait: who wants to, tries again when told.
#include "vfs/step_cursor.h"

namespace strait::vfs {

namespace {

// The caller itself: the open is the owner.
Owner lock_owner(const Owner& asked, const OpenRecord* record) {
    if (asked == Owner{} && record) return record->owner;
    return asked;
}

void remember(SmallVector<Owner, 2>& owners, const Owner& owner) {
    for (const Owner& known : owners)
        if (known == owner) return;
    owners.push_back(owner);
}

}  // namespace

Task<OpResult> Cursor::run(const Lock& op) {
    OpenRecord* record = co_await open_of(current_);
    auto [first, last] = co_await lock_range(op.offset, op.length);
    OpenAccess needed = op.kind == LockKind::read ? OpenAccess::read : OpenAccess::write;
    if (!record->may(needed)) co_return Errc::openmode;
    Owner owner = lock_owner(op.owner, record);
    std::lock_guard hold(record->mutex);
    if (record->closed) co_return Errc::bad_stateid;
    auto conflict = backend_.leases_.lock(*record->node, {first, last, op.kind, owner});
    if (conflict) {
        partial_ = Lock::Result{*conflict};
        co_return Errc::denied;
    }
    remember(record->lock_owners, owner);
    co_return Lock::Result{};
}

Task<OpResult> Cursor::run(const TestLock& op) {
    Node* file = co_await file_of(current_);
    auto [first, last] = co_await lock_range(op.offset, op.length);
    Owner owner = lock_owner(op.owner, current_.open.get());
    auto conflict = backend_.leases_.test(*file, {first, last, op.kind, owner});
    if (conflict) {
        partial_ = TestLock::Result{*conflict};
        co_return Errc::denied;
    }
    co_return TestLock::Result{};
}

Task<OpResult> Cursor::run(const Unlock& op) {
    OpenRecord* record = co_await open_of(current_);
    auto [first, last] = co_await lock_range(op.offset, op.length);
    backend_.leases_.unlock(*record->node, first, last, lock_owner(op.owner, record));
    co_return Done{};
}

}  // namespace strait::vfs
