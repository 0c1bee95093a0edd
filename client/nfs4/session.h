// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A client id and its session (RFC 8881 section 2.10): slots, exactly-once calls, the lease, and a
// new session when the server has lost ours. One core.
//
// Invariants: a slot is busy from the moment its sequence number is written into a record until the
// reply to that record is there or the session is gone, whoever still waits for it. A record is
// never sent under two sessions.

#include <optional>
#include <vector>

#include <string>

#include "client/nfs4/transport.h"
#include "vfs/credential.h"
#include "wire/nfs4/callback.h"
#include "wire/nfs4/compound.h"
#include "wire/nfs4/sequence.h"
#include "wire/nfs4/session.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::client::nfs4 {

class Session;

// One COMPOUND in a slot. The waiter looks at `verdict` once `done` is set.
class SessionCall : public Call {
  public:
    enum class Verdict : uint8_t {
        pending,
        answered,     // the server ran it: status() says how far
        again,        // it was not run, or may have been, under a session that is gone: run it anew
        again_later,  // the same, after a pause
        unfinished,   // an earlier sending may still run: the same request goes again
        failed        // Call::error says why
    };

    explicit SessionCall(Session& session) noexcept : session_(session) {}
    void completed() noexcept final;

    Event done;
    Verdict verdict = Verdict::pending;
    bool cache_this = false;        // ask the server to keep the reply for a resend
    bool too_big_to_cache = false;  // which it will not
    // With Verdict::again: an earlier sending of it may have been carried out.
    bool maybe_done = false;
    wire::nfs4::nfsstat4 status = wire::nfs4::NFS4_OK;   // of the compound
    SmallVector<wire::nfs4::nfs_opnum4, 16> operations;  // for traces
    uint32_t answered_operations = 0;                    // that the reply has a result of
    uint32_t uid = 0;                                    // on whose behalf, for traces

  protected:
    // The results behind SEQUENCE. Errc::protocol: they make no sense.
    virtual Result<> answered(wire::nfs4::CompoundResults& results) = 0;
    // It is over, whatever the verdict; the last thing that happens before `done`.
    virtual void settled() noexcept {}

  private:
    friend class Session;
    Result<> read_reply();
    Session& session_;
    wire::xdr::Writer::Slot mark_;
    uint32_t slot_ = 0;
    uint32_t epoch_ = 0;
};

struct SessionLimits {
    uint32_t max_request = 0, max_response = 0, max_response_cached = 0;  // bytes
    uint32_t max_operations = 0;
    uint32_t slots = 0;
    // Within so many bytes of a message has to begin what a WRITE or SETXATTR of it carries.
    size_t data_within = 0;
    bool current_stateid_in_all = false;  // SEEK, ALLOCATE and DEALLOCATE, too, take it
};

class Session final : public Transport::Handler {
  public:
    // What a new session or a restarted server asks of those who hold state.
    class Keeper {
      public:
        virtual ~Keeper() = default;
        // The server has forgotten everything: take back what we held, then say RECLAIM_COMPLETE.
        virtual Task<> reclaim() = 0;
        // The server has revoked some of it.
        virtual Task<> check_state() = 0;
    };

    Session(Reactor& reactor, Keeper& keeper, const Url& url, const MountOptions& options,
            TraceSink* trace);
    ~Session() override;

    // Connects, and makes client id and session: three round trips.
    Task<> open();
    // Gives everything back to the server, where it still listens.
    Task<> close();

    // Waits for a working session and a free slot; first come, first served. `recovering`: also
    // while state is being reclaimed.
    Task<uint32_t> acquire(bool recovering = false);
    // None: only after a wait.
    std::optional<uint32_t> try_acquire() noexcept;
    void release(uint32_t slot) noexcept;
    // Writes everything up to and including SEQUENCE, for a slot that acquire() gave.
    // send() ends the record and brings it out; then the slot is the call's.
    wire::nfs4::CompoundCall begin(wire::xdr::Writer& out, SessionCall& call, uint32_t slot,
                                   const vfs::Credential* credential);
    // begin() undone: nothing will be sent.
    void take_back(SessionCall& call) noexcept;
    void send(wire::nfs4::CompoundCall& compound, wire::xdr::Writer& out, Ref<SessionCall> call);

    // The server has lost the session that `epoch` names: make another one, once.
    void lose(uint32_t epoch) noexcept;
    uint32_t epoch() const noexcept { return epoch_; }

    // True once for each new client id: the caller's compound carries RECLAIM_COMPLETE. The others
    // wait in acquire() until told.
    bool take_reclaim_complete() noexcept;
    void reclaim_complete_done(bool done) noexcept;
    bool reclaim_complete_due() const noexcept { return reclaim_due_; }

    uint64_t client_id() const noexcept { return client_id_; }
    uint32_t minor() const noexcept { return minor_; }
    const SessionLimits& limits() const noexcept { return limits_; }
    // close() leaves the client id to its lease instead of giving it back: a visit of a few calls
    // that holds nothing any more saves two round trips.
    void leave_quietly() noexcept { quiet_ = true; }
    void set_lease(Duration lease) noexcept {
        lease_ = lease;
        lease_known_.set();
    }
    const std::string& server() const noexcept { return transport_.server(); }
    Transport& transport() noexcept { return transport_; }

  private:
    friend class SessionCall;
    enum class Phase : uint8_t { down, up, recovering, failed };
    struct Slot {
        uint32_t sequence = 0;  // of the last request
        bool busy = false;
        Ref<SessionCall> call;
    };
    template <class Res>
    struct Answer;
    // The transient range of program numbers, RFC 5531 section 8.3.
    static constexpr uint32_t callback_program = 0x40000000;
    // Fewer in a compound are of no use: a checked Remove needs as many.
    static constexpr uint32_t fewest_operations = 12;

    // Transport::Handler
    Task<> prepare(Link& link) override;
    void called(Link& link, BufferChain record) noexcept override;
    void answer_callback(wire::xdr::Reader& in, wire::xdr::Writer& out) noexcept;
    wire::nfs4::nfsstat4 answer_sequence(const wire::nfs4::CB_SEQUENCE4args& args,
                                         wire::nfs4::CB_SEQUENCE4res& out) noexcept;

    template <class Res, class Args>
    Task<Answer<Res>> ask(Args args, Link* link = nullptr);
    template <class Res, class Args>
    Task<Answer<Res>> ask_once(const Args& args, Link* link);
    Task<> exchange_id();
    Task<wire::nfs4::nfsstat4> create_session();
    Task<> bind(Link& link, bool back_channel);
    Task<> recover();
    Task<> renew_session();
    Task<> recover_state();
    Task<> check_state();
    Task<> renew_lease();
    Task<> rebind_back_channel();
    Task<> say_goodbye();
    void trace(const Call& call, std::span<const wire::nfs4::nfs_opnum4> operations, Error status,
               uint32_t answered = 0, uint32_t uid = 0) noexcept;
    void wake_waiters() noexcept;
    void watch_flags(uint32_t flags);
    void reset_slots(uint32_t count);
    std::optional<uint32_t> free_slot(uint32_t promised) const noexcept;
    uint32_t highest_busy() noexcept;
    void occupy(uint32_t slot) noexcept;
    void send_again(SessionCall& call);
    SessionCall::Verdict take_fewer_operations() noexcept;
    SessionCall::Verdict put_off(SessionCall& call) noexcept;
    SessionCall::Verdict judge_unsequenced(SessionCall& call) noexcept;
    SessionCall::Verdict judge(SessionCall& call, wire::nfs4::nfsstat4 status,
                               const wire::nfs4::SEQUENCE4resok& result) noexcept;

    Reactor& reactor_;
    Keeper& keeper_;
    const MountOptions& options_;
    TraceSink* trace_;
    Transport transport_;
    Nursery nursery_;
    const vfs::CredentialRef own_credential_;

    Phase phase_ = Phase::down;
    Error failure_{Errc::ok};
    uint32_t minor_ = 2;
    std::string owner_id_;
    wire::nfs4::verifier4 verifier_{};
    uint64_t client_id_ = 0;
    uint32_t client_sequence_ = 0;
    wire::nfs4::sessionid4 session_id_{};
    uint32_t epoch_ = 0;
    bool known_server_ = false;
    SessionLimits limits_;

    std::vector<Slot> slots_;
    uint32_t slot_limit_ = 0;
    uint32_t highest_busy_ = 0;  // no busy slot lies above
    uint32_t lowest_free_ = 0;   // no free slot lies below
    uint32_t promised_ = 0;      // slots meant for waiters that were woken and have not run yet
    detail::WaitList waiters_;

    bool new_client_ = false;  // since the last reclaim
    bool reclaim_due_ = false;
    bool reclaim_under_way_ = false;
    bool checking_state_ = false;
    bool quiet_ = false;
    uint32_t back_sequence_ = 0;  // of the callback slot
    Duration lease_ = 30s;
    Event lease_known_;
    MonoTime last_renewal_{};
    MonoTime last_rebind_{};
};

}  // namespace strait::client::nfs4
