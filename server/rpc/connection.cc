// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/rpc/connection.h"

#include <sys/socket.h>

#include "base/log.h"

namespace strait::server {

namespace {

// What one connection may keep under way or waiting to be sent.
constexpr size_t max_calls = 128;
constexpr size_t max_request_bytes = 16u << 20;
constexpr size_t max_outgoing_bytes = 8u << 20;
// Some room above the largest record that any session is granted.
constexpr size_t max_record_bytes = 2u << 20;
// A record that was begun is finished within this time, or the peer is not serious.
constexpr Duration record_patience = 60s;

using wire::rpc::CallRead;

}  // namespace

Connection::Connection(TcpStream stream, uint64_t number, RpcProgram& program,
                       SharedMetrics& metrics)
    : stream_(std::move(stream)),
      program_(program),
      metrics_(metrics),
      peer_(stream_.peer()),
      number_(number),
      parser_(max_record_bytes) {}

Task<> Connection::serve() {
    metrics_.connections++;
    metrics_.connections_total++;
    Result<> ended = co_await receive_all().result();
    if (!ended)
        log_debug("connection {} of {}: {}", number_, peer_.format(),
                  errc_text(ended.error().code));
    co_await calls_.close();
    stream_.close();
    metrics_.connections--;
}

Task<> Connection::receive_all() {
    Reactor& reactor = *Reactor::current();
    for (;;) {
        MonoTime until = parser_.in_record() ? MonoClock::now() + record_patience : never;
        Buffer bytes = co_await reactor.with_deadline(stream_.receive(), until);
        if (bytes.empty()) co_return;
        metrics_.bytes_received += bytes.size();
        parser_.feed(std::move(bytes));
        for (;;) {
            Result<std::optional<BufferChain>> record = parser_.next();
            if (!record) {
                metrics_.refused++;
                abort();
                co_await record.error();
            }
            if (!*record) break;
            bool going_on = co_await wait_for_room();
            if (!going_on) co_return;
            running_calls_++;
            request_bytes_ += (*record)->size();
            calls_.spawn(answer(std::move(**record)));
        }
    }
}

// Back-pressure before work, not after.
Task<bool> Connection::wait_for_room() {
    while (!broken_ && (running_calls_ >= max_calls || request_bytes_ >= max_request_bytes ||
                        outgoing_.size() >= max_outgoing_bytes)) {
        room_.reset();
        co_await room_.wait();
    }
    co_return !broken_;
}

void Connection::drain() noexcept { ::shutdown(stream_.native_handle(), SHUT_RD); }

void Connection::abort() noexcept {
    broken_ = true;
    room_.set();
    stream_.shutdown();
}

// --- one call

Task<> Connection::answer(BufferChain record) {
    size_t bytes = record.size();
    wire::xdr::Writer out;
    auto mark = wire::rpc::begin_record(out);
    co_await respond(std::move(record), out);
    running_calls_--;
    request_bytes_ -= bytes;
    if (out.size() > 4) {
        wire::rpc::end_record(out, mark);
        metrics_.calls++;
        co_await send(out.take());
    }
    room_.set();
}

bool Connection::read_credential(const wire::rpc::opaque_auth& credential, Caller& caller) const {
    caller.flavor = credential.flavor;
    caller.peer = peer_;
    caller.connection = number_;
    if (credential.flavor == wire::rpc::AUTH_NONE) return true;
    wire::rpc::authsys_parms parms;
    if (credential.flavor != wire::rpc::AUTH_SYS ||
        !wire::rpc::read_auth_sys(credential.body, parms))
        return false;
    caller.uid = parms.uid;
    caller.gid = parms.gid;
    for (uint32_t group : parms.gids) caller.groups.push_back(group);
    return true;
}

Task<> Connection::respond(BufferChain record, wire::xdr::Writer& out) {
    namespace rpc = wire::rpc;
    size_t bytes = record.size();
    wire::xdr::Reader in(std::move(record));
    rpc::rpc_msg message;
    CallRead read = rpc::read_call(in, message);
    if (read != CallRead::ok) metrics_.refused++;
    if (read == CallRead::malformed) {
        abort();
        co_return;
    }
    const rpc::call_body& call = message.body.cbody;
    Caller caller;
    if (read == CallRead::rpc_mismatch) {
        rpc::write_rpc_mismatch(out, message.xid);
    } else if (read == CallRead::bad_cred || !read_credential(call.cred, caller)) {
        rpc::write_auth_error(out, message.xid, rpc::AUTH_BADCRED);
    } else if (call.prog != program_.number()) {
        rpc::write_accept_error(out, message.xid, rpc::PROG_UNAVAIL);
    } else if (call.vers != program_.version()) {
        rpc::write_prog_mismatch(out, message.xid, program_.version(), program_.version());
    } else {
        auto before = out.mark();
        rpc::write_success(out, message.xid);
        rpc::accept_stat status = co_await program_.call(call.proc, in, caller, bytes, out);
        if (status != rpc::SUCCESS) {
            out.rollback(before);
            rpc::write_accept_error(out, message.xid, status);
        }
    }
}

// Replies that come while another is being sent go out together with the next send.
Task<> Connection::send(BufferChain reply) {
    outgoing_.append(std::move(reply));
    if (sending_) co_return;
    sending_ = true;
    while (!outgoing_.empty() && !broken_) {
        BufferChain now = std::exchange(outgoing_, {});
        metrics_.bytes_sent += now.size();
        Result<> sent = co_await stream_.send(std::move(now)).result();
        if (!sent) abort();
        room_.set();
    }
    outgoing_ = {};
    sending_ = false;
}

}  // namespace strait::server
