// SPDX-License-Identifier: LGPL-2.1-or-later
// Slots and calls. session_setup.cc makes sessions, session_recovery.cc makes them again.
#include "client/nfs4/session.h"

#include "base/log.h"
#include "client/nfs4/rpc.h"
#include "wire/nfs4/errc_map.h"
#include "wire/rpc/record.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;
using Verdict = SessionCall::Verdict;

void SessionCall::completed() noexcept {
    if (error.code == Errc::badsession || error.code == Errc::connreset) {
        verdict = Verdict::again;
        maybe_done = sends > 0;
    } else if (error.code != Errc::ok) {
        verdict = Verdict::failed;
    } else if (auto read = read_reply(); !read) {
        error = read.error();
        verdict = Verdict::failed;
    }
    if (verdict == Verdict::unfinished) return session_.send_again(*this);
    if (epoch_ == session_.epoch_) session_.release(slot_);
    const bool refused = verdict == Verdict::answered && status != NFS4_OK;
    session_.trace(*this, std::span(operations.data(), operations.size()),
                   refused ? error_of(status) : error, answered_operations, uid);
    settled();
    done.set();
}

void Session::trace(const Call& call, std::span<const nfs_opnum4> operations, Error status,
                    uint32_t answered, uint32_t uid) noexcept {
    if (!trace_ && !log_enabled(LogLevel::debug)) return;
    constexpr size_t usual_word = 12;
    std::string words;
    words.reserve(operations.size() * usual_word);
    for (nfs_opnum4 each : operations)
        words.append(words.empty() ? "" : " ").append(to_string(each));
    log_debug("{}: {} -> {} ({}), sent {} times", server(), words, errc_name(status.code),
              status.status, call.sends);
    if (!trace_) return;
    RpcTrace trace{.server = server(),
                   .operations = words,
                   .operation_count = static_cast<uint32_t>(operations.size()),
                   .request_bytes = call.record.size(),
                   .reply_bytes = call.reply.empty() ? 0 : call.reply.size() + 4,
                   .took = MonoClock::now() - call.begun,
                   .sends = call.sends,
                   .status = status,
                   .minor = minor_,
                   .uid = uid};
    if (status.domain == Domain::nfs4 && answered > 0 && answered <= operations.size())
        trace.stopped_at = to_string(operations[answered - 1]);
    trace_->rpc(trace);
}

Result<> SessionCall::read_reply() {
    wire::xdr::Reader in(reply);
    if (auto head = read_reply_head(in); !head) return head;
    CompoundResults results(in);
    if (auto head = results.read_head(); !head) return head;
    status = results.status();
    answered_operations = results.left();
    if (results.left() == 0) {
        verdict = session_.judge_unsequenced(*this);
        return verdict == Verdict::failed ? Result<>(fail(error_of(status))) : Result<>();
    }
    SEQUENCE4res sequence;
    auto sequenced = results.next(sequence);
    if (!sequenced) return fail(sequenced.error());
    verdict = session_.judge(*this, *sequenced, sequence.sr_resok4);
    if (verdict == Verdict::again && sends > 1) maybe_done = true;
    if (verdict == Verdict::failed) return fail(error_of(*sequenced));
    if (verdict != Verdict::answered) return {};
    return answered(results);
}

// The compound was refused before its SEQUENCE was looked at: the slot's number is not used up.
Verdict Session::judge_unsequenced(SessionCall& call) noexcept {
    if (call.epoch_ != epoch_) return Verdict::again;
    slots_[call.slot_].sequence--;
    if (call.status == NFS4ERR_DELAY) return Verdict::again_later;
    bool too_many = call.status == NFS4ERR_RESOURCE || call.status == NFS4ERR_TOO_MANY_OPS;
    return too_many ? take_fewer_operations() : Verdict::failed;
}

// What SEQUENCE's own status means for the call and for the session.
Verdict Session::judge(SessionCall& call, nfsstat4 status, const SEQUENCE4resok& result) noexcept {
    if (call.epoch_ != epoch_) return Verdict::again;
    Slot& slot = slots_[call.slot_];
    switch (status) {
        case NFS4_OK:
            if (result.sr_sessionid != session_id_ || result.sr_slotid != call.slot_ ||
                result.sr_sequenceid != slot.sequence) {
                log_warn("{} answered for another slot: starting a new session", server());
                lose(epoch_);
                return Verdict::again;
            }
            last_renewal_ = call.begun;
            slot_limit_ = std::min<uint32_t>(slots_.size(), result.sr_target_highest_slotid + 1);
            watch_flags(result.sr_status_flags);
            return Verdict::answered;
        case NFS4ERR_DELAY:
            return put_off(call);
        case NFS4ERR_RETRY_UNCACHED_REP:
            // It ran, and the server did not keep the answer, as we had said it need not.
            call.maybe_done = true;
            return Verdict::again;
        case NFS4ERR_REP_TOO_BIG_TO_CACHE:
            slot.sequence--;
            call.too_big_to_cache = true;
            return Verdict::again;
        case NFS4ERR_TOO_MANY_OPS:
            slot.sequence--;
            return take_fewer_operations();
        case NFS4ERR_CONN_NOT_BOUND_TO_SESSION:
            transport_.drop_all(Errc::badsession);  // binding comes with the new connections
            return put_off(call);
        case NFS4ERR_BADSESSION:
        case NFS4ERR_DEADSESSION:
        case NFS4ERR_STALE_CLIENTID:
        case NFS4ERR_SEQ_MISORDERED:
        case NFS4ERR_SEQ_FALSE_RETRY:
        case NFS4ERR_BADSLOT:
        case NFS4ERR_BAD_HIGH_SLOT:
            log_info("{} answered {}: starting a new session", server(), to_string(status));
            lose(epoch_);
            return Verdict::again;
        default:
            slot.sequence--;
            return Verdict::failed;
    }
}

// SEQUENCE was refused for now. A first sending has not used up the slot's number (RFC 8881 section
// 2.10.6.1.3). After a lost connection an earlier sending may still run: only the same request
// finds its reply, any other one under that number would be a false retry.
Verdict Session::put_off(SessionCall& call) noexcept {
    if (call.sends > 1) return Verdict::unfinished;
    slots_[call.slot_].sequence--;
    return Verdict::again_later;
}

void Session::send_again(SessionCall& call) {
    constexpr Duration pause = 2ms, longest_pause = 500ms;
    call.verdict = Verdict::pending;
    transport_.send_again(Ref<Call>(&call), std::min<Duration>(pause * call.sends, longest_pause));
}

// Some servers grant more operations than they take.
Verdict Session::take_fewer_operations() noexcept {
    if (limits_.max_operations <= fewest_operations) return Verdict::failed;
    limits_.max_operations = std::max(limits_.max_operations / 2, fewest_operations);
    return Verdict::again;
}

// The lowest free slot, when more than `promised` are free.
std::optional<uint32_t> Session::free_slot(uint32_t promised) const noexcept {
    std::optional<uint32_t> lowest;
    for (uint32_t id = lowest_free_; id < slot_limit_; id++) {
        if (slots_[id].busy) continue;
        if (!lowest) lowest = id;
        if (promised-- == 0) return lowest;
    }
    return std::nullopt;
}

uint32_t Session::highest_busy() noexcept {
    while (highest_busy_ > 0 && !slots_[highest_busy_].busy) highest_busy_--;
    return highest_busy_;
}

// The usual case of acquire(), for which nothing is to be waited for.
std::optional<uint32_t> Session::try_acquire() noexcept {
    if (phase_ != Phase::up || reclaim_under_way_) return std::nullopt;
    auto id = free_slot(promised_);
    if (id) occupy(*id);
    return id;
}

void Session::occupy(uint32_t slot) noexcept {
    slots_[slot].busy = true;
    if (slot == lowest_free_) lowest_free_++;
    highest_busy_ = std::max(highest_busy_, slot);
}

Task<uint32_t> Session::acquire(bool recovering) {
    for (bool my_turn = false;; my_turn = true) {
        if (phase_ == Phase::failed) co_return failure_;
        // Who makes the session work again must not wait for it to work.
        if (recovering && slot_limit_ == 0) co_return Errc::badsession;
        bool usable = recovering || (phase_ == Phase::up && !reclaim_under_way_);
        if (auto id = free_slot(my_turn ? 0 : promised_); usable && id) {
            occupy(*id);
            co_return *id;
        }
        Errc why = co_await waiters_.wait();
        if (why != Errc::ok) co_return why;
        if (promised_ > 0) promised_--;
    }
}

void Session::release(uint32_t slot) noexcept {
    slots_[slot].busy = false;
    lowest_free_ = std::min(lowest_free_, slot);
    slots_[slot].call = nullptr;
    if (slot < slot_limit_ && waiters_.wake_one()) promised_++;
}

CompoundCall Session::begin(wire::xdr::Writer& out, SessionCall& call, uint32_t slot,
                            const vfs::Credential* credential) {
    transport_.enlist(call);
    call.slot_ = slot;
    call.epoch_ = epoch_;
    call.mark_ = write_call_head(out, call.xid, credential ? *credential : *own_credential_);
    CompoundCall compound(out, "", minor_);
    compound.add(
        SEQUENCE4args{session_id_, ++slots_[slot].sequence, slot, highest_busy(), call.cache_this});
    call.operations.push_back(OP_SEQUENCE);
    call.uid = (credential ? *credential : *own_credential_).uid;
    return compound;
}

void Session::take_back(SessionCall& call) noexcept {
    transport_.forget(call);
    if (call.epoch_ != epoch_) return;
    slots_[call.slot_].sequence--;
    release(call.slot_);
}

void Session::send(CompoundCall& compound, wire::xdr::Writer& out, Ref<SessionCall> call) {
    compound.finish();
    wire::rpc::end_record(out, call->mark_);
    call->record = out.take();
    slots_[call->slot_].call = call;
    transport_.submit(std::move(call));
}

bool Session::take_reclaim_complete() noexcept {
    if (!reclaim_due_ || reclaim_under_way_) return false;
    return reclaim_under_way_ = true;
}

void Session::reclaim_complete_done(bool done) noexcept {
    reclaim_under_way_ = false;
    if (done) reclaim_due_ = false;
    wake_waiters();
}

void Session::wake_waiters() noexcept {
    while (waiters_.wake_one()) promised_++;
}

void Session::watch_flags(uint32_t flags) {
    if (phase_ != Phase::up || flags == 0) return;
    if (flags & SEQ4_STATUS_RESTART_RECLAIM_NEEDED) {
        phase_ = Phase::recovering;
        nursery_.spawn(recover_state());
        return;
    }
    constexpr uint32_t revoked = SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED |
                                 SEQ4_STATUS_EXPIRED_SOME_STATE_REVOKED |
                                 SEQ4_STATUS_ADMIN_STATE_REVOKED;
    if ((flags & revoked) && !checking_state_) {
        checking_state_ = true;
        nursery_.spawn(check_state());
    }
    constexpr uint32_t no_back_channel =
        SEQ4_STATUS_CB_PATH_DOWN | SEQ4_STATUS_CB_PATH_DOWN_SESSION | SEQ4_STATUS_BACKCHANNEL_FAULT;
    if ((flags & no_back_channel) && MonoClock::now() - last_rebind_ > 60s) {
        last_rebind_ = MonoClock::now();
        nursery_.spawn(rebind_back_channel());
    }
}

}  // namespace strait::client::nfs4
