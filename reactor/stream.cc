// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/stream.h"

#include <sys/socket.h>

namespace strait {

Stream::Stream(Ref<reactor::Socket> socket) noexcept : socket_(std::move(socket)) {}

Stream::~Stream() { close(); }

namespace {
template <class T>
Task<T> already_closed() {
    co_return co_await Result<T>(fail(Errc::closed));
}
}  // namespace

Task<Buffer> Stream::receive() {
    if (!socket_) return already_closed<Buffer>();
    return socket_->receive();
}

Task<> Stream::receive_exact(MutableBytes out) {
    if (!socket_) return already_closed<void>();
    return socket_->receive_exact(out);
}

Task<> Stream::send(BufferChain data) {
    if (!socket_) return already_closed<void>();
    return socket_->send(std::move(data));
}

Result<size_t> Stream::send_now(const BufferChain& data) {
    if (!socket_) return fail(Errc::closed);
    return socket_->send_now(data);
}

void Stream::shutdown_send() noexcept {
    if (socket_) ::shutdown(socket_->fd(), SHUT_WR);
}

void Stream::shutdown() noexcept {
    if (socket_) ::shutdown(socket_->fd(), SHUT_RDWR);
}

void Stream::close() noexcept {
    if (!socket_) return;
    socket_->close();
    socket_ = nullptr;
}

Address Stream::local() const {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    auto* native = reinterpret_cast<sockaddr*>(&storage);
    if (!socket_) return {};
    if (::getsockname(socket_->fd(), native, &size) < 0) return {};
    return Address::from_native(native, size);
}

Address Stream::peer() const {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    auto* native = reinterpret_cast<sockaddr*>(&storage);
    if (!socket_) return {};
    if (::getpeername(socket_->fd(), native, &size) < 0) return {};
    return Address::from_native(native, size);
}

int Stream::native_handle() const noexcept { return socket_ ? socket_->fd() : -1; }

}  // namespace strait
