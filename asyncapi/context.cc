// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asyncapi/context_impl.h"
#include "base/log.h"

namespace strait {

namespace asyncapi {

Failure failure_of(const Error& error, const std::string& what, const std::string& why) {
    Failure made;
    made.number = to_errno(error.code);
    made.name = errc_name(error.code);
    if (error.domain == Domain::nfs4) made.status = fmt::format("nfs4 status {}", error.status);
    if (error.domain == Domain::rpc) made.status = fmt::format("rpc status {}", error.status);
    made.text = what + ": " + (why.empty() ? std::string(errc_text(error.code)) : why);
    if (!made.status.empty()) made.text += " (" + made.status + ")";
    return made;
}

}  // namespace asyncapi

void Tally::rpc(const client::RpcTrace& trace) {
    counters.rpc(trace);
    if (!trace_) return;
    auto took = std::chrono::duration_cast<std::chrono::microseconds>(trace.took);
    trace_({trace.server, trace.operations, trace.request_bytes, trace.reply_bytes,
            static_cast<uint64_t>(took.count()), to_errno(trace.status.code)});
}

Context::Impl::~Impl() {
    if (engine && !closed) {
        auto done = reactor->block_on(engine->close());
        if (!done) log_warn("closing a context: {}", errc_text(done.error().code));
    }
    engine.reset();
}

Context::Context(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;
Context::~Context() = default;

Outcome<Context> Context::create(ContextOptions options) {
    return detail::ContextMaker::make(std::move(options), {});
}

Outcome<Context> detail::ContextMaker::make(ContextOptions options,
                                            asyncapi::Engine::Connect connect) {
    if (Reactor::current())
        return asyncapi::failure_of(Errc::busy, "create", "this thread has a context already");
    const bool busy_poll = options.busy_poll;
    auto impl = std::make_unique<Context::Impl>(std::move(options));
    auto reactor = Reactor::create();
    if (!reactor) return asyncapi::failure_of(reactor.error(), "create", "");
    impl->reactor = std::move(*reactor);
    if (busy_poll) impl->reactor->watch(&impl->patience.emplace(*impl->reactor));
    constexpr Duration close_patience = 2ms;
    impl->engine = std::make_unique<asyncapi::Engine>(*impl->reactor, &impl->tally,
                                                      std::move(connect), close_patience);
    return Context(std::move(impl));
}

Outcome<int> Context::fd() {
    auto fd = impl_->reactor->pollable_fd();
    if (!fd) return asyncapi::failure_of(fd.error(), "fd", "");
    return *fd;
}

void Context::poll(std::chrono::nanoseconds timeout) {
    bool at_once = timeout <= timeout.zero();
    impl_->reactor->poll(at_once ? MonoTime::min() : MonoClock::now() + timeout);
}

void Context::wait() { impl_->reactor->poll(never); }

Stats Context::stats() const {
    const auto& counted = impl_->tally.counters;
    Stats made;
    made.rpcs = counted.rpcs;
    made.connects = counted.connects;
    made.round_trips = counted.rpcs + counted.connects;
    made.resends = counted.resends;
    made.request_bytes = counted.request_bytes;
    made.reply_bytes = counted.reply_bytes;
    made.operations.assign(counted.operations.begin(), counted.operations.end());
    return made;
}

namespace {
Task<> close_engine(asyncapi::Engine& engine, bool& closed) {
    closed = true;
    co_await engine.close();
}
}  // namespace

Async<void> Context::close() {
    auto story = std::make_shared<asyncapi::Story>(asyncapi::Story{"close", ""});
    return impl_->run(std::move(story), close_engine(*impl_->engine, impl_->closed));
}

}  // namespace strait
