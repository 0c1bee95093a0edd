// SPDX-License-Identifier: LGPL-2.1-or-later
// CLOSE and OPEN_DOWNGRADE: the end of an open, or of a part of it.

#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/close.h"
#include "wire/nfs4/open.h"

namespace strait::server::nfs4 {
namespace {

class Close final : public FileOperation<CLOSE4args, CLOSE4res> {
    Built build(Program& program) override {
        // An open of this very stretch closes in it: nobody can hold a lock on it yet, unless the
        // open merged with one that was there; then the backend drops what its owner held.
        if (!program.is_pending(args.open_stateid)) {
            auto known = program.state(args.open_stateid);
            if (!known) return known.error();
            if (known->kind != StateKind::open) return NFS4ERR_BAD_STATEID;
        }
        Built entered = program.enter_with(args.open_stateid, StateUse::any);
        if (!entered.ok()) return entered;
        state_ = program.current().state;
        if (args.open_stateid != current_stateid)
            state_ = {CurrentState::Kind::known, program.state(args.open_stateid)->key, nullptr};
        drop_locks(program);
        program.add(vfs::Close{});
        program.closed();
        return NFS4_OK;
    }

    void drop_locks(Program& program) const {
        if (state_.kind != CurrentState::Kind::known) return;
        uint64_t client = program.call().client().id();
        for (uint64_t owner : program.call().states().holders(state_.key))
            program.add(vfs::Unlock{0, vfs::lock_to_end, {client, owner}});
    }

    nfsstat4 finish(Finish& finish) override {
        uint32_t key = state_.key;
        if (state_.kind == CurrentState::Kind::pending) key = state_.maker->state_key();
        finish.call().states().closed(key);
        res.open_stateid = invalid_stateid;
        return NFS4_OK;
    }

    CurrentState state_;
};

class OpenDowngrade final : public FileOperation<OPEN_DOWNGRADE4args, OPEN_DOWNGRADE4res> {
    Built build(Program& program) override {
        if (program.is_pending(args.open_stateid)) return Built::after_flush();
        auto known = program.state(args.open_stateid);
        if (!known) return known.error();
        if (known->kind != StateKind::open) return NFS4ERR_BAD_STATEID;
        uint32_t access = static_cast<uint32_t>(known->access);
        uint32_t deny = static_cast<uint32_t>(known->deny);
        uint32_t wanted = args.share_access & ~OPEN4_SHARE_ACCESS_WANT_DELEG_MASK;
        if (wanted == 0 || (wanted & ~access) != 0 || (args.share_deny & ~deny) != 0)
            return NFS4ERR_INVAL;
        Built entered = program.enter_with(args.open_stateid, StateUse::any);
        if (!entered.ok()) return entered;
        key_ = known->key;
        access_ = static_cast<vfs::OpenAccess>(wanted);
        deny_ = static_cast<vfs::OpenDeny>(args.share_deny);
        program.add(vfs::Downgrade{access_, deny_});
        program.set_state(key_);
        return NFS4_OK;
    }
    nfsstat4 finish(Finish& finish) override {
        res.resok4.open_stateid = finish.call().states().downgraded(key_, access_, deny_);
        return NFS4_OK;
    }

    uint32_t key_ = 0;
    vfs::OpenAccess access_{};
    vfs::OpenDeny deny_{};
};

}  // namespace

std::unique_ptr<Operation> make_close() { return make_operation<Close>(); }
std::unique_ptr<Operation> make_open_downgrade() { return make_operation<OpenDowngrade>(); }

}  // namespace strait::server::nfs4
