// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/batch.h"

#include "client/nfs4/mount.h"
#include "client/nfs4/rpc.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;

Batch::Batch(Mount& owner, uint32_t first_operation)
    : SessionCall(owner.session_), mount(owner), first(first_operation) {}

bool Batch::locks(vfs::OpenId open) const {
    for (const Change& change : changes)
        if (change.locks && change.open == open) return true;
    return false;
}

HeldOpen* Batch::changed_open(const Change& change) {
    return mount.opens_.find(change.open ? change.open : opening->made);
}

Result<> Batch::answered(CompoundResults& from) {
    for (const Step& step : steps) {
        if (from.left() == 0) break;
        auto told = step.take(*this, step, from);
        if (!told) return fail(told.error());
        if (*told != NFS4_OK) {
            failed = step;
            status = *told;
            return {};
        }
        steps_done++;
    }
    // A compound ends early only at an operation that failed.
    if (steps_done < steps.size() || status != NFS4_OK) return fail(Errc::protocol);
    return {};
}

Result<> Batch::reread() {
    again = true;
    failed.reset();
    steps_done = 0;
    wire::xdr::Reader in(reply);
    if (auto head = read_reply_head(in); !head) return head;
    CompoundResults from(in);
    if (auto head = from.read_head(); !head) return head;
    status = from.status();
    SEQUENCE4res sequence;
    if (auto first_result = from.next(sequence); !first_result) return fail(first_result.error());
    return answered(from);
}

void Batch::settled() noexcept {
    if (reclaim_complete) {
        bool done =
            verdict == Verdict::answered && (steps_done > 0 || status == NFS4ERR_COMPLETE_ALREADY);
        mount.session_.reclaim_complete_done(done);
        reclaim_complete = false;
    }
    if (opening && !opening->made) mount.opens_.give_back_owner(opening->owner);
    if (unwanted_delegation) mount.return_delegation(*unwanted_delegation, opening->handle);
    bool left_over = opening && opening->brief && mount.opens_.find(opening->made);
    if (!waited_for || left_over) end_orphans();
}

void Batch::end_orphans() noexcept {
    if (opening && opening->made && !opening->merged) mount.drop_orphan(opening->made);
}

}  // namespace strait::client::nfs4
