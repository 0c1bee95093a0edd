// SPDX-License-Identifier: LGPL-2.1-or-later
// State that the server has forgotten or revoked: taken back where it can be, marked lost where not
// (RFC 8881 sections 8.4.2 and 8.4.3).
#include <functional>

#include "base/log.h"
#include "client/nfs4/mount.h"
#include "wire/nfs4/delegation.h"
#include "wire/nfs4/errc_map.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/lock.h"
#include "wire/nfs4/open.h"
#include "wire/nfs4/stateid.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;
using Verdict = SessionCall::Verdict;

namespace {

constexpr Duration first_pause = 50ms, longest_pause = 1s;

// A compound of our own making, whose last result is wanted.
template <class Res>
class StateCall final : public SessionCall {
  public:
    using SessionCall::SessionCall;
    bool with_handle = false;
    Res result;
    std::unique_ptr<wire::xdr::Reader> kept;  // what the result's views point into

  private:
    Result<> answered(CompoundResults& from) override {
        PUTFH4res put;
        auto last = with_handle ? from.next(put) : Result<nfsstat4>(NFS4_OK);
        if (last && *last == NFS4_OK) last = from.next(result);
        if (!last) return fail(last.error());
        status = *last;
        return {};
    }
};

}  // namespace

// One operation on `handle` (or on none), again and again while the server asks for patience.
template <class Res, class Args>
Task<nfsstat4> Mount::ask_about(const vfs::Handle* handle, const Args& args, Res& result,
                                const vfs::Credential* credential) {
    for (Duration pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
        uint32_t slot = co_await session_.acquire(true);
        auto call = make_ref<StateCall<Res>>(session_);
        call->cache_this = true;
        call->with_handle = handle != nullptr;
        wire::xdr::Writer out;
        CompoundCall compound = session_.begin(out, *call, slot, credential);
        if (handle) {
            compound.add(PUTFH4args{handle->bytes()});
            call->operations.push_back(OP_PUTFH);
        }
        compound.add(args);
        call->operations.push_back(op_of<Args>);
        session_.send(compound, out, call);
        co_await call->done.wait();
        if (call->verdict == Verdict::failed) co_return call->error;
        if (call->verdict == Verdict::again) co_return Errc::badsession;
        if (call->verdict == Verdict::answered && call->status != NFS4ERR_DELAY) {
            result = std::move(call->result);
            co_return call->status;
        }
        co_await reactor_.sleep_for(pause);
    }
}

// The server has restarted: everything that we hold is claimed again, then the claim is closed.
Task<> Mount::reclaim() {
    for (vfs::OpenId id : opens_.all()) {
        HeldOpen* open = opens_.find(id);
        if (open && !open->lost) co_await reclaim_open(id, CLAIM_PREVIOUS);
    }
    state_epoch_++;
    RECLAIM_COMPLETE4res result;
    nfsstat4 status = co_await ask_about(nullptr, RECLAIM_COMPLETE4args{false}, result, nullptr);
    if (status != NFS4_OK && status != NFS4ERR_COMPLETE_ALREADY) co_await error_of(status);
    session_.reclaim_complete_done(true);
}

// CLAIM_PREVIOUS in the grace period; CLAIM_FH asks for it anew, which is as good only for what
// promises nothing: no deny mode, no lock.
Task<> Mount::reclaim_open(vfs::OpenId id, uint32_t claim) {
    HeldOpen before = *opens_.find(id);
    OwnerBytes owner(before.owner);
    OPEN4args args;
    args.share_access = static_cast<uint32_t>(before.access) | OPEN4_SHARE_ACCESS_WANT_NO_DELEG;
    args.share_deny = static_cast<uint32_t>(before.deny);
    args.owner = {session_.client_id(), owner.bytes()};
    args.claim.claim = static_cast<open_claim_type4>(claim);
    OPEN4res result;
    nfsstat4 status = co_await ask_about(&before.handle, args, result, before.credential.get());
    bool promises = before.promises();
    bool too_late = status == NFS4ERR_NO_GRACE || status == NFS4ERR_RECLAIM_BAD;
    if (claim == CLAIM_PREVIOUS && too_late && !promises) {
        co_await reclaim_open(id, CLAIM_FH);
        co_return;
    }
    HeldOpen* open = opens_.find(id);
    if (!open) co_return;
    if (status != NFS4_OK) {
        log_warn("{}: an open file could not be taken back ({})", session_.server(),
                 to_string(status));
        open->lost = true;
        co_return;
    }
    open->stateid = result.resok4.stateid;
    for (const HeldLocks& held : before.locks) {
        if (held.ranges.empty())
            opens_.drop_locks(*open, held.owner);
        else
            co_await reclaim_locks(id, held, claim);
        if (!(open = opens_.find(id))) co_return;
    }
}

Task<> Mount::reclaim_locks(vfs::OpenId id, HeldLocks held, uint32_t claim) {
    OwnerBytes owner(held.owner);
    bool first = true;
    for (const HeldRange& range : held.ranges) {
        HeldOpen* open = opens_.find(id);
        if (!open || open->lost) co_return;
        LOCK4args args;
        args.locktype = range.kind == vfs::LockKind::read ? READ_LT : WRITE_LT;
        args.reclaim = claim == CLAIM_PREVIOUS;
        args.offset = range.begin;
        args.length = range.end == ~uint64_t{0} ? NFS4_UINT64_MAX : range.end - range.begin;
        args.locker.new_lock_owner = first;
        args.locker.open_owner = {0, open->stateid, 0, {session_.client_id(), owner.bytes()}};
        args.locker.lock_owner = {held.stateid, 0};
        LOCK4res result;
        vfs::Handle handle = open->handle;
        vfs::CredentialRef credential = open->credential;
        nfsstat4 status = co_await ask_about(&handle, args, result, credential.get());
        open = opens_.find(id);
        if (!open) co_return;
        if (status != NFS4_OK) {
            log_warn("{}: a lock could not be taken back ({})", session_.server(),
                     to_string(status));
            open->lost = true;
            co_return;
        }
        first = false;
        held.stateid = result.resok4.lock_stateid;
        if (HeldLocks* there = open->find_locks(held.owner)) there->stateid = held.stateid;
    }
}

// A stateid was refused although no new session was the cause: the lease had run out, or somebody
// has revoked it.
Task<> Mount::renew_open(vfs::OpenId id, uint32_t seen_epoch) {
    auto hold = co_await renewing_.lock();
    HeldOpen* open = opens_.find(id);
    if (!open || open->lost || state_epoch_ != seen_epoch) co_return;
    TEST_STATEID4args test;
    test.ts_stateids.push_back(latest(open->stateid));
    for (const HeldLocks& locks : open->locks) test.ts_stateids.push_back(latest(locks.stateid));
    std::vector<stateid4> tested(test.ts_stateids.begin(), test.ts_stateids.end());
    TEST_STATEID4res result;
    nfsstat4 status = co_await ask_about(nullptr, test, result, nullptr);
    auto& codes = result.tsr_resok4.tsr_status_codes;
    bool all_good = status == NFS4_OK && !codes.empty();
    for (size_t i = 0; i < codes.size(); i++) {
        if (codes[i] == NFS4_OK) continue;
        all_good = false;
        FREE_STATEID4res freed;
        bool known = codes[i] != NFS4ERR_BAD_STATEID && codes[i] != NFS4ERR_STALE_STATEID;
        if (known && i < tested.size())
            (void)co_await ask_about(nullptr, FREE_STATEID4args{tested[i]}, freed, nullptr);
    }
    state_epoch_++;
    open = opens_.find(id);
    if (!open) co_return;
    bool promises = open->promises();
    // The same refusal again and again for a stateid that the server calls good leads nowhere.
    if (all_good && ++open->renewals < 3) co_return;
    if (promises || all_good) {
        log_warn("{}: an open file or its locks were revoked", session_.server());
        open->lost = true;
        co_return;
    }
    co_await reclaim_open(id, CLAIM_FH);
}

// SEQUENCE says that some state was revoked: find out which.
Task<> Mount::check_state() {
    for (vfs::OpenId id : opens_.all()) {
        HeldOpen* open = opens_.find(id);
        if (!open || open->lost) continue;
        TEST_STATEID4args test;
        test.ts_stateids.push_back(latest(open->stateid));
        for (const HeldLocks& locks : open->locks)
            test.ts_stateids.push_back(latest(locks.stateid));
        TEST_STATEID4res result;
        nfsstat4 status = co_await ask_about(nullptr, test, result, nullptr);
        if (status != NFS4_OK) co_return;
        bool good = true;
        for (nfsstat4 code : result.tsr_resok4.tsr_status_codes) good = good && code == NFS4_OK;
        if (!good) co_await renew_open(id, state_epoch_);
    }
}

Task<> Mount::expire(uint64_t client) {
    for (vfs::OpenId id : opens_.all()) {
        HeldOpen* open = opens_.find(id);
        if (!open) continue;
        if (open->owner.kind == 'o' && open->owner.client == client) {
            co_await close_orphan(id);
            continue;
        }
        std::vector<OwnerKey> owners;
        for (const HeldLocks& locks : open->locks)
            if (locks.owner.client == client) owners.push_back(locks.owner);
        for (const OwnerKey& owner : owners) {
            vfs::Compound program;
            program.use_open(id).add(vfs::Unlock{.owner = {owner.client, owner.id}});
            co_await run_program(program);
        }
    }
}

void Mount::drop_orphan(vfs::OpenId open) { nursery_.spawn(close_orphan(open)); }

Task<> Mount::close_orphan(vfs::OpenId id) {
    HeldOpen* open = opens_.find(id);
    if (!open) co_return;
    if (open->handle.empty()) {
        opens_.erase(*open);
        co_return;
    }
    vfs::Compound program(open->credential);
    program.use_open(id).close();
    co_await run_program(program);
}

void Mount::return_delegation(const stateid4& stateid, const vfs::Handle& handle) {
    nursery_.spawn(give_back(stateid, handle));
}

Task<> Mount::give_back(stateid4 stateid, vfs::Handle handle) {
    DELEGRETURN4res result;
    (void)co_await ask_about(&handle, DELEGRETURN4args{stateid}, result, nullptr);
}

}  // namespace strait::client::nfs4
