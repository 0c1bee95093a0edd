// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/straitd/core.h"

#include "base/log.h"
#include "reactor/patience.h"

namespace strait::server {

namespace {
constexpr Duration drain_patience = 5s;
}

Result<> Core::start() {
    Result<> started;
    std::atomic<bool> told{false};
    thread_ = std::thread([this, &started, &told] { run(started, told); });
    told.wait(false);
    if (!started) thread_.join();
    return started;
}

void Core::run(Result<>& started, std::atomic<bool>& told) {
    auto tell = [&] {
        told.store(true);
        told.notify_one();
    };
    auto made = Reactor::create();
    if (!made) {
        started = fail(made.error());
        return tell();
    }
    reactor_ = std::move(*made);
    Patience patience;
    reactor_->watch(&patience);
    Nursery nursery;
    nursery_ = &nursery;
    tell();
    reactor_->run();
    reactor_->watch(nullptr);
    (void)reactor_->block_on(drain());
    reactor_.reset();
}

void Core::adopt(int fd, uint64_t number) {
    reactor_->post(
        [this, fd, number] { nursery_->spawn(serve(TcpStream::adopt(*reactor_, fd), number)); });
}

Task<> Core::serve(TcpStream stream, uint64_t number) {
    Connection connection(std::move(stream), number, program_, metrics_);
    connections_.insert(&connection);
    Result<> ended = co_await connection.serve().result();
    if (!ended) log_debug("connection {}: {}", number, errc_text(ended.error().code));
    connections_.erase(&connection);
}

// What was accepted is answered; who does not take its replies is left after a while.
Task<> Core::drain() {
    for (Connection* each : connections_) each->drain();
    MonoTime until = MonoClock::now() + drain_patience;
    while (!connections_.empty() && MonoClock::now() < until) co_await reactor_->sleep_for(10ms);
    for (Connection* each : connections_) each->abort();
    co_await nursery_->close();
}

void Core::stop() {
    if (!thread_.joinable()) return;
    reactor_->stop();
    thread_.join();
}

}  // namespace strait::server
