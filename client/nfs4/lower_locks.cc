// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte-range locks. An owner's lock state lies under one open of the file (OpenTable::locked_by),
// whichever of the opens a program means.
#include <algorithm>

#include "client/nfs4/lowering.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/lock.h"
#include "wire/nfs4/open.h"
#include "wire/nfs4/stateid.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;

namespace {

nfs_lock_type4 to_lock_type(vfs::LockKind kind) {
    return kind == vfs::LockKind::read ? READ_LT : WRITE_LT;
}

OwnerKey lock_owner(const vfs::Owner& owner, vfs::OpenId open, const vfs::Handle& file) {
    if (owner.client == 0 && owner.id == 0) return {'l', ~uint64_t{0}, open.value};
    return {'l', owner.client, owner.id, vfs::HandleHash()(file)};
}

vfs::LockConflict to_conflict(const LOCK4denied& denied) {
    vfs::LockConflict conflict;
    conflict.offset = denied.offset;
    conflict.length = denied.length;
    conflict.kind = denied.locktype == READ_LT ? vfs::LockKind::read : vfs::LockKind::write;
    conflict.owner.client = denied.owner.clientid;
    if (auto ours = OwnerBytes::parse(denied.owner.owner)) {
        conflict.owner = {ours->client, ours->id};
    } else {
        conflict.owner.id = std::hash<std::string_view>()(denied.owner.owner.text());
    }
    return conflict;
}

// What an open must be for to take such locks.
int needed_for(vfs::LockKind kind) {
    return static_cast<int>(kind == vfs::LockKind::read ? vfs::OpenAccess::read
                                                        : vfs::OpenAccess::write);
}
bool allows(const HeldOpen& open, vfs::LockKind kind) {
    return (static_cast<int>(open.access) & needed_for(kind)) != 0;
}

}  // namespace

// The same owner opens the file for more: its stateid stays the same, and so do the locks under it
// (RFC 8881 section 9.11).
void Builder::widen(const HeldOpen& open, vfs::LockKind kind) {
    OwnerBytes owner(open.owner);
    auto access = static_cast<vfs::OpenAccess>(static_cast<int>(open.access) | needed_for(kind));
    OPEN4args args;
    args.share_access = static_cast<uint32_t>(access) | OPEN4_SHARE_ACCESS_WANT_NO_DELEG;
    args.share_deny = static_cast<uint32_t>(open.deny);
    args.owner = {mount_.session_.client_id(), owner.bytes()};
    args.claim.claim = CLAIM_FH;
    batch_.changes.push_back({.open = open.id, .access = access});
    add(args, &Takes::widened);
    spend(1, 256);
}

Takes::Status Takes::widened(Batch& batch, const Step&, Results& in) {
    OPEN4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK || batch.again) return status;
    const Change& change = batch.changes[batch.changes_done++];
    if (HeldOpen* open = batch.changed_open(change)) {
        open->stateid = result.resok4.stateid;
        open->access = change.access;
    }
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Lock& lock) {
    if (!room(2, 1536)) return Emitted::not_here;
    if (!open_here_ && !current_.open) return fail(Errc::bad_stateid);
    // The locks of an open are known by its id, which an open made here has not got yet.
    if (open_here_) return Emitted::not_here;
    auto open = held(current_.open);
    if (!open) return fail(open.error());
    OwnerKey key = lock_owner(lock.owner, current_.open, (*open)->handle);
    if (batch_.locks(current_.open) && !(*open)->find_locks(key)) return Emitted::not_here;
    OwnerBytes owner(key);
    HeldOpen* home = *open;
    if (!home->find_locks(key)) {
        for (HeldOpen* other : mount_.opens_.locked_by(key, home->handle)) {
            HeldLocks* there = other->find_locks(key);
            if (there->ranges.empty()) {
                add(FREE_STATEID4args{latest(there->stateid)}, &Takes::status<FREE_STATEID4res>);
                spend(1);
                mount_.opens_.drop_locks(*other, key);
            } else {
                home = other;
                if (!allows(*home, lock.kind)) widen(*home, lock.kind);
            }
        }
    }
    LOCK4args args;
    args.locktype = to_lock_type(lock.kind);
    args.reclaim = lock.reclaim;
    args.offset = lock.offset;
    args.length = lock.length;
    if (HeldLocks* held = home->find_locks(key)) {
        args.locker.lock_owner = {latest(held->stateid), 0};
    } else {
        args.locker.new_lock_owner = true;
        args.locker.open_owner = {
            0, home->stateid, 0, {mount_.session_.client_id(), owner.bytes()}};
    }
    batch_.changes.push_back({.open = home->id,
                              .owner = key,
                              .kind = lock.kind,
                              .offset = lock.offset,
                              .length = lock.length,
                              .locks = true});
    add(args, &Takes::lock);
    spend(1, 1280);
    stateid_here_ = false;
    return Emitted::whole;
}

Takes::Status Takes::lock(Batch& batch, const Step& step, Results& in) {
    LOCK4res result;
    auto status = in.next(result);
    if (!status) return status;
    if (*status == NFS4ERR_DENIED)
        batch.result<vfs::Lock>(step.index).conflict = to_conflict(result.denied);
    if (*status != NFS4_OK) return status;
    batch.result<vfs::Lock>(step.index);
    if (batch.again) return status;
    const Change& change = batch.changes[batch.changes_done++];
    HeldOpen* open = batch.changed_open(change);
    if (!open) return status;
    HeldLocks& locks = batch.mount.opens_.add_locks(*open, change.owner);
    locks.stateid = result.resok4.lock_stateid;
    locks.add(change.kind, change.offset, change.length);
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::TestLock& test) {
    if (!room(1, 1280)) return Emitted::not_here;
    // The owner's bytes depend on the file: cut here, and its handle is known.
    if (!current_.names.empty()) return Emitted::not_here;
    OwnerBytes owner(lock_owner(test.owner, current_.open, current_.handle));
    batch_.result<vfs::TestLock>(index_);
    add(LOCKT4args{to_lock_type(test.kind),
                   test.offset,
                   test.length,
                   {mount_.session_.client_id(), owner.bytes()}},
        &Takes::test_lock);
    spend(1, 1280);
    return Emitted::whole;
}

Takes::Status Takes::test_lock(Batch& batch, const Step& step, Results& in) {
    LOCKT4res result;
    auto status = in.next(result);
    if (status && *status == NFS4ERR_DENIED)
        batch.result<vfs::TestLock>(step.index).conflict = to_conflict(result.denied);
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Unlock& unlock) {
    if (open_here_) return Emitted::not_here;
    auto open = held(current_.open);
    if (!open) return fail(open.error());
    OwnerKey key = lock_owner(unlock.owner, current_.open, (*open)->handle);
    if (batch_.locks(current_.open)) return Emitted::not_here;
    // An owner without locks has nothing to give back.
    auto homes = mount_.opens_.locked_by(key, (*open)->handle);
    std::erase_if(homes, [&](HeldOpen* each) { return each->find_locks(key)->ranges.empty(); });
    auto count = static_cast<uint32_t>(homes.size());
    if (!room(count)) return Emitted::not_here;
    for (HeldOpen* home : homes) {
        batch_.changes.push_back(
            {home->id, key, vfs::LockKind::read, unlock.offset, unlock.length});
        const stateid4 locked = latest(home->find_locks(key)->stateid);
        add(LOCKU4args{READ_LT, 0, locked, unlock.offset, unlock.length}, &Takes::unlock);
    }
    spend(count);
    return Emitted::whole;
}

Takes::Status Takes::unlock(Batch& batch, const Step&, Results& in) {
    LOCKU4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK || batch.again) return status;
    const Change& change = batch.changes[batch.changes_done++];
    HeldOpen* open = batch.changed_open(change);
    HeldLocks* locks = open ? open->find_locks(change.owner) : nullptr;
    if (!locks) return status;
    locks->stateid = result.lock_stateid;
    locks->remove(change.offset, change.length);
    return status;
}

}  // namespace strait::client::nfs4
