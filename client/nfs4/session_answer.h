// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Compounds outside of any slot, of one operation: EXCHANGE_ID, CREATE_SESSION,
// BIND_CONN_TO_SESSION, DESTROY_SESSION, DESTROY_CLIENTID (RFC 8881 section 2.10.5).

#include <algorithm>
#include <memory>

#include "client/nfs4/rpc.h"
#include "client/nfs4/session.h"
#include "wire/nfs4/errc_map.h"
#include "wire/rpc/record.h"

namespace strait::client::nfs4 {

// The answer, and what its views point into.
template <class Res>
struct Session::Answer {
    std::unique_ptr<wire::xdr::Reader> reader;
    Res result;
    wire::nfs4::nfsstat4 status = wire::nfs4::NFS4_OK;
};

template <class Res, class Args>
Task<Session::Answer<Res>> Session::ask(Args args, Link* link) {
    constexpr Duration first_pause = 50ms, longest_pause = 2s;
    for (Duration pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
        auto answer = co_await ask_once<Res>(args, link);
        if (answer.status != wire::nfs4::NFS4ERR_DELAY) co_return answer;
        co_await reactor_.sleep_for(pause);
    }
}

template <class Res, class Args>
Task<Session::Answer<Res>> Session::ask_once(const Args& args, Link* link) {
    using namespace wire::nfs4;
    auto call = make_ref<WaitedCall>();
    transport_.enlist(*call);
    wire::xdr::Writer out;
    auto mark = write_call_head(out, call->xid, *own_credential_);
    CompoundCall compound(out, "", minor_);
    compound.add(args);
    compound.finish();
    wire::rpc::end_record(out, mark);
    call->record = out.take();
    if (link) {
        transport_.submit_on(*link, call);
    } else {
        transport_.submit(call);
    }
    auto waited = co_await call->done.wait().result();
    if (!waited) {
        transport_.abandon(*call, waited.error());
        co_await waited;
    }
    const nfs_opnum4 operation = op_of<Args>;
    trace(*call, std::span(&operation, 1), call->error, 0, own_credential_->uid);
    if (call->error.code != Errc::ok) co_await call->error;
    Answer<Res> answer;
    answer.reader = std::make_unique<wire::xdr::Reader>(call->reply);
    co_await read_reply_head(*answer.reader);
    CompoundResults results(*answer.reader);
    co_await results.read_head();
    if (results.left() == 0) {
        if (results.status() != NFS4ERR_DELAY) co_await error_of(results.status());
        answer.status = results.status();
        co_return answer;
    }
    answer.status = co_await results.next(answer.result);
    co_return answer;
}

}  // namespace strait::client::nfs4
