// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/straitd/server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <future>

#include "base/log.h"
#include "server/straitd/backends.h"

namespace strait::server {

namespace {

constexpr uint64_t max_connections = 16'384;
// For so long a port may still be taken by a server that was killed a moment ago: the kernel closes
// the sockets of its rings in its own time.
constexpr Duration port_patience = 2s;

std::string bind_error(const Address& address, Errc code) {
    std::string_view what = code == Errc::busy     ? "another program listens there"
                            : code == Errc::access ? "ports below 1024 need a privilege"
                                                   : "see --listen in straitd --help";
    return fmt::format("cannot listen on {}: {}\n  {}", address.format(), errc_text(code), what);
}

Task<TcpListener> bind_patiently(Reactor& reactor, Address address) {
    const MonoTime until = MonoClock::now() + port_patience;
    for (;;) {
        Result<TcpListener> bound = TcpListener::bind(reactor, address);
        if (bound) co_return std::move(*bound);
        if (bound.error() != Errc::busy || MonoClock::now() >= until) co_return bound.error();
        co_await reactor.sleep_for(20ms);
    }
}

}  // namespace

std::expected<std::unique_ptr<Server>, std::string> Server::start(StraitdOptions options) {
    std::unique_ptr<Server> made(new Server(std::move(options)));
    auto good = made->add_exports();
    if (good) good = made->listen();
    if (!good) return std::unexpected(good.error());
    return made;
}

std::expected<void, std::string> Server::add_exports() {
    for (const ExportSpec& spec : options_.exports) {
        auto backend = make_backend(spec);
        if (!backend) return std::unexpected(backend.error());
        auto added = exports_.add(spec, std::move(*backend));
        if (!added) return std::unexpected(added.error());
    }
    nfs4::ServiceOptions service;
    service.lease = std::chrono::seconds(options_.lease_seconds);
    service.grace = std::chrono::seconds(options_.grace_seconds);
    service.state_dir = options_.state_dir;
    auto made = nfs4::Service::create(std::move(service), exports_, metrics_);
    if (!made) return std::unexpected(made.error());
    service_ = std::move(*made);
    program_ = std::make_unique<nfs4::Nfs4Program>(*service_);
    return {};
}

Result<> Server::on_first_core(Task<> task) {
    std::promise<Result<>> outcome;
    cores_[0]->reactor().post(
        [&] { strait::start(std::move(task), [&](Result<> ended) { outcome.set_value(ended); }); });
    return outcome.get_future().get();
}

std::expected<void, std::string> Server::listen() {
    for (uint32_t i = 0; i < options_.threads; i++) {
        cores_.push_back(std::make_unique<Core>(*program_, metrics_));
        if (Result<> started = cores_.back()->start(); !started) {
            cores_.pop_back();
            return std::unexpected(
                fmt::format("no event loop: {}", errc_text(started.error().code)));
        }
    }
    duties_ = std::make_unique<Nursery>();
    if (Result<> started = on_first_core(exports_.start()); !started)
        return std::unexpected(
            fmt::format("an export cannot be read: {}", errc_text(started.error().code)));
    std::string error;
    (void)on_first_core(open_listeners(error));
    if (!error.empty()) return std::unexpected(error);
    return {};
}

Task<> Server::open_listeners(std::string& error) {
    Reactor& reactor = cores_[0]->reactor();
    for (const Address& address : options_.listen) {
        Result<TcpListener> bound = co_await bind_patiently(reactor, address).result();
        if (!bound) {
            error = bind_error(address, bound.error().code);
            co_return;
        }
        listening_.push_back(bound->local());
        listeners_.push_back(std::make_unique<TcpListener>(std::move(*bound)));
    }
    if (!options_.metrics.empty()) {
        Result<TcpListener> bound = TcpListener::bind(reactor, options_.metrics);
        if (!bound) {
            error = bind_error(options_.metrics, bound.error().code);
            co_return;
        }
        metrics_address_ = bound->local();
        metrics_door_ = std::make_unique<MetricsDoor>(std::move(*bound), [this] {
            return metrics_.text(nfs4::operation_name, nfs4::status_name);
        });
        duties_->spawn(metrics_door_->serve());
    }
    for (auto& listener : listeners_) duties_->spawn(accept_all(*listener));
    duties_->spawn(keep_time());
}

// One core accepts, and hands the connections round: a client's few connections spread evenly.
Task<> Server::accept_all(TcpListener& listener) {
    for (;;) {
        Result<TcpStream> stream = co_await listener.accept().result();
        if (!stream) co_return;
        if (metrics_.connections >= max_connections) {
            log_warn("refused a connection: {} are open", max_connections);
            continue;
        }
        int fd = ::fcntl(stream->native_handle(), F_DUPFD_CLOEXEC, 3);
        if (fd < 0) continue;
        uint64_t number = next_connection_++;
        cores_[number % cores_.size()]->adopt(fd, number);
    }
}

Task<> Server::keep_time() {
    for (;;) {
        co_await cores_[0]->reactor().sleep_for(1s);
        co_await service_->tick();
    }
}

namespace {
Task<> close_nursery(Nursery& nursery) {
    nursery.stop();
    co_await nursery.close();
}
}  // namespace

Server::~Server() {
    if (cores_.empty()) return;
    if (duties_) (void)on_first_core(close_nursery(*duties_));
    for (size_t i = cores_.size(); i-- > 1;) cores_[i]->stop();
    auto close_all = [](Server& self) -> Task<> {
        self.metrics_door_.reset();
        self.listeners_.clear();
        co_await self.exports_.close();
    };
    (void)on_first_core(close_all(*this));
    cores_[0]->stop();
}

}  // namespace strait::server
