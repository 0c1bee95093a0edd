// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/compound_run.h"

#include "base/log.h"
#include "server/nfs4/limits.h"
#include "server/nfs4/names.h"
#include "server/nfs4/service.h"
#include "server/nfs4/status.h"

namespace strait::server::nfs4 {

namespace {

// What a reply's record holds before COMPOUND4res: xid, direction, verifier and statuses.
constexpr size_t rpc_head_bytes = 24;

// Room for so many operations is there from the start.
constexpr size_t usual_operations = 16;

// Operations that may stand alone, outside of any session (RFC 8881 section 2.10.6.4).
bool may_stand_alone(uint32_t number) {
    return number == OP_EXCHANGE_ID || number == OP_CREATE_SESSION ||
           number == OP_DESTROY_SESSION || number == OP_BIND_CONN_TO_SESSION ||
           number == OP_DESTROY_CLIENTID;
}

}  // namespace

CompoundRun::CompoundRun(Service& service, const Caller& caller, xdr::Reader& in,
                         size_t record_bytes)
    : service_(service),
      in_(in),
      record_bytes_(record_bytes),
      call_{service, caller},
      program_(call_) {}

Task<BufferChain> CompoundRun::run() {
    if (!read(in_, head_) || head_.tag.size() > max_tag_bytes) co_return Errc::protocol;
    reply_.emplace(out_, head_.tag);
    if (head_.minorversion < 1 || head_.minorversion > 2)
        co_return finish(NFS4ERR_MINOR_VERS_MISMATCH);
    if (!is_utf8(head_.tag)) co_return finish(NFS4ERR_INVAL);
    call_.minor = head_.minorversion;
    const size_t usual = std::min<size_t>(head_.count, usual_operations);
    operations_.reserve(usual);
    pending_.reserve(usual);
    nfsstat4 status = NFS4_OK;
    for (; index_ < head_.count && status == NFS4_OK; index_++) {
        if (index_ == 0) {
            BufferChain request = in_.rest();
            uint32_t number = in_.u32();
            nfsstat4 wrong = in_.ok() ? check_first(number) : NFS4ERR_BADXDR;
            if (wrong != NFS4_OK) {
                put_error(number, wrong);
                co_return finish(wrong);
            }
            if (number == OP_SEQUENCE) {
                SEQUENCE4args args;
                if (!wire::nfs4::read(in_, args)) {
                    put_error(number, NFS4ERR_BADXDR);
                    co_return finish(NFS4ERR_BADXDR);
                }
                auto begun = begin_slot(args, service_.digest(request));
                if (!begun) {
                    put_error(number, begun.error());
                    co_return finish(begun.error());
                }
                if (*begun) {
                    service_.metrics().replays++;
                    co_return std::move(**begun);
                }
                continue;
            }
            const OperationRow* row = find_operation(number, call_.minor);
            status = co_await execute(row->make(), *row);
            continue;
        }
        status = co_await next();
    }
    nfsstat4 rest = co_await flush(false);
    co_return finish(status == NFS4_OK ? rest : status);
}

nfsstat4 CompoundRun::check_first(uint32_t number) const {
    if (number == OP_SEQUENCE) return NFS4_OK;
    if (!find_operation(number, call_.minor)) return NFS4ERR_OP_ILLEGAL;
    if (!may_stand_alone(number)) return NFS4ERR_OP_NOT_IN_SESSION;
    return head_.count == 1 ? NFS4_OK : NFS4ERR_NOT_ONLY_OP;
}

// --- the session

std::expected<std::optional<BufferChain>, nfsstat4> CompoundRun::begin_slot(
    const SEQUENCE4args& args, uint64_t digest) {
    Ref<Session> session = service_.clients().find(args.sa_sessionid);
    if (!session) return std::unexpected(NFS4ERR_BADSESSION);
    if (args.sa_slotid >= session->slots.count()) return std::unexpected(NFS4ERR_BADSLOT);
    if (record_bytes_ > session->max_request) return std::unexpected(NFS4ERR_REQ_TOO_BIG);
    if (head_.count > session->max_operations) return std::unexpected(NFS4ERR_TOO_MANY_OPS);
    SEQUENCE4res res;
    size_t reply_bytes = rpc_head_bytes + out_.size() + 4 + encoded_size(res);
    if (args.sa_cachethis && reply_bytes > session->max_cached)
        return std::unexpected(NFS4ERR_REP_TOO_BIG_TO_CACHE);
    auto begun = session->slots.begin(args.sa_slotid, args.sa_sequenceid, digest);
    session->client().renew();
    if (!begun || *begun) return begun;
    session->bind(call_.caller.connection);
    call_.session = std::move(session);
    call_.slot = args.sa_slotid;
    cache_this_ = args.sa_cachethis;
    slotid4 highest = call_.session->slots.count() - 1;
    res.sr_resok4 = {args.sa_sessionid, args.sa_sequenceid, args.sa_slotid, highest, highest, 0};
    reply_->add(res);
    service_.metrics().count_nfs4(OP_SEQUENCE, NFS4_OK);
    return std::nullopt;
}

BufferChain CompoundRun::finish(nfsstat4 status) {
    reply_->finish(status);
    BufferChain body = out_.take();
    if (call_.session) {
        bool keep = cache_this_ || (keep_reply_ && body.size() <= max_cached_bytes);
        call_.session->slots.finish(call_.slot,
                                    keep ? std::optional(body) : std::optional<BufferChain>());
    }
    return body;
}

// --- operations

Task<nfsstat4> CompoundRun::next() {
    uint32_t number = in_.u32();
    nfsstat4 wrong = in_.ok() ? check_place(number) : NFS4ERR_BADXDR;
    const OperationRow* row = find_operation(number, call_.minor);
    if (wrong == NFS4_OK && !row) wrong = NFS4ERR_OP_ILLEGAL;
    if (wrong != NFS4_OK) {
        nfsstat4 before = co_await flush(false);
        if (before != NFS4_OK) co_return before;
        put_error(wrong == NFS4ERR_OP_ILLEGAL ? uint32_t{OP_ILLEGAL} : number, wrong);
        co_return wrong;
    }
    co_return co_await execute(row->make(), *row);
}

nfsstat4 CompoundRun::check_place(uint32_t number) const {
    if (number == OP_SEQUENCE) return NFS4ERR_SEQUENCE_POS;
    if (number == OP_BIND_CONN_TO_SESSION) return NFS4ERR_NOT_ONLY_OP;
    return NFS4_OK;
}

nfsstat4 CompoundRun::check_export(const OperationRow& row) const {
    const Cursor& at = program_.current();
    if (row.needs_filehandle && !at.set()) return NFS4ERR_NOFILEHANDLE;
    if (row.modifies && (at.pseudo || (at.where && at.where->spec().read_only)))
        return NFS4ERR_ROFS;
    return NFS4_OK;
}

Task<nfsstat4> CompoundRun::execute(std::unique_ptr<Operation> made, const OperationRow& row) {
    operations_.push_back(std::move(made));
    Operation& operation = *operations_.back();
    nfsstat4 status = operation.read(in_) ? check_export(row) : NFS4ERR_BADXDR;
    // DESTROY_SESSION of the session at hand ends the compound (RFC 8881 section 18.37.3).
    if (status == NFS4_OK && row.number == OP_DESTROY_SESSION && index_ + 1 < head_.count)
        status = NFS4ERR_NOT_ONLY_OP;
    if (status == NFS4_OK && !fits(operation)) status = co_await make_room(operation);
    if (status == NFS4_OK && !operation.is_direct(program_))
        co_return co_await build(operation, row);
    nfsstat4 before = co_await flush(true);
    if (before != NFS4_OK) co_return before;
    if (status == NFS4_OK) {
        keep_reply_ |= !row.idempotent;
        measure_room();
        Result<nfsstat4> ran = co_await operation.run(program_).result();
        status = ran ? *ran : status_of(ran.error());
    }
    put(operation, row, status);
    co_return status;
}

Task<nfsstat4> CompoundRun::build(Operation& operation, const OperationRow& row) {
    size_t first = program_.compound().ops.size();
    Built built = operation.build(program_);
    if (built.flush_first) {
        while (program_.compound().ops.size() > first) program_.compound().ops.pop_back();
        nfsstat4 before = co_await flush(true);
        if (before != NFS4_OK) co_return before;
        first = 0;
        built = operation.build(program_);
        if (built.flush_first) built = NFS4ERR_SERVERFAULT;
    }
    if (built.status != NFS4_OK) {
        // Steps of an operation that was refused half-built are not run.
        while (program_.compound().ops.size() > first) program_.compound().ops.pop_back();
        nfsstat4 before = co_await flush(false);
        if (before != NFS4_OK) co_return before;
        put(operation, row, built.status);
        co_return built.status;
    }
    keep_reply_ |= !row.idempotent;
    pending_.push_back({&operation, &row, first, program_.compound().ops.size()});
    pending_bytes_ += operation.reply_bound(call_);
    if (operation.decides()) co_return co_await flush(true);
    co_return NFS4_OK;
}

// --- stretches

Task<nfsstat4> CompoundRun::flush(bool more) {
    vfs::Reply reply;
    if (pending_.empty() && program_.empty()) {
        program_.ran(reply);  // a step that was taken back may have moved the cursor here
        co_return NFS4_OK;
    }
    if (more) program_.add_tail();
    if (!program_.empty()) {
        vfs::Backend& backend = program_.where()->backend();
        Result<vfs::Reply> ran = co_await backend.run(program_.compound()).result();
        if (ran) {
            reply = std::move(*ran);
        } else {
            reply.error = ran.error();  // nothing is known to have run
        }
    }
    nfsstat4 status = finish_pending(reply);
    program_.ran(reply);
    // Only the tail failed: a later step would have had nowhere to stand.
    if (status == NFS4_OK && !reply.ok()) status = status_of(reply.error);
    co_return status;
}

nfsstat4 CompoundRun::finish_pending(vfs::Reply& reply) {
    std::vector<Pending> pending = std::move(pending_);
    pending_.clear();
    pending_bytes_ = 0;
    Finish finish{program_, reply};
    for (Pending& each : pending) {
        measure_room();
        bool failed = !reply.ok() && reply.completed < each.end;
        nfsstat4 status = failed ? each.operation->failed(finish, status_of(reply.error))
                                 : each.operation->finish(finish);
        put(*each.operation, *each.row, status);
        if (status != NFS4_OK) return status;
    }
    return NFS4_OK;
}

// --- the reply

size_t CompoundRun::planned() const { return rpc_head_bytes + out_.size() + pending_bytes_; }

size_t CompoundRun::reply_limit() const {
    if (!call_.session) return max_message_bytes;
    size_t cached = cache_this_ ? call_.session->max_cached : ~size_t{0};
    return std::min<size_t>(call_.session->max_response, cached);
}

void CompoundRun::measure_room() {
    size_t used = rpc_head_bytes + out_.size();
    call_.reply_room = reply_limit() - std::min(used, reply_limit());
}

bool CompoundRun::fits(const Operation& operation) const {
    return !call_.session || planned() + operation.reply_bound(call_) <= reply_limit();
}

// Before anything is done that could not be told: RFC 8881 section 2.10.6.4.
Task<nfsstat4> CompoundRun::make_room(const Operation& operation) {
    // The bounds are generous: see what there really is.
    nfsstat4 before = co_await flush(true);
    if (before != NFS4_OK) co_return before;
    if (fits(operation)) co_return NFS4_OK;
    size_t wanted = operation.reply_bound(call_);
    co_return planned() + wanted > call_.session->max_response ? NFS4ERR_REP_TOO_BIG
                                                               : NFS4ERR_REP_TOO_BIG_TO_CACHE;
}

void CompoundRun::put(Operation& operation, const OperationRow& row, nfsstat4 status) {
    reply_->begin(row.number);
    operation.encode(out_, status);
    service_.metrics().count_nfs4(row.number, status);
    log_debug("nfs4 {} {}: {}", call_.caller.connection, row.name, to_string(status));
}

void CompoundRun::put_error(uint32_t number, nfsstat4 status) {
    nfs_opnum4 op =
        find_operation(number, call_.minor) ? static_cast<nfs_opnum4>(number) : OP_ILLEGAL;
    reply_->add_error(op, status);
    service_.metrics().count_nfs4(number, status);
    log_debug("nfs4 {} {}: {}", call_.caller.connection, number, to_string(status));
}

}  // namespace strait::server::nfs4
