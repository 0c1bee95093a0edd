// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/unix_stream.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "reactor/backend.h"
#include "reactor/connecting.h"
#include "reactor/socket_error.h"

namespace strait {

namespace {

constexpr size_t message_bytes = 64u << 10;

struct alignas(cmsghdr) ControlRoom {
    std::byte bytes[CMSG_SPACE(UnixStream::max_descriptors * sizeof(int))];
};

Result<Descriptor> fresh_socket(const Address& address) {
    if (address.family() != AF_UNIX) return fail(Errc::inval);
    Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return reactor::fail_socket(errno);
    return fd;
}

std::vector<Descriptor> take_descriptors(msghdr& message) {
    std::vector<Descriptor> taken;
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof(int));
            taken.emplace_back(fd);
        }
    }
    return taken;
}

// Errc::again: nothing there yet.
Result<UnixMessage> receive_some(int fd) {
    Buffer room = Buffer::allocate(message_bytes);
    ControlRoom control;
    iovec vector{room.data(), room.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof(control.bytes);
    ssize_t count = ::recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0) return fail(errno == EINTR ? Error(Errc::again) : reactor::socket_error(errno));
    UnixMessage came;
    came.descriptors = take_descriptors(message);
    // The kernel dropped descriptors that had no room (or that this process has no number for):
    // never in silence.
    if (message.msg_flags & MSG_CTRUNC) return fail(Errc::mfile);
    room.trim_to(static_cast<size_t>(count));
    came.data = std::move(room);
    return came;
}

// Sends the first part of `data` along with the descriptors; returns how many bytes went. 0: no
// room yet.
Result<size_t> send_with_descriptors(int fd, const BufferChain& data,
                                     std::span<const int> descriptors) {
    ControlRoom control{};
    const Buffer& first = data.parts()[0];
    iovec vector{first.data(), first.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
    ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return static_cast<size_t>(sent);
    if (errno == EAGAIN || errno == EINTR) return 0;
    return reactor::fail_socket(errno);
}

}  // namespace

Task<UnixStream> UnixStream::connect(Reactor& reactor, Address address) {
    auto fd = co_await fresh_socket(address);
    auto socket = co_await reactor::connect_socket(reactor, std::move(fd), address);
    co_return UnixStream(std::move(socket));
}

UnixStream UnixStream::adopt(Reactor& reactor, int fd) {
    return UnixStream(reactor.backend().adopt(Descriptor(fd), true));
}

Task<UnixMessage> UnixStream::receive_message() {
    for (;;) {
        auto came = receive_some(socket_->fd());
        if (came || came.error() != Errc::again) co_return came;
        co_await socket_->wait_readable();
    }
}

Task<> UnixStream::send_message(BufferChain data, std::span<const int> descriptors) {
    if (descriptors.empty()) {
        co_await socket_->send(std::move(data));
        co_return;
    }
    if (data.empty() || descriptors.size() > max_descriptors) co_await Errc::inval;
    size_t sent = 0;
    for (;;) {
        sent = co_await send_with_descriptors(socket_->fd(), data, descriptors);
        if (sent > 0) break;
        co_await socket_->wait_writable();
    }
    co_await socket_->send(data.slice(sent, data.size() - sent));
}

Result<PeerCredentials> UnixStream::peer_credentials() const {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket_->fd(), SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return reactor::fail_socket(errno);
    return PeerCredentials{peer.pid, peer.uid, peer.gid};
}

Result<UnixListener> UnixListener::bind(Reactor& reactor, Address address, int backlog) {
    auto fd = fresh_socket(address);
    if (!fd) return fail(fd.error());
    auto local = reactor::bind_and_listen(fd->get(), address, backlog);
    if (!local) return fail(local.error());
    UnixListener made(reactor.backend().listen(std::move(*fd)), *local);
    made.reactor_ = &reactor;
    return made;
}

Task<UnixStream> UnixListener::accept() {
    auto fd = co_await acceptor_->accept();
    co_return UnixStream::adopt(*reactor_, fd.detach());
}

}  // namespace strait
