// SPDX-License-Identifier: LGPL-2.1-or-later
// The fake server itself; its tests are those of the client that use it.
#include "client/nfs4/fake_server.h"

#include <fmt/core.h>

#include <algorithm>

#include "wire/nfs4/attributes.h"
#include "wire/rpc/message.h"
#include "wire/rpc/record.h"

namespace strait::client::nfs4 {

using namespace wire;
using namespace wire::nfs4;

FakeServer::FakeServer(Reactor& reactor) : reactor_(reactor) {
    listener_ = std::move(*TcpListener::bind(reactor, Address::loopback(0)));
    nursery_.spawn(accept());
}

FakeServer::~FakeServer() {
    nursery_.stop();
    (void)reactor_.block_on(nursery_.close());
}

std::string FakeServer::url(std::string_view options) const {
    return fmt::format("nfs://127.0.0.1:{}/?{}", listener_.local().port(), options);
}

void FakeServer::forget(bool clients) {
    session_ = false;
    if (clients) client_ = 0;
}

void FakeServer::hang_up() {
    for (TcpStream* stream : streams_) stream->shutdown();
}

size_t FakeServer::seen_with(std::string_view operation) const {
    return static_cast<size_t>(std::ranges::count_if(seen, [&](const Seen& each) {
        return (" " + each.operations + " ").find(fmt::format(" {} ", operation)) !=
               std::string::npos;
    }));
}

uint32_t FakeServer::done(nfs_opnum4 op) const {
    auto found = done_.find(op);
    return found == done_.end() ? 0 : found->second;
}

Task<> FakeServer::until_seen(std::string operation, size_t count) {
    while (seen_with(operation) < count) {
        came.reset();
        co_await came.wait();
    }
}

Task<> FakeServer::accept() {
    for (;;) nursery_.spawn(serve(co_await listener_.accept()));
}

Task<> FakeServer::serve(TcpStream stream) {
    uint32_t number = connections_++;
    streams_.push_back(&stream);
    rpc::RecordParser records(16u << 20);
    for (bool open = true; open;) {
        auto bytes = co_await stream.receive().result();
        if (!bytes || bytes->empty()) break;
        records.feed(std::move(*bytes));
        for (;;) {
            auto record = records.next();
            if (!record || !*record) break;
            auto answered = co_await answer(stream, std::move(**record), number).result();
            open = answered && *answered;
            if (!open) break;
        }
    }
    std::erase(streams_, &stream);
}

// False: the connection is to end.
Task<bool> FakeServer::answer(TcpStream& stream, BufferChain record, uint32_t number) {
    xdr::Reader in(record);
    rpc::rpc_msg call;
    if (rpc::read_call(in, call) != rpc::CallRead::ok) {
        answers.push_back(std::move(record));
        came.set();
        co_return true;
    }
    // What it says is looked at before it is carried out, so that a fate can be chosen.
    Seen look{.xid = call.xid, .connection = number};
    {
        xdr::Reader again(record);
        rpc::rpc_msg head;
        (void)rpc::read_call(again, head);
        CompoundHead compound;
        (void)read(again, compound);
        for (uint32_t i = 0; i < compound.count; i++) {
            nfs_argop4 op;
            if (!read(again, op)) break;
            if (i > 0) look.operations += ' ';
            look.operations += to_string(op.argop);
            if (auto* sequence = std::get_if<SEQUENCE4args>(&op.args)) {
                look.slot = sequence->sa_slotid;
                look.sequence = sequence->sa_sequenceid;
                look.cache_this = sequence->sa_cachethis;
            }
        }
    }
    seen.push_back(look);
    came.set();
    Fate what = fate ? fate(look) : Fate();
    BufferChain body;
    if (what.run) body = run(in, look);
    if (after) std::exchange(after, nullptr)();
    if (what.wait_for) co_await what.wait_for->wait();
    if (!what.run || !what.answer) co_return !what.hang_up;
    for (int times = what.twice ? 2 : 1; times > 0; times--) {
        xdr::Writer out;
        if (what.wrong_xid) {
            auto mark = rpc::begin_record(out);
            rpc::write_success(out, call.xid ^ 0x5555);
            rpc::end_record(out, mark);
            co_await stream.send(out.take());
        }
        auto mark = rpc::begin_record(out);
        rpc::write_success(out, call.xid);
        out.splice(body);
        rpc::end_record(out, mark);
        BufferChain reply = out.take();
        if (what.cut_reply > 0) {  // a whole record with too little in it
            xdr::Writer less;
            auto short_mark = rpc::begin_record(less);
            less.splice(reply.slice(4, reply.size() - 4 - what.cut_reply / 4 * 4));
            rpc::end_record(less, short_mark);
            reply = less.take();
        }
        if (what.garbage)
            reply = BufferChain(Buffer::copy_of("\xff\xff\xff\xffnot a record at all"));
        co_await stream.send(std::move(reply));
    }
    co_return !what.hang_up;
}

// A compound that ended at its SEQUENCE.
BufferChain refusal(nfsstat4 status) {
    xdr::Writer out;
    nfs4::CompoundReply reply(out, "");
    reply.add_error(OP_SEQUENCE, status);
    reply.finish(status);
    return out.take();
}

BufferChain FakeServer::run(xdr::Reader& in, Seen& look) {
    Buffer request = in.rest().flatten();
    CompoundHead head;
    (void)read(in, head);
    xdr::Writer out;
    nfs4::CompoundReply reply(out, "");
    nfsstat4 status = NFS4_OK;
    if (head.minorversion > highest_minor) {
        status = NFS4ERR_MINOR_VERS_MISMATCH;
    } else if (head.count > operations) {
        status = NFS4ERR_TOO_MANY_OPS;
    } else {
        run_compound(in, head, reply, look, status);
    }
    reply.finish(status);
    BufferChain body = out.take();
    if (look.sequence == 0 || look.slot >= slots_.size()) return body;
    Slot& slot = slots_[look.slot];
    if (look.sequence == slot.sequence && !slot.reply.empty()) {
        if (still_running > 0) {
            still_running--;
            return refusal(NFS4ERR_DELAY);
        }
        bool same = request.text() == slot.request.text();
        return same ? slot.reply : refusal(NFS4ERR_SEQ_FALSE_RETRY);
    }
    if (look.sequence == slot.sequence) {
        slot.request = request;
        slot.reply = body;
    }
    return body;
}

void FakeServer::run_compound(xdr::Reader& in, CompoundHead& head, nfs4::CompoundReply& reply,
                              Seen& look, nfsstat4& outcome) {
    for (uint32_t i = 0; i < head.count; i++) {
        nfs_argop4 op;
        if (!read(in, op)) {
            outcome = NFS4ERR_BADXDR;
            return;
        }
        if (auto* sequence = std::get_if<SEQUENCE4args>(&op.args)) {
            if (session_ && look.slot < slots_.size() &&
                look.sequence == slots_[look.slot].sequence)
                return;  // a resend: run() answers from the slot
            outcome = run_sequence(*sequence, reply, look);
        } else if (outcome = status ? status(op) : NFS4_OK; outcome != NFS4_OK) {
            reply.add_error(op.argop, outcome);
        } else {
            outcome = run_one(op, reply);
            if (outcome == NFS4_OK) done_[op.argop]++;
        }
        if (outcome != NFS4_OK) return;
    }
}

nfsstat4 FakeServer::run_sequence(const SEQUENCE4args& args, nfs4::CompoundReply& reply, Seen&) {
    SEQUENCE4res result;
    if (!session_) {
        result.sr_status = NFS4ERR_BADSESSION;
    } else if (args.sa_slotid >= slots_.size()) {
        result.sr_status = NFS4ERR_BADSLOT;
    } else if (args.sa_sequenceid != slots_[args.sa_slotid].sequence + 1) {
        result.sr_status = NFS4ERR_SEQ_MISORDERED;
    } else {
        slots_[args.sa_slotid].sequence++;
        slots_[args.sa_slotid].reply = {};
        result.sr_resok4 = {args.sa_sessionid, args.sa_sequenceid, args.sa_slotid,
                            slots - 1,         slots - 1,          0};
    }
    reply.add(result);
    return result.sr_status;
}

nfsstat4 FakeServer::run_one(const nfs_argop4& op, nfs4::CompoundReply& reply) {
    auto next_stateid = [this] {
        stateid4 made;
        made.seqid = 1;
        made.other[0] = std::byte(++stateids_);
        made.other[1] = std::byte(clients_made_);
        return made;
    };
    switch (op.argop) {
        case OP_EXCHANGE_ID: {
            EXCHANGE_ID4res result;
            bool known = client_ != 0 && confirmed_;
            if (client_ == 0) {
                client_ = ++clients_made_;
                confirmed_ = false;
            }
            result.eir_resok4.eir_clientid = client_;
            result.eir_resok4.eir_sequenceid = sessions_made_ + 1;
            if (!name.empty()) result.eir_resok4.eir_server_impl_id = nfs_impl_id4{"", name, {}};
            result.eir_resok4.eir_flags = known ? EXCHGID4_FLAG_CONFIRMED_R : 0;
            reply.add(result);
            return NFS4_OK;
        }
        case OP_CREATE_SESSION: {
            auto& args = std::get<CREATE_SESSION4args>(op.args);
            CREATE_SESSION4res result;
            if (client_ == 0 || args.csa_clientid != client_) {
                result.csr_status = NFS4ERR_STALE_CLIENTID;
                reply.add(result);
                return result.csr_status;
            }
            sessions_made_++;
            confirmed_ = session_ = true;
            slots_.assign(slots, Slot());
            result.csr_resok4.csr_sessionid[0] = std::byte(sessions_made_);
            result.csr_resok4.csr_sequence = args.csa_sequence;
            result.csr_resok4.csr_fore_chan_attrs = args.csa_fore_chan_attrs;
            auto& fore = result.csr_resok4.csr_fore_chan_attrs;
            fore.ca_maxrequests = slots;
            fore.ca_maxoperations = operations;
            fore.ca_maxresponsesize = fore.ca_maxrequestsize = response;
            reply.add(result);
            return NFS4_OK;
        }
        case OP_BIND_CONN_TO_SESSION: {
            BIND_CONN_TO_SESSION4res result;
            auto& args = std::get<BIND_CONN_TO_SESSION4args>(op.args);
            if (!session_) result.bctsr_status = NFS4ERR_BADSESSION;
            result.bctsr_resok4 = {args.bctsa_sessid, CDFS4_BOTH, false};
            reply.add(result);
            return result.bctsr_status;
        }
        case OP_GETFH: {
            GETFH4res result;
            result.resok4.object = as_bytes(std::string_view("a-file-handle"));
            reply.add(result);
            return NFS4_OK;
        }
        case OP_GETATTR: {
            Attributes4 values;
            values.mask = {FATTR4_SIZE, FATTR4_LEASE_TIME, FATTR4_FILEID};
            if (verifiers_apart) values.mask.set(FATTR4_SUPPATTR_EXCLCREAT);
            values.mask = values.mask & std::get<GETATTR4args>(op.args).attr_request;
            values.suppattr_exclcreat = {FATTR4_MODE, FATTR4_TIME_ACCESS_SET,
                                         FATTR4_TIME_MODIFY_SET};
            values.size = 1000;
            values.lease_time = lease_time;
            GETATTR4res result;
            result.resok4.obj_attributes = fattr4::of(values);
            reply.add(result);
            return NFS4_OK;
        }
        case OP_OPEN: {
            auto& args = std::get<OPEN4args>(op.args);
            claims.push_back(args.claim.claim);
            OPEN4res result;
            if (args.claim.claim == CLAIM_PREVIOUS && refuse_reclaim) {
                result.status = NFS4ERR_RECLAIM_BAD;
                reply.add(result);
                return result.status;
            }
            result.resok4.stateid = next_stateid();
            reply.add(result);
            return NFS4_OK;
        }
        case OP_LOCK: {
            lock_reclaims.push_back(std::get<LOCK4args>(op.args).reclaim);
            LOCK4res result;
            result.resok4.lock_stateid = next_stateid();
            reply.add(result);
            return NFS4_OK;
        }
        case OP_READ: {
            auto& args = std::get<READ4args>(op.args);
            size_t size = args.count > short_by ? args.count - short_by : args.count;
            Buffer data = Buffer::allocate(size + read_more);
            for (size_t i = 0; i < data.size(); i++)
                data.data()[i] = std::byte((args.offset + i) * 7 % 251);
            READ4res result;
            result.resok4.data = BufferChain(data);
            reply.add(result);
            return NFS4_OK;
        }
        case OP_WRITE: {
            size_t size = std::get<WRITE4args>(op.args).data.size();
            WRITE4res result;
            result.resok4.count = size > short_by ? size - short_by : size;
            reply.add(result);
            return NFS4_OK;
        }
        case OP_TEST_STATEID: {
            TEST_STATEID4res result;
            auto& args = std::get<TEST_STATEID4args>(op.args);
            result.tsr_resok4.tsr_status_codes.assign(args.ts_stateids.size(), NFS4ERR_BAD_STATEID);
            reply.add(result);
            return NFS4_OK;
        }
        default:
            break;
    }
    // Everything else succeeds, with nothing to say.
    nfs_resop4 result;
    result.resop = op.argop;
    switch (op.argop) {
#define X(name, number, minor, source)    \
    case OP_##name:                       \
        result.res.emplace<name##4res>(); \
        break;
        STRAIT_NFS4_OP_LIST(X)
#undef X
        case OP_ILLEGAL:
            break;
    }
    std::visit(
        [&reply](const auto& res) {
            if constexpr (opcode_of<std::decay_t<decltype(res)>> != OP_ILLEGAL) reply.add(res);
        },
        result.res);
    return NFS4_OK;
}

void FakeServer::call_back(uint32_t procedure, std::function<void(CompoundCall&)> add) {
    xdr::Writer out;
    auto mark = rpc::begin_record(out);
    rpc::call_body call;
    call.prog = 0x40000000;
    call.vers = NFS_CB;
    call.proc = procedure;
    rpc::write_call(out, 0xcafe, call);
    if (procedure == CB_COMPOUND) {
        CompoundCall compound(out, "tag", 2, 0);
        add(compound);
        compound.finish();
    }
    rpc::end_record(out, mark);
    nursery_.spawn(streams_.back()->send(out.take()));
}

}  // namespace strait::client::nfs4
