// SPDX-License-Identifier: LGPL-2.1-or-later
// CREATE_SESSION, DESTROY_SESSION, BIND_CONN_TO_SESSION, BACKCHANNEL_CTL (RFC 8881 sections 18.33
// to 18.37). SEQUENCE is compound_run.cc's.

#include "server/nfs4/limits.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/session.h"

namespace strait::server::nfs4 {
namespace {

constexpr uint32_t known_flags = CREATE_SESSION4_FLAG_PERSIST |
                                 CREATE_SESSION4_FLAG_CONN_BACK_CHAN |
                                 CREATE_SESSION4_FLAG_CONN_RDMA;

class CreateSession final : public StateOperation<CREATE_SESSION4args, CREATE_SESSION4res> {
    size_t reply_bound(const Call&) const override { return 128; }

    Task<nfsstat4> run(Program& program) override {
        Call& call = program.call();
        SharedClients& clients = call.service.clients();
        channel_attrs4 fore = args.csa_fore_chan_attrs;
        channel_attrs4 back = args.csa_back_chan_attrs;
        if (args.csa_flags & ~known_flags) co_return NFS4ERR_INVAL;
        if (!negotiate(fore) || !negotiate(back)) co_return NFS4ERR_TOOSMALL;
        auto made =
            clients.create_session(args.csa_clientid, args.csa_sequence, call.principal(), fore);
        if (!made) co_return made.error();
        if (made->replay) {
            replay_ = std::move(made->replay);
            co_return NFS4_OK;
        }
        // The client has restarted: what its older self held is gone before the new one begins.
        if (made->discarded) co_await call.service.expire(made->discarded);
        made->session->bind(call.caller.connection);
        CREATE_SESSION4resok& told = res.csr_resok4;
        told.csr_sessionid = made->session->id();
        told.csr_sequence = args.csa_sequence;
        // Neither durable nor over RDMA; the back channel is taken, and never used so far.
        told.csr_flags = args.csa_flags & CREATE_SESSION4_FLAG_CONN_BACK_CHAN;
        told.csr_fore_chan_attrs = fore;
        told.csr_back_chan_attrs = back;
        xdr::Writer kept;
        write(kept, res);
        clients.session_replied(args.csa_clientid, args.csa_sequence, kept.take());
        co_return NFS4_OK;
    }

    // What we grant of what was asked; false: too little to work with (NFS4ERR_TOOSMALL).
    static bool negotiate(channel_attrs4& channel) {
        if (channel.ca_maxrequestsize < least_request_bytes ||
            channel.ca_maxresponsesize < least_response_bytes ||
            channel.ca_maxoperations < least_operations || channel.ca_maxrequests == 0)
            return false;
        channel.ca_headerpadsize = 0;
        channel.ca_maxrequestsize = std::min(channel.ca_maxrequestsize, max_message_bytes);
        channel.ca_maxresponsesize = std::min(channel.ca_maxresponsesize, max_message_bytes);
        channel.ca_maxresponsesize_cached =
            std::min(channel.ca_maxresponsesize_cached, max_cached_bytes);
        channel.ca_maxoperations = std::min(channel.ca_maxoperations, max_operations);
        channel.ca_maxrequests = std::min(channel.ca_maxrequests, max_slots);
        channel.ca_rdma_ird.reset();
        return true;
    }

    void encode(xdr::Writer& out, nfsstat4 status) override {
        if (status == NFS4_OK && replay_) return out.splice(std::move(*replay_));
        StateOperation::encode(out, status);
    }

    std::optional<BufferChain> replay_;
};

class DestroySession final : public StateOperation<DESTROY_SESSION4args, DESTROY_SESSION4res> {
    Task<nfsstat4> run(Program& program) override {
        Call& call = program.call();
        Ref<Session> session = call.service.clients().find(args.dsa_sessionid);
        if (!session) co_return NFS4ERR_BADSESSION;
        if (!session->bound(call.caller.connection)) co_return NFS4ERR_CONN_NOT_BOUND_TO_SESSION;
        std::optional<slotid4> mine;
        if (call.session && call.session == session) mine = call.slot;
        if (session->slots.busy_besides(mine)) co_return NFS4ERR_DELAY;
        co_return call.service.clients().destroy_session(args.dsa_sessionid) ? NFS4_OK
                                                                             : NFS4ERR_BADSESSION;
    }
};

class BindConn final : public StateOperation<BIND_CONN_TO_SESSION4args, BIND_CONN_TO_SESSION4res> {
    size_t reply_bound(const Call&) const override { return 40; }

    Task<nfsstat4> run(Program& program) override {
        Call& call = program.call();
        Ref<Session> session = call.service.clients().find(args.bctsa_sessid);
        if (!session) co_return NFS4ERR_BADSESSION;
        session->bind(call.caller.connection);
        session->client().renew();
        BIND_CONN_TO_SESSION4resok& told = res.bctsr_resok4;
        told.bctsr_sessid = args.bctsa_sessid;
        switch (args.bctsa_dir) {
            case CDFC4_FORE:
                told.bctsr_dir = CDFS4_FORE;
                break;
            case CDFC4_BACK:
                told.bctsr_dir = CDFS4_BACK;
                break;
            case CDFC4_FORE_OR_BOTH:
            case CDFC4_BACK_OR_BOTH:
                told.bctsr_dir = CDFS4_BOTH;
                break;
            default:
                co_return NFS4ERR_INVAL;
        }
        co_return NFS4_OK;
    }
};

// What calls back to the client would use; there are none so far.
class BackchannelCtl final : public StateOperation<BACKCHANNEL_CTL4args, BACKCHANNEL_CTL4res> {
    Task<nfsstat4> run(Program&) override { co_return NFS4_OK; }
};

}  // namespace

std::unique_ptr<Operation> make_create_session() { return make_operation<CreateSession>(); }
std::unique_ptr<Operation> make_destroy_session() { return make_operation<DestroySession>(); }
std::unique_ptr<Operation> make_bind_conn_to_session() { return make_operation<BindConn>(); }
std::unique_ptr<Operation> make_backchannel_ctl() { return make_operation<BackchannelCtl>(); }

}  // namespace strait::server::nfs4
