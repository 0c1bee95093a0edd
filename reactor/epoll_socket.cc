// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/epoll_socket.h"

#include <sys/socket.h>

#include <cerrno>

#include "base/log.h"
#include "reactor/socket_error.h"

namespace strait::reactor {

namespace {
constexpr Duration descriptor_pause = 20ms;  // until someone may have closed one
}

EpollSocket::EpollSocket(EpollBackend& backend, Descriptor fd, bool likely_readable)
    : Socket(std::move(fd)), backend_(backend), readable_(likely_readable) {
    backend_.add(this->fd(), *this, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void EpollSocket::close() noexcept {
    if (!fd_) return;
    backend_.remove(fd());
    fd_.close();
    readers_.wake_all();
    writers_.wake_all();
}

void EpollSocket::on_events(uint32_t events) noexcept {
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ended_ = true;
    if (events & EPOLLHUP) hung_up_ = true;
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        readable_ = true;
        readers_.wake_all();
    }
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
        writable_ = true;
        writers_.wake_all();
    }
}

Task<> EpollSocket::readable() {
    while (!readable_ && fd_) {
        Errc why = co_await readers_.wait();
        if (why != Errc::ok) co_await why;
    }
    if (!fd_) co_await Errc::closed;
}

Task<Buffer> EpollSocket::receive() {
    Ref<EpollSocket> alive(this);
    for (;;) {
        co_await readable();
        bool was_short = false;
        auto came = backend_.receive_some(fd(), was_short);
        if (came || (came.error() != Errc::again && came.error() != Errc::interrupted)) {
            if (was_short) drained();
            co_return came;
        }
        if (came.error() == Errc::again) readable_ = false;
    }
}

Task<> EpollSocket::receive_exact(MutableBytes out) {
    Ref<EpollSocket> alive(this);
    while (!out.empty()) {
        co_await readable();
        ssize_t count = ::recv(fd(), out.data(), out.size(), MSG_DONTWAIT);
        if (count == 0) co_await Errc::connreset;
        if (count > 0) {
            if (static_cast<size_t>(count) < out.size()) drained();
            out = out.subspan(static_cast<size_t>(count));
        } else if (errno == EAGAIN) {
            readable_ = false;
        } else if (errno != EINTR) {
            co_await socket_error(errno);
        }
    }
}

// The caller's last call said EAGAIN: whatever was remembered is outdated, unless an event came
// since.
Task<> EpollSocket::wait_readable() {
    Ref<EpollSocket> alive(this);
    co_await readable();
    drained();
}

Task<> EpollSocket::wait_writable() {
    Ref<EpollSocket> alive(this);
    while (!writable_ && fd_) {
        Errc why = co_await writers_.wait();
        if (why != Errc::ok) co_await why;
    }
    if (!fd_) co_await Errc::closed;
    writable_ = hung_up_;
}

EpollAcceptor::EpollAcceptor(EpollBackend& backend, Descriptor fd)
    : Acceptor(std::move(fd)), backend_(backend) {
    backend_.add(this->fd(), *this, EPOLLIN | EPOLLET);
}

Task<Descriptor> EpollAcceptor::accept() {
    Ref<EpollAcceptor> alive(this);
    while (!closed_) {
        int connection = ::accept4(fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (connection >= 0) co_return Descriptor(connection);
        int problem = errno;
        if (problem == EAGAIN) {
            Errc why = co_await waiting_.wait();
            if (why != Errc::ok) co_return why;
            continue;
        }
        AcceptFailure failure = classify_accept(problem);
        if (failure == AcceptFailure::ended) break;
        if (failure == AcceptFailure::exhausted) {
            log_warn("accept: {}: trying again", errc_text(socket_error(problem).code));
            co_await backend_.reactor().sleep_for(descriptor_pause);
        }
    }
    co_return Errc::closed;
}

void EpollAcceptor::shutdown() noexcept {
    closed_ = true;
    if (fd_) ::shutdown(fd(), SHUT_RDWR);
    waiting_.wake_all();
}

void EpollAcceptor::close() noexcept {
    if (!fd_) return;
    closed_ = true;
    backend_.remove(fd());
    fd_.close();
    waiting_.wake_all();
}

}  // namespace strait::reactor
