// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "reactor/backend.h"
#include "reactor/connecting.h"
#include "reactor/socket_error.h"

namespace strait {

namespace {

void set_option(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof(value));
}

Result<> bind_local(int fd, const Address& remote, const ConnectOptions& options) {
    if (!options.bind_to.empty() || !options.privileged_port) {
        if (options.bind_to.empty()) return {};
        if (::bind(fd, options.bind_to.native(), options.bind_to.native_size()) < 0)
            return reactor::fail_socket(errno);
        return {};
    }
    Address any = remote.family() == AF_INET6 ? Address::any6(0) : Address::any(0);
    for (uint16_t port = 1023; port >= 512; port--) {
        Address local = any.with_port(port);
        if (::bind(fd, local.native(), local.native_size()) == 0) return {};
        if (errno != EADDRINUSE) return reactor::fail_socket(errno);
    }
    return fail(Errc::busy);
}

Result<Descriptor> prepare(const Address& remote, const ConnectOptions& options) {
    Descriptor fd(::socket(remote.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return reactor::fail_socket(errno);
    if (options.no_delay) set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    if (options.keepalive) set_option(fd.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
    if (options.send_buffer > 0) set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, options.send_buffer);
    if (options.receive_buffer > 0)
        set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
    auto bound = bind_local(fd.get(), remote, options);
    if (!bound) return fail(bound.error());
    return fd;
}

}  // namespace

Task<TcpStream> TcpStream::connect(Reactor& reactor, Address address, ConnectOptions options) {
    if (address.family() != AF_INET && address.family() != AF_INET6) co_return Errc::inval;
    auto fd = co_await prepare(address, options);
    auto socket = co_await reactor::connect_socket(reactor, std::move(fd), address);
    co_return TcpStream(std::move(socket));
}

TcpStream TcpStream::adopt(Reactor& reactor, int fd) {
    return TcpStream(reactor.backend().adopt(Descriptor(fd), true));
}

Listener::Listener(Ref<reactor::Acceptor> acceptor, Address local) noexcept
    : acceptor_(std::move(acceptor)), local_(local) {}

Listener::~Listener() { close(); }

void Listener::shutdown() noexcept { acceptor_->shutdown(); }

void Listener::close() noexcept {
    if (!acceptor_) return;
    acceptor_->close();
    acceptor_ = nullptr;
}

Result<TcpListener> TcpListener::bind(Reactor& reactor, Address address, ListenOptions options) {
    if (address.family() != AF_INET && address.family() != AF_INET6) return fail(Errc::inval);
    Descriptor fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return reactor::fail_socket(errno);
    set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (options.reuse_port) set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
    auto local = reactor::bind_and_listen(fd.get(), address, options.backlog);
    if (!local) return fail(local.error());
    TcpListener made(reactor.backend().listen(std::move(fd)), *local);
    made.no_delay_ = options.no_delay;
    made.reactor_ = &reactor;
    return made;
}

Task<TcpStream> TcpListener::accept() {
    auto fd = co_await acceptor_->accept();
    if (no_delay_) set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
    co_return TcpStream::adopt(*reactor_, fd.detach());
}

}  // namespace strait
