// SPDX-License-Identifier: LGPL-2.1-or-later
// The life of a program: build a compound, send it, take over its results, and go on until the
// program ends, fails, or must wait.
#include "base/variant.h"
#include "client/nfs4/mount.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/errc_map.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;
using Verdict = SessionCall::Verdict;
using Role = Step::Role;

namespace {

constexpr Duration first_pause = 15ms, longest_pause = 2s;

bool is_state_error(nfsstat4 status) {
    switch (status) {
        case NFS4ERR_BAD_STATEID:
        case NFS4ERR_STALE_STATEID:
        case NFS4ERR_OLD_STATEID:
        case NFS4ERR_EXPIRED:
        case NFS4ERR_ADMIN_REVOKED:
        case NFS4ERR_DELEG_REVOKED:
            return true;
        default:
            return false;
    }
}

// Must the server keep the reply, because doing it twice is not doing it once? Large replies come
// only with operations that may be done again.
bool wants_cached_reply(const vfs::Compound& program, uint32_t from, uint32_t most_cached) {
    bool once = false;
    size_t reply = 512;
    for (uint32_t i = from; i < program.ops.size(); i++) {
        const vfs::Op& op = program.ops[i];
        if (auto* read = std::get_if<vfs::Read>(&op)) reply += read->count;
        if (auto* list = std::get_if<vfs::ReadDir>(&op)) reply += list->max_bytes;
        if (holds<vfs::GetXattr>(op) || holds<vfs::ListXattrs>(op)) reply += 65536;
        reply += 128 + (holds<vfs::GetAttr>(op) ? 256 : 0);
        auto* open = std::get_if<vfs::Open>(&op);
        once = once || (open && open->create != vfs::Open::Create::never) ||
               holds<vfs::SetAttr>(op) || holds<vfs::Create>(op) || holds<vfs::Remove>(op) ||
               holds<vfs::Rename>(op) || holds<vfs::Link>(op) || holds<vfs::Lock>(op) ||
               holds<vfs::Unlock>(op) || holds<vfs::Close>(op) || holds<vfs::Downgrade>(op) ||
               holds<vfs::SetXattr>(op) || holds<vfs::RemoveXattr>(op);
    }
    return once && reply <= most_cached;
}

}  // namespace

Task<vfs::Reply> Mount::run(const vfs::Compound& program) {
    return run_program(program, gate_.enter());
}

Task<vfs::Reply> Mount::run_program(const vfs::Compound& program,
                                    Result<std::optional<Gate::Pass>> inside) {
    if (!inside) co_return inside.error();
    vfs::Reply reply;
    Lowering progress(*this, program);
    if (progress.begin_large(reply)) co_await finish_large(progress, program, reply);
    Duration pause = first_pause;
    while (!progress.ended() && reply.ok()) {
        if (progress.needs_root_handle()) co_await learn_root();
        Ref<Batch> batch = co_await exchange(progress, program, reply);
        if (!batch) break;
        Next next = judge(progress, *batch, reply);
        if (next == Next::renew) {
            co_await renew_open(progress.position().open, batch->state_epoch);
        } else if (next == Next::pause) {
            co_await reactor_.sleep_for(pause);
            pause = std::min(pause * 2, longest_pause);
        } else if (next == Next::stop) {
            break;
        } else {
            pause = first_pause;
        }
        if (progress.in_large() && reply.ok()) co_await finish_large(progress, program, reply);
    }
    reply.completed = progress.next();
    co_return reply;
}

// One compound there and back. Null: the operation at progress.next() cannot be asked for, and
// `reply` says why.
Task<Ref<Batch>> Mount::exchange(Lowering& progress, const vfs::Compound& program,
                                 vfs::Reply& reply) {
    MonoTime until = options_.on_silence == OnSilence::hard
                         ? never
                         : MonoClock::now() + options_.timeo * (options_.retrans + 1);
    std::optional<uint32_t> slot = session_.try_acquire();
    if (!slot) {
        uint32_t waited_for = co_await acquire_until(until);
        slot = waited_for;
    }
    auto batch = make_ref<Batch>(*this, progress.next());
    batch->state_epoch = state_epoch_;
    batch->cache_this =
        !progress.never_cache &&
        wants_cached_reply(program, progress.next(), session_.limits().max_response_cached);
    wire::xdr::Writer out;
    CompoundCall compound = session_.begin(out, *batch, *slot, program.credential.get());
    if (auto built = progress.build(*batch, compound); !built) {
        session_.take_back(*batch);
        batch->settled();
        reply.error = built.error();
        co_return Ref<Batch>();
    }
    session_.send(compound, out, batch);
    Errc why = Errc::ok;
    if (until == never) {
        why = co_await batch->done.until_set();
    } else {
        auto waited = co_await reactor_.with_deadline(batch->done.wait(), until).result();
        if (!waited) why = waited.error().code;
    }
    if (why != Errc::ok) {
        // The slot stays the call's; what it opens is closed when the reply comes.
        batch->waited_for = false;
        if (batch->done.is_set()) batch->end_orphans();
        co_await why;
    }
    if (batch->verdict == Verdict::failed) co_await batch->error;
    if (ids_.needs_lookup()) {
        co_await ids_.resolve(reactor_);
        if (batch->verdict == Verdict::answered) co_await batch->reread();
    }
    co_return batch;
}

Task<uint32_t> Mount::acquire_until(MonoTime until) {
    if (until == never) co_return co_await session_.acquire();
    co_return co_await reactor_.with_deadline(session_.acquire(), until);
}

// What is to be done next, after `batch` has come back.
Mount::Next Mount::judge(Lowering& progress, Batch& batch, vfs::Reply& reply) {
    if (batch.verdict == Verdict::again_later) return Next::pause;
    if (batch.verdict != Verdict::answered) {
        progress.never_cache = progress.never_cache || batch.too_big_to_cache;
        if (batch.maybe_done)
            progress.maybe_done_until = batch.first + static_cast<uint32_t>(batch.results.size());
        return Next::go_on;
    }
    // Servers may say so at the operation behind SEQUENCE, too (RFC 8881 section 18.46.3).
    if (batch.status == NFS4ERR_RETRY_UNCACHED_REP) return Next::go_on;
    bool closing = batch.failed && batch.closed_unknown;
    if (closing) batch.failed->index++;
    progress.advance(batch, reply);
    if (!batch.failed || closing) return Next::go_on;
    switch (batch.failed->role) {
        case Role::reclaim_complete:
            return batch.status == NFS4ERR_DELAY ? Next::pause : Next::go_on;
        case Role::below_root:
            if (batch.status != NFS4ERR_SAME) break;
            progress.stood_at_root(batch.result<vfs::Walk>(progress.next()).walked);
            return Next::go_on;
        case Role::root:
            if (batch.status == NFS4ERR_DELAY || batch.status == NFS4ERR_GRACE) break;
            if (!root_handle_) break;
            root_handle_.reset();  // it may have another one after a restart
            return Next::go_on;
        case Role::plain:
        case Role::setup:
        case Role::no_directory:
        case Role::directory:
        case Role::same_file:
        case Role::no_symlink:
            break;
    }
    if (batch.status == NFS4ERR_DELAY || batch.status == NFS4ERR_GRACE) return Next::pause;
    if (progress.next() < progress.maybe_done_until && was_done(progress, batch, reply))
        return Next::go_on;
    if (is_state_error(batch.status) && progress.position().open) {
        return batch.state_epoch != state_epoch_ ? Next::go_on : Next::renew;
    }
    fail_program(progress, batch, reply);
    return Next::stop;
}

// RFC 7862 lets a server have each of these or not, and has no other way to tell.
void Mount::note_missing(const vfs::Op& op) noexcept {
    auto miss = [this](nfs_opnum4 number) { missing_ |= 1u << (number - OP_ALLOCATE); };
    if (holds<vfs::Seek>(op)) miss(OP_SEEK);
    if (holds<vfs::Allocate>(op)) miss(OP_ALLOCATE);
    if (holds<vfs::Deallocate>(op)) miss(OP_DEALLOCATE);
    if (holds<vfs::Copy>(op)) miss(OP_COPY);
    if (holds<vfs::Clone>(op)) miss(OP_CLONE);
    if (holds<vfs::GetXattr>(op)) miss(OP_GETXATTR);
    if (holds<vfs::SetXattr>(op)) miss(OP_SETXATTR);
    if (holds<vfs::ListXattrs>(op)) miss(OP_LISTXATTRS);
    if (holds<vfs::RemoveXattr>(op)) miss(OP_REMOVEXATTR);
}

// The session was lost with this operation on its way, and now it fails as it would if that first
// try had been carried out: then that was us, and it is done. (A reply cache that outlives the
// server would tell for certain, as an exclusive create's verifier does, where the server takes
// one; else this is the likelier of two guesses.)
bool Mount::was_done(Lowering& progress, Batch& batch, vfs::Reply& reply) {
    const vfs::Op& op = progress.operation();
    auto* open = std::get_if<vfs::Open>(&op);
    if (open && open->create == vfs::Open::Create::guarded && batch.status == NFS4ERR_EXIST) {
        if (progress.verifier_of_guarded(*open, progress.next())) return false;
        progress.made_already = progress.next();
        return true;
    }
    bool made = batch.status == NFS4ERR_EXIST && (holds<vfs::Create>(op) || holds<vfs::Link>(op));
    bool gone = batch.status == NFS4ERR_NOENT && (holds<vfs::Remove>(op) || holds<vfs::Rename>(op));
    if (!made && !gone) return false;
    if (holds<vfs::Create>(op)) batch.result<vfs::Create>(progress.next());
    if (holds<vfs::Link>(op)) batch.result<vfs::Link>(progress.next());
    if (holds<vfs::Remove>(op)) batch.result<vfs::Remove>(progress.next());
    if (holds<vfs::Rename>(op)) batch.result<vfs::Rename>(progress.next());
    batch.failed->index++;
    progress.advance(batch, reply);
    return true;
}

void Mount::fail_program(Lowering& progress, Batch& batch, vfs::Reply& reply) {
    uint32_t place = progress.next() - batch.first;
    if (place < batch.results.size()) reply.results.push_back(std::move(batch.results[place]));
    reply.error = error_of(batch.status);
    bool unknown = batch.status == NFS4ERR_NOTSUPP || batch.status == NFS4ERR_OP_ILLEGAL;
    if (unknown && batch.failed->role == Role::plain) note_missing(progress.operation());
    if (batch.failed->role == Role::no_directory && batch.status == NFS4ERR_SAME)
        reply.error.code = Errc::isdir;
    if (batch.failed->role == Role::directory && batch.status == NFS4ERR_NOT_SAME)
        reply.error.code = Errc::notdir;
    if (batch.failed->role == Role::same_file && batch.status == NFS4ERR_NOT_SAME)
        reply.error.code = Errc::bad_stateid;
    // readlink(2) knows one error for what is no symlink.
    if (holds<vfs::ReadLink>(progress.operation()) && batch.status == NFS4ERR_WRONG_TYPE)
        reply.error.code = Errc::inval;
    if (batch.failed->role == Role::no_symlink && batch.status == NFS4ERR_SAME)
        reply.error.code = Errc::symlink;
}

Task<> Mount::learn_root() {
    vfs::Compound program;
    program.root().get_handle();
    vfs::Reply reply = co_await run_program(program);
    if (!reply.ok()) co_await reply.error;
}

}  // namespace strait::client::nfs4
