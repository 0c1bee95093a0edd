// SPDX-License-Identifier: LGPL-2.1-or-later
// How client ids and sessions are made and given back.
#include <fmt/core.h>
#include <unistd.h>

#include <random>

#include "base/log.h"
#include "client/nfs4/rpc.h"
#include "client/nfs4/session.h"
#include "client/nfs4/session_answer.h"
#include "client/policy.h"
#include "wire/nfs4/errc_map.h"
#include "wire/nfs4/exchange_id.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;

namespace {

constexpr uint32_t head_room = 64 * 1024;  // of a compound, around its payload

uint64_t random_number() {
    std::random_device source;
    return static_cast<uint64_t>(source()) << 32 | source();
}

std::string host_name() {
    char name[256] = "";
    if (gethostname(name, sizeof(name) - 1) != 0) return "localhost";
    return name;
}

}  // namespace

Session::Session(Reactor& reactor, Keeper& keeper, const Url& url, const MountOptions& options,
                 TraceSink* trace)
    : reactor_(reactor),
      keeper_(keeper),
      options_(options),
      trace_(trace),
      transport_(reactor, *this, url, options, trace),
      own_credential_(credential_of(options)),
      minor_(options.minor.value_or(2)) {
    // One client id for each mount: its lease, its state and its end are its own.
    owner_id_ = options.identity.empty()
                    ? fmt::format("strait/{}/{}/{:016x}", host_name(), getpid(), random_number())
                    : fmt::format("strait/{}/{}", host_name(), options.identity);
    uint64_t boot = random_number();
    std::memcpy(verifier_.data(), &boot, sizeof(boot));
}

Session::~Session() = default;

Task<> Session::open() {
    co_await transport_.open();
    auto known = co_await exchange_id().result();
    constexpr Error mismatch(Errc::protocol, Domain::nfs4, NFS4ERR_MINOR_VERS_MISMATCH);
    if (!known && known.error().status == mismatch.status && !options_.minor && minor_ == 2) {
        minor_ = 1;
        known = co_await exchange_id().result();
    }
    co_await known;
    nfsstat4 status = co_await create_session();
    if (status != NFS4_OK) co_await error_of(status);
    new_client_ = false;  // there is nothing to take back yet
    phase_ = Phase::up;
    nursery_.spawn(renew_lease());
    transport_.widen();
}

namespace {

// Linux's server (seen with 6.1 and 6.12; it does not say its name) is known by its own client,
// which sends one WRITE a compound and no current stateid. It writes something else where the data
// of a WRITE does not begin in the first page of the message, and says that all is well; and it
// knows the current stateid in the operations of NFSv4.1 only.
constexpr size_t first_page_bytes = 4096;

// Those that are known to do better.
bool is_known(const EXCHANGE_ID4resok& server) {
    constexpr std::string_view ganesha = "_NFS-Ganesha";
    return (server.eir_server_impl_id && server.eir_server_impl_id->nii_name == "straitd") ||
           server.eir_server_scope.text().contains(ganesha);
}

}  // namespace

Task<> Session::exchange_id() {
    EXCHANGE_ID4args args;
    args.eia_clientowner.co_verifier = verifier_;
    args.eia_clientowner.co_ownerid = as_bytes(owner_id_);
    args.eia_flags = EXCHGID4_FLAG_USE_NON_PNFS;
    args.eia_client_impl_id = nfs_impl_id4{"strait", "strait", {}};
    auto answer = co_await ask<EXCHANGE_ID4res>(std::move(args));
    if (answer.status != NFS4_OK) co_await error_of(answer.status);
    const EXCHANGE_ID4resok& ok = answer.result.eir_resok4;
    // A confirmed client id is one that the server still knows, with all its state.
    bool is_new = (ok.eir_flags & EXCHGID4_FLAG_CONFIRMED_R) == 0;
    if (is_new) reclaim_due_ = new_client_ = true;
    known_server_ = is_known(ok);
    client_id_ = ok.eir_clientid;
    client_sequence_ = ok.eir_sequenceid;
}

Task<nfsstat4> Session::create_session() {
    CREATE_SESSION4args args;
    args.csa_clientid = client_id_;
    args.csa_sequence = client_sequence_;
    args.csa_flags = CREATE_SESSION4_FLAG_PERSIST | CREATE_SESSION4_FLAG_CONN_BACK_CHAN;
    args.csa_fore_chan_attrs = {.ca_maxrequestsize = options_.wsize + head_room,
                                .ca_maxresponsesize = options_.rsize + head_room,
                                .ca_maxresponsesize_cached = 8192,
                                .ca_maxoperations = 96,
                                .ca_maxrequests = 128};
    args.csa_back_chan_attrs = {.ca_maxrequestsize = 4096,
                                .ca_maxresponsesize = 4096,
                                .ca_maxresponsesize_cached = 0,
                                .ca_maxoperations = 8,
                                .ca_maxrequests = 1};
    args.csa_cb_program = callback_program;
    args.csa_sec_parms.emplace_back();  // AUTH_NONE
    auto answer = co_await ask<CREATE_SESSION4res>(std::move(args));
    if (answer.status != NFS4_OK) co_return answer.status;
    const CREATE_SESSION4resok& ok = answer.result.csr_resok4;
    const channel_attrs4& fore = ok.csr_fore_chan_attrs;
    client_sequence_++;
    session_id_ = ok.csr_sessionid;
    back_sequence_ = 0;
    // A server that grants less than a name and an attribute need is of no use.
    if (fore.ca_maxrequests == 0 || fore.ca_maxoperations < fewest_operations ||
        fore.ca_maxrequestsize < 1024 || fore.ca_maxresponsesize < 1024)
        co_return NFS4ERR_TOOSMALL;
    limits_ = {fore.ca_maxrequestsize,
               fore.ca_maxresponsesize,
               fore.ca_maxresponsesize_cached,
               std::min<uint32_t>(fore.ca_maxoperations, 1024),
               std::min<uint32_t>(fore.ca_maxrequests, 1024),
               known_server_ ? SIZE_MAX : first_page_bytes,
               known_server_};
    last_renewal_ = MonoClock::now();
    reset_slots(limits_.slots);
    co_return NFS4_OK;
}

void Session::reset_slots(uint32_t count) {
    epoch_++;
    slots_.assign(count, Slot{});
    lowest_free_ = 0;
    slot_limit_ = count;
    highest_busy_ = 0;
}

Task<> Session::bind(Link& link, bool back_channel) {
    BIND_CONN_TO_SESSION4args args{session_id_, back_channel ? CDFC4_FORE_OR_BOTH : CDFC4_FORE,
                                   false};
    auto answer = co_await ask<BIND_CONN_TO_SESSION4res>(args, &link);
    if (answer.status != NFS4_OK) co_await error_of(answer.status);
}

// A connection was made again: it is bound to the session, which also tells whether the server
// still knows that session.
Task<> Session::prepare(Link& link) {
    if (phase_ != Phase::up) co_return;
    uint32_t epoch = epoch_;
    auto bound =
        co_await reactor_.with_deadline(bind(link, true), MonoClock::now() + options_.timeo)
            .result();
    if (bound) co_return;
    if (bound.error().domain == Domain::nfs4) {
        lose(epoch);
        co_return;
    }
    co_await bound;
}

Task<> Session::close() {
    nursery_.stop();
    static const Scope unstoppable{};
    co_await nursery_.close().within(unstoppable);
    if (phase_ == Phase::up && !quiet_) {
        phase_ = Phase::down;
        auto leave = co_await reactor_.with_deadline(say_goodbye(), MonoClock::now() + 2s).result();
        if (!leave) log_debug("leaving {}: {}", server(), errc_text(leave.error().code));
    }
    failure_ = Errc::closed;
    phase_ = Phase::failed;
    wake_waiters();
    co_await transport_.close();
}

Task<> Session::say_goodbye() {
    auto session = co_await ask<DESTROY_SESSION4res>(DESTROY_SESSION4args{session_id_});
    if (session.status != NFS4_OK) co_await error_of(session.status);
    auto client = co_await ask<DESTROY_CLIENTID4res>(DESTROY_CLIENTID4args{client_id_});
    if (client.status != NFS4_OK) co_await error_of(client.status);
}

}  // namespace strait::client::nfs4
