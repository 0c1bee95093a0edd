// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/socket.h>

#include <cerrno>

#include "base/log.h"
#include "reactor/socket_error.h"
#include "reactor/uring_socket.h"

namespace strait::reactor {

namespace {
constexpr Duration descriptor_pause = 20ms;  // until someone may have closed one
constexpr size_t most_queued = 256;          // past it connections wait in the kernel's queue
}  // namespace

void UringAcceptor::arm() {
    io_uring_sqe entry{};
    io_uring_prep_multishot_accept(&entry, fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    backend_.launch(entry, *this);
    armed_ = true;
    problem_ = 0;
    add_ref();  // the operation's, until its last completion
}

void UringAcceptor::complete(int32_t result, uint32_t flags) noexcept {
    Ref<UringAcceptor> alive(this);
    if (!(flags & IORING_CQE_F_MORE)) {
        armed_ = false;
        drop_ref();
    }
    Descriptor connection(result);
    if (!fd_) return;
    if (result >= 0) {
        queue_.push_back(std::move(connection));
        if (queue_.size() >= most_queued && armed_) backend_.cancel(*this);
    } else if (result != -ECANCELED && result != -EAGAIN && result != -EINTR) {
        problem_ = -result;
    }
    waiting_.wake_all();
}

Task<Descriptor> UringAcceptor::accept() {
    Ref<UringAcceptor> alive(this);
    while (!closed_) {
        if (!queue_.empty()) {
            Descriptor first = std::move(queue_.front());
            queue_.pop_front();
            co_return first;
        }
        AcceptFailure failure = problem_ != 0 ? classify_accept(problem_) : AcceptFailure::skip;
        if (failure == AcceptFailure::ended) break;
        if (failure == AcceptFailure::exhausted) {
            log_warn("accept: {}: trying again", errc_text(socket_error(problem_).code));
            problem_ = 0;
            co_await backend_.reactor().sleep_for(descriptor_pause);
            continue;
        }
        if (!armed_) arm();
        Errc why = co_await waiting_.wait();
        if (why != Errc::ok) co_return why;
    }
    co_return Errc::closed;
}

void UringAcceptor::shutdown() noexcept {
    closed_ = true;
    if (fd_) ::shutdown(fd(), SHUT_RDWR);
    waiting_.wake_all();
}

void UringAcceptor::close() noexcept {
    if (!fd_) return;
    closed_ = true;
    if (armed_) {
        backend_.cancel(*this);
        backend_.flush();
    }
    fd_.close();
    queue_.clear();
    waiting_.wake_all();
}

}  // namespace strait::reactor
