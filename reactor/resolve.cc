// SPDX-License-Identifier: LGPL-2.1-or-later
// Address::resolve. A lookup may take the resolver's whole timeout: a stop leaves it behind, and it
// ends by itself.
#include <netdb.h>

#include <cstring>

#include "base/ref.h"
#include "base/sync.h"
#include "reactor/address.h"
#include "reactor/helpers.h"
#include "reactor/reactor.h"

namespace strait {

namespace {

Result<std::vector<Address>> look_up(const std::string& host, uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    int problem = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (problem == EAI_AGAIN || problem == EAI_FAIL) return fail(Errc::hostunreach);
    if (problem == EAI_SYSTEM) return fail_errno(errno);
    if (problem != 0) return fail(Errc::noent);
    std::vector<Address> made;
    for (addrinfo* at = found; at; at = at->ai_next)
        made.push_back(Address::from_native(at->ai_addr, at->ai_addrlen));
    ::freeaddrinfo(found);
    return made;
}

// Shared by the helper thread and the waiting coroutine, whichever ends last.
class Lookup final : public RefCounted, public Mail {
  public:
    Lookup(std::string host, uint16_t port) : host_(std::move(host)), port_(port) {}
    void run(Reactor& reactor) {
        add_ref();  // until delivered
        reactor.helpers().run([this, &reactor] {
            outcome_ = look_up(host_, port_, AI_ADDRCONFIG);
            reactor.post(*this);
        });
    }
    void deliver() noexcept override {
        done_.set();
        drop_ref();
    }
    Task<> wait() { return done_.wait(); }
    Result<std::vector<Address>> take() { return std::move(outcome_); }

  private:
    std::string host_;
    uint16_t port_;
    Result<std::vector<Address>> outcome_ = fail(Errc::noent);
    Event done_;
};

}  // namespace

Task<std::vector<Address>> Address::resolve(Reactor& reactor, std::string host, uint16_t port) {
    if (auto number = look_up(host, port, AI_NUMERICHOST)) co_return std::move(*number);
    auto lookup = make_ref<Lookup>(std::move(host), port);
    lookup->run(reactor);
    co_await lookup->wait();
    co_return lookup->take();
}

}  // namespace strait
