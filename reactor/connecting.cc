// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/connecting.h"

#include <sys/socket.h>

#include <cerrno>

#include "reactor/backend.h"
#include "reactor/socket_error.h"

namespace strait::reactor {

namespace {

// Waits for the outcome; an error closes the socket on its way out.
Task<> connected(Socket& socket) {
    for (;;) {
        int problem = 0;
        socklen_t size = sizeof(problem);
        ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &problem, &size);
        if (problem != 0) co_await socket_error(problem);
        sockaddr_storage peer;
        size = sizeof(peer);
        if (::getpeername(socket.fd(), reinterpret_cast<sockaddr*>(&peer), &size) == 0) co_return;
        co_await socket.wait_writable();
    }
}

}  // namespace

Task<Ref<Socket>> connect_socket(Reactor& reactor, Descriptor fd, Address address) {
    int begun = ::connect(fd.get(), address.native(), address.native_size());
    int problem = begun < 0 ? errno : 0;
    if (problem != 0 && problem != EINPROGRESS && problem != EINTR) co_return socket_error(problem);
    auto socket = reactor.backend().adopt(std::move(fd), false);
    if (problem != 0) {
        auto outcome = co_await connected(*socket).result();
        if (!outcome) {
            socket->close();
            co_return outcome.error();
        }
    }
    co_return socket;
}

Result<Address> bind_and_listen(int fd, const Address& address, int backlog) {
    if (::bind(fd, address.native(), address.native_size()) < 0) return fail_socket(errno);
    if (::listen(fd, backlog) < 0) return fail_socket(errno);
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    auto* native = reinterpret_cast<sockaddr*>(&storage);
    if (::getsockname(fd, native, &size) < 0) return fail_socket(errno);
    return Address::from_native(native, size);
}

}  // namespace strait::reactor
