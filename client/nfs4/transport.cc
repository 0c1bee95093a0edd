// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/transport.h"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <random>
#include <utility>

#include "base/log.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::client::nfs4 {

namespace {

constexpr uint32_t rpc_call = 0, rpc_reply = 1;  // msg_type, RFC 5531 section 9
constexpr Duration connect_patience = 10s;
constexpr Duration first_pause = 50ms, longest_pause = 5s;

// A peer that is gone without a word is noticed by the kernel: by probes while nothing is on its
// way, by a limit for what is not acknowledged. Then the connection ends, and all is sent again.
void watch_for_silence(TcpStream& stream, const MountOptions& options) {
    using std::chrono::duration_cast;
    int seconds = std::max<int>(10, duration_cast<std::chrono::seconds>(options.timeo).count());
    int probes = static_cast<int>(std::min(options.retrans + 1, 10u));
    int limit_ms = seconds * 1000 * probes;
    int fd = stream.native_handle();
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof(limit_ms));
}

// What every RPC message begins with.
struct Head {
    uint32_t xid, type;
    bool good;
};
Head head_of(const BufferChain& record) {
    auto read = [](wire::xdr::Reader in) {
        const uint32_t xid = in.u32(), type = in.u32();
        return Head{xid, type, in.ok()};
    };
    const Bytes first = record.empty() ? Bytes() : record.parts().front().bytes();
    return first.size() >= 8 ? read(wire::xdr::Reader(first.first(8)))
                             : read(wire::xdr::Reader(record));
}

// A scope that nothing stops: for the ends of things, which must be waited for.
const Scope unstoppable{};

}  // namespace

Transport::Transport(Reactor& reactor, Handler& handler, const Url& url,
                     const MountOptions& options, TraceSink* trace)
    : reactor_(reactor),
      handler_(handler),
      options_(options),
      trace_(trace),
      host_(url.host),
      server_(fmt::format("{}:{}", url.host, options.port)) {
    generation_ = static_cast<uint16_t>(std::random_device()());
    links_.push_back(std::make_unique<Link>(*this));
}

// Open files may keep us longer than there is a reactor; after close() nothing is in flight.
Transport::~Transport() {
    for (auto& link : links_)
        if (link->in_flight_ != 0) reactor_.await_answers(-link->in_flight_);
}

Task<TcpStream> Transport::connect_once() {
    if (addresses_.empty()) {
        auto all = co_await Address::resolve(reactor_, host_, options_.port);
        for (const Address& each : all) {
            if (options_.family == AddressFamily::inet && each.family() != AF_INET) continue;
            if (options_.family == AddressFamily::inet6 && each.family() != AF_INET6) continue;
            addresses_.push_back(each);
        }
        if (addresses_.empty()) co_return Errc::hostunreach;
        next_address_ = 0;
    }
    ConnectOptions how;
    how.privileged_port = options_.reserved_port;
    Error last{Errc::hostunreach};
    for (size_t tried = 0; tried < addresses_.size(); tried++) {
        size_t at = (next_address_ + tried) % addresses_.size();
        auto stream = co_await reactor_
                          .with_deadline(TcpStream::connect(reactor_, addresses_[at], how),
                                         MonoClock::now() + connect_patience)
                          .result();
        if (stream) {
            next_address_ = at;
            watch_for_silence(*stream, options_);
            co_return std::move(*stream);
        }
        last = stream.error();
        if (last == Errc::cancelled) break;
    }
    addresses_.clear();  // the name may mean another place by now
    co_return last;
}

Task<> Transport::open() {
    Link& first = *links_[0];
    first.stream_ = co_await connect_once();
    first.open_ = first.up_ = true;
    nursery_.spawn(keep(first));
    if (trace_) trace_->connected(server_, false);
}

void Transport::widen() {
    while (links_.size() < options_.connections) {
        links_.push_back(std::make_unique<Link>(*this));
        nursery_.spawn(keep(*links_.back()));
    }
}

Task<> Transport::close() {
    closed_ = true;
    nursery_.stop();
    co_await nursery_.close().within(unstoppable);
    for (size_t i = 0; i < calls_.size(); i++)
        if (calls_[i]) finish(*calls_[i], Errc::closed);
}

// One connection, life after life.
Task<> Transport::keep(Link& link) {
    bool prepared = link.up_;
    for (;;) {
        if (!prepared) co_await reconnect(link);
        auto life = co_await live(link, prepared).result();
        link.stream_.close();
        prepared = false;
        if (closed_) co_await Errc::cancelled;
        if (trace_) trace_->lost(server_, link.why_);
        log_info("connection to {} lost: {}", server_, errc_text(link.why_.code));
        move_calls(link);
        (void)life;
    }
}

Task<> Transport::reconnect(Link& link) {
    thread_local std::minstd_rand random{std::random_device()()};
    for (Duration pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
        auto stream = co_await connect_once().result();
        if (stream) {
            link.stream_ = std::move(*stream);
            break;
        }
        log_debug("connecting to {}: {}", server_, errc_text(stream.error().code));
        // Between half and all of it, so that many clients of one server do not come as one.
        co_await reactor_.sleep_for(pause / 2 + pause / 2 * (random() % 1000) / 1000);
    }
    link.why_ = Errc::connreset;
    link.open_ = true;
    link.out_.clear();
    link.sending_ = false;
    link.has_output_.reset();
    if (trace_) trace_->connected(server_, true);
}

Task<> Transport::live(Link& link, bool prepared) {
    link.ended_.reset();
    Nursery loops;
    loops.spawn(link.send_loop());
    loops.spawn(link.receive_loop());
    if (!prepared) {
        auto fit = co_await handler_.prepare(link).result();
        if (!fit) link.drop(fit.error());
        link.up_ = link.open_;
        for (Ref<Call>& call : calls_)
            if (link.up_ && call && !call->link_) send_on(link, *call);
    }
    auto outcome = co_await link.ended_.wait().result();
    link.drop(outcome ? Errc::connreset : outcome.error().code);
    link.stream_.shutdown();
    loops.stop();
    co_await loops.close().within(unstoppable);
}

void Transport::enlist(Call& call) {
    if (free_places_.empty()) {
        free_places_.push_back(static_cast<uint16_t>(calls_.size()));
        calls_.emplace_back();
    }
    uint16_t place = free_places_.back();
    free_places_.pop_back();
    call.xid = static_cast<uint32_t>(++generation_) << 16 | place;
    calls_[place] = Ref<Call>(&call);
}

Link* Transport::best_link() noexcept {
    Link* best = nullptr;
    for (auto& link : links_)
        if (link->up_ && (!best || link->in_flight_ < best->in_flight_)) best = link.get();
    return best;
}

void Transport::send_on(Link& link, Call& call) {
    call.link_ = &link;
    if (call.sends++ == 0) call.begun = MonoClock::now();
    link.in_flight_++;
    reactor_.await_answers(1);
    link.send(call.record);
}

void Transport::submit(Ref<Call> call) {
    if (closed_) return finish(*call, Errc::closed);
    if (Link* link = best_link()) send_on(*link, *call);
}

void Transport::send_again(Ref<Call> call, Duration pause) {
    call->ended = false;
    call->reply = {};
    enlist(*call);
    wire::xdr::Writer head(16);
    head.splice(call->record.slice(0, 4));  // the record mark
    head.u32(call->xid);
    BufferChain record = head.take();
    record.append(call->record.slice(8, call->record.size() - 8));
    call->record = std::move(record);
    nursery_.spawn(send_later(std::move(call), pause));
}

Task<> Transport::send_later(Ref<Call> call, Duration pause) {
    co_await reactor_.sleep_for(pause);
    if (!call->ended && !call->link_) submit(std::move(call));
}

void Transport::submit_on(Link& link, Ref<Call> call) {
    call->pinned_ = true;
    if (!link.open_) return finish(*call, Errc::connreset);
    send_on(link, *call);
}

// After a connection was lost: its calls go to another one that is up, or wait.
void Transport::move_calls(Link& from) {
    reactor_.await_answers(-std::exchange(from.in_flight_, 0));
    for (size_t i = 0; i < calls_.size(); i++) {
        Ref<Call> call = calls_[i];
        if (!call || call->link_ != &from) continue;
        call->link_ = nullptr;
        if (Link* other = best_link()) send_on(*other, *call);
    }
}

void Transport::fail_pinned(Link& link) noexcept {
    for (size_t i = 0; i < calls_.size(); i++)
        if (Ref<Call> call = calls_[i]; call && call->link_ == &link && call->pinned_)
            finish(*call, link.why_);
}

void Transport::deliver(Link& link, BufferChain record) noexcept {
    const auto [xid, type, good] = head_of(record);
    if (!good) return link.drop(Errc::protocol);
    if (type == rpc_call) return handler_.called(link, std::move(record));
    size_t place = xid & 0xffff;
    Ref<Call> call = place < calls_.size() ? calls_[place] : Ref<Call>();
    // An unknown xid is no fault worth a connection: the answer to a call that was given up.
    if (type != rpc_reply || !call || call->xid != xid || call->link_ != &link) {
        log_debug("{}: a reply nobody waits for (xid {:#x})", server_, xid);
        return;
    }
    call->reply = std::move(record);
    finish(*call, Errc::ok);
}

void Transport::finish(Call& call, Error error) noexcept {
    if (call.ended) return;
    Ref<Call> keep_alive(&call);
    call.ended = true;
    call.error = error;
    if (call.link_) {
        call.link_->in_flight_--;
        reactor_.await_answers(-1);
    }
    call.link_ = nullptr;
    forget(call);
    call.completed();
}

void Transport::forget(Call& call) noexcept {
    size_t place = call.xid & 0xffff;
    if (place >= calls_.size() || calls_[place].get() != &call) return;
    free_places_.push_back(static_cast<uint16_t>(place));
    calls_[place] = nullptr;
}

void Transport::abandon(Call& call, Error why) noexcept { finish(call, why); }

void Transport::drop_all(Error why) noexcept {
    for (auto& link : links_) link->drop(why);
}

}  // namespace strait::client::nfs4
