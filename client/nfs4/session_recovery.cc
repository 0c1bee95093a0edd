// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens when the server has lost our session, or the lease must be kept alive.
#include <algorithm>

#include "base/log.h"
#include "client/nfs4/session.h"
#include "client/nfs4/session_answer.h"
#include "wire/nfs4/errc_map.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;

namespace {

constexpr Duration first_pause = 100ms, longest_pause = 5s;

// What trying again cannot mend.
bool is_final(Error error) {
    switch (error.code) {
        case Errc::auth:
        case Errc::wrongsec:
        case Errc::notsup:
        case Errc::closed:
        case Errc::cancelled:
        case Errc::perm:
        case Errc::access:
            return true;
        default:
            return false;
    }
}

}  // namespace

void Session::lose(uint32_t epoch) noexcept {
    if (epoch != epoch_) return;
    // Everyone who waits in a slot of it starts anew, under the next session.
    epoch_++;
    for (Slot& slot : slots_) {
        Ref<SessionCall> call = std::exchange(slot.call, nullptr);
        if (call && !call->ended) transport_.abandon(*call, Errc::badsession);
    }
    slot_limit_ = 0;
    reclaim_under_way_ = false;
    wake_waiters();
    if (phase_ != Phase::up) return;  // recover() sees its own calls fail, and begins again
    phase_ = Phase::recovering;
    nursery_.spawn(recover());
}

Task<> Session::recover() {
    for (Duration pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
        auto renewed = co_await renew_session().result();
        if (renewed) break;
        log_info("{}: no new session yet: {}", server(), errc_text(renewed.error().code));
        if (is_final(renewed.error())) {
            failure_ = renewed.error();
            phase_ = Phase::failed;
            wake_waiters();
            co_return;
        }
        co_await reactor_.sleep_for(pause);
    }
    phase_ = Phase::up;
    wake_waiters();
}

// The session alone may be gone, or the client id with all its state.
Task<> Session::renew_session() {
    nfsstat4 status = co_await create_session();
    if (status == NFS4ERR_STALE_CLIENTID || status == NFS4ERR_SEQ_MISORDERED) {
        co_await exchange_id();
        status = co_await create_session();
    }
    if (status != NFS4_OK) co_await error_of(status);
    if (!new_client_) co_return;
    log_info("{} has restarted: taking back what was open", server());
    co_await keeper_.reclaim();
    new_client_ = false;
}

// The session has outlived a restart, the state behind it has not.
Task<> Session::recover_state() {
    reclaim_due_ = true;
    auto reclaimed = co_await keeper_.reclaim().result();
    if (!reclaimed) {
        new_client_ = true;
        co_await recover();
        co_return;
    }
    phase_ = Phase::up;
    wake_waiters();
}

Task<> Session::check_state() {
    auto checked = co_await keeper_.check_state().result();
    checking_state_ = false;
    co_await checked;
}

namespace {

// SEQUENCE alone: the lease lives on.
class Renewal final : public SessionCall {
  public:
    using SessionCall::SessionCall;

  private:
    Result<> answered(CompoundResults&) override { return {}; }
};

}  // namespace

// Only a client that has been idle needs to say that it lives.
Task<> Session::renew_lease() {
    for (;;) {
        MonoTime due = last_renewal_ + lease_ / 2;
        if (MonoClock::now() < due) {
            lease_known_.reset();
            auto woken = co_await reactor_.with_deadline(lease_known_.wait(), due).result();
            if (!woken && woken.error() != Errc::timedout) co_await woken;
            continue;
        }
        uint32_t slot = co_await acquire();
        auto call = make_ref<Renewal>(*this);
        wire::xdr::Writer out;
        auto compound = begin(out, *call, slot, nullptr);
        send(compound, out, call);
        co_await call->done.wait();
        // Also when it failed: the next try comes with the next half of a lease.
        last_renewal_ = std::max(last_renewal_, MonoClock::now() - lease_ / 4);
    }
}

Task<> Session::rebind_back_channel() {
    Link* link = transport_.any_link();
    if (!link) co_return;
    co_await bind(*link, true);
}

}  // namespace strait::client::nfs4
