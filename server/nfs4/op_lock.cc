// SPDX-License-Identifier: LGPL-2.1-or-later
// LOCK, LOCKT, LOCKU (RFC 8881 sections 18.10 to 18.12). A lock that must wait is refused; the
// client asks again.

#include "server/nfs4/limits.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/lock.h"

namespace strait::server::nfs4 {
namespace {

bool good_range(offset4 offset, length4 length) {
    return length != 0 && (length == NFS4_UINT64_MAX || length - 1 <= NFS4_UINT64_MAX - offset);
}

vfs::LockKind kind_of(nfs_lock_type4 type) {
    return type == WRITE_LT || type == WRITEW_LT ? vfs::LockKind::write : vfs::LockKind::read;
}

// Who stands in the way. `owner_room` holds its name until the reply is written.
LOCK4denied denied_by(Call& call, const vfs::LockConflict& conflict, std::string& owner_room) {
    LOCK4denied told;
    told.offset = conflict.offset;
    told.length = conflict.length;
    told.locktype = conflict.kind == vfs::LockKind::write ? WRITE_LT : READ_LT;
    owner_room = call.service.clients().owner_name(conflict.owner.client, conflict.owner.id);
    told.owner.clientid = conflict.owner.client;
    told.owner.owner = xdr::Opaque<NFS4_OPAQUE_LIMIT>(as_bytes(owner_room));
    return told;
}

class Lock final : public FileOperation<LOCK4args, LOCK4res> {
    size_t reply_bound(const Call&) const override { return 48 + NFS4_OPAQUE_LIMIT; }

    Built build(Program& program) override {
        if (!good_range(args.offset, args.length)) return NFS4ERR_INVAL;
        if (nfsstat4 wrong = check_grace(program.call()); wrong != NFS4_OK) return wrong;
        const stateid4& named = args.locker.new_lock_owner ? args.locker.open_owner.open_stateid
                                                           : args.locker.lock_owner.lock_stateid;
        if (program.is_pending(named)) return Built::after_flush();
        auto known = program.state(named);
        if (!known) return known.error();
        if (nfsstat4 wrong = find_owner(program.call(), *known); wrong != NFS4_OK) return wrong;
        StateUse use =
            kind_of(args.locktype) == vfs::LockKind::write ? StateUse::write : StateUse::read;
        Built entered = program.enter_with(named, use);
        if (!entered.ok()) return entered;
        step_ = program.add(vfs::Lock{kind_of(args.locktype),
                                      args.offset,
                                      args.length,
                                      {program.call().client().id(), owner_},
                                      args.reclaim});
        program.set_state_pending(*this);
        return NFS4_OK;
    }

    nfsstat4 check_grace(Call& call) const {
        SharedGrace& grace = call.service.grace();
        if (!args.reclaim)
            return grace.active() || !call.client().reclaim_complete ? NFS4ERR_GRACE : NFS4_OK;
        if (!grace.active() || call.client().reclaim_complete) return NFS4ERR_NO_GRACE;
        return grace.may_reclaim(call.client().owner()) ? NFS4_OK : NFS4ERR_RECLAIM_BAD;
    }

    nfsstat4 find_owner(Call& call, const StateView& known) {
        if (args.locker.new_lock_owner) {
            if (known.kind != StateKind::open) return NFS4ERR_BAD_STATEID;
            auto owner = call.states().lock_owner(args.locker.open_owner.lock_owner.owner.text());
            if (!owner) return owner.error();
            owner_ = *owner;
            open_key_ = known.key;
            return NFS4_OK;
        }
        if (known.kind != StateKind::lock) return NFS4ERR_BAD_STATEID;
        owner_ = known.lock_owner;
        open_key_ = known.open_key;
        return NFS4_OK;
    }

    nfsstat4 finish(Finish& finish) override {
        auto locked = finish.call().states().locked(open_key_, owner_, args.offset, args.length);
        key_ = locked.key;
        finish.program.name_state(*this, key_);
        res.resok4.lock_stateid = locked.stateid;
        return NFS4_OK;
    }
    nfsstat4 failed(Finish& finish, nfsstat4 status) override {
        if (status == NFS4ERR_DENIED)
            if (auto* told = finish.reply.at<vfs::Lock>(step_))
                res.denied = denied_by(finish.call(), told->conflict, owner_room_);
        return status;
    }
    uint32_t state_key() const override { return key_; }

    uint64_t owner_ = 0;
    uint32_t open_key_ = 0, key_ = 0;
    size_t step_ = 0;
    std::string owner_room_;
};

class LockTest final : public FileOperation<LOCKT4args, LOCKT4res> {
    size_t reply_bound(const Call&) const override { return 48 + NFS4_OPAQUE_LIMIT; }

    Built build(Program& program) override {
        if (!good_range(args.offset, args.length)) return NFS4ERR_INVAL;
        Call& call = program.call();
        if (call.service.grace().active()) return NFS4ERR_GRACE;
        auto owner = call.states().lock_owner(args.owner.owner.text());
        if (!owner) return owner.error();
        Built entered = program.enter(NFS4ERR_ISDIR);
        if (entered.ok())
            step_ = program.add(vfs::TestLock{
                kind_of(args.locktype), args.offset, args.length, {call.client().id(), *owner}});
        return entered;
    }
    nfsstat4 failed(Finish& finish, nfsstat4 status) override {
        if (status == NFS4ERR_DENIED)
            if (auto* told = finish.reply.at<vfs::TestLock>(step_))
                res.denied = denied_by(finish.call(), told->conflict, owner_room_);
        return status;
    }

    size_t step_ = 0;
    std::string owner_room_;
};

class Unlock final : public FileOperation<LOCKU4args, LOCKU4res> {
    Built build(Program& program) override {
        if (!good_range(args.offset, args.length)) return NFS4ERR_INVAL;
        if (program.is_pending(args.lock_stateid)) return Built::after_flush();
        auto known = program.state(args.lock_stateid);
        if (!known) return known.error();
        if (known->kind != StateKind::lock) return NFS4ERR_BAD_STATEID;
        Built entered = program.enter_with(args.lock_stateid, StateUse::any);
        if (!entered.ok()) return entered;
        key_ = known->key;
        program.add(vfs::Unlock{
            args.offset, args.length, {program.call().client().id(), known->lock_owner}});
        program.set_state(key_);
        return NFS4_OK;
    }
    nfsstat4 finish(Finish& finish) override {
        res.lock_stateid = finish.call().states().unlocked(key_, args.offset, args.length);
        return NFS4_OK;
    }

    uint32_t key_ = 0;
};

}  // namespace

std::unique_ptr<Operation> make_lock() { return make_operation<Lock>(); }
std::unique_ptr<Operation> make_lockt() { return make_operation<LockTest>(); }
std::unique_ptr<Operation> make_locku() { return make_operation<Unlock>(); }

}  // namespace strait::server::nfs4
