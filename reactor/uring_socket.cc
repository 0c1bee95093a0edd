// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/uring_socket.h"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <cstring>

#include "reactor/socket_error.h"

namespace strait::reactor {

namespace {

constexpr size_t most_queued_bytes = 1u << 20;  // past it the peer feels the back-pressure
constexpr size_t unpooled_bytes = 64u << 10;
constexpr size_t least_in_place =
    64u << 10;  // below it a copy is cheaper than ending the multishot receive

}  // namespace

void UringSocket::arm() {
    io_uring_sqe entry{};
    io_uring_prep_recv_multishot(&entry, fd(), nullptr, 0, 0);
    entry.flags |= IOSQE_BUFFER_SELECT;
    entry.buf_group = UringPool::group;
    backend_.launch(entry, *this);
    armed_ = true;
    add_ref();  // the operation's, until its last completion
}

void UringSocket::complete(int32_t result, uint32_t flags) noexcept {
    Ref<UringSocket> alive(this);
    if (!(flags & IORING_CQE_F_MORE)) {
        armed_ = false;
        drop_ref();
    }
    Buffer came;
    if (flags & IORING_CQE_F_BUFFER)
        came = backend_.pool().take(flags, static_cast<size_t>(std::max(result, 0)));
    if (!fd_) return;
    if (result > 0) {
        queued_bytes_ += came.size();
        queue_.push_back(std::move(came));
        if (queued_bytes_ >= most_queued_bytes && armed_) backend_.cancel(*this);
    } else if (result == 0) {
        ended_ = true;
    } else if (result != -ENOBUFS && result != -ECANCELED && result != -EINTR &&
               result != -EAGAIN) {
        problem_ = -result;
    }
    waiting_.wake_all();
}

Buffer UringSocket::pop() {
    Buffer first = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= first.size();
    return first;
}

Task<Buffer> UringSocket::receive() {
    Ref<UringSocket> alive(this);
    for (;;) {
        if (!fd_) co_return Errc::closed;
        if (!queue_.empty()) co_return pop();
        if (problem_ != 0) co_return socket_error(problem_);
        if (ended_) co_return Buffer();
        if (!armed_) {
            if (!backend_.pool().has_room()) co_return co_await receive_unpooled();
            arm();
        }
        Errc why = co_await waiting_.wait();
        if (why != Errc::ok) co_return why;
    }
}

Task<Buffer> UringSocket::receive_unpooled() {
    Buffer room = Buffer::allocate(unpooled_bytes);
    for (;;) {
        ssize_t count = ::recv(fd(), room.data(), room.size(), MSG_DONTWAIT);
        if (count >= 0) {
            room.trim_to(static_cast<size_t>(count));
            co_return room;
        }
        if (errno == EAGAIN) {
            co_await wait_readable();
        } else if (errno != EINTR) {
            co_return socket_error(errno);
        }
    }
}

size_t UringSocket::drain_into(MutableBytes out) {
    size_t done = 0;
    while (done < out.size() && !queue_.empty()) {
        Buffer& first = queue_.front();
        size_t here = std::min(first.size(), out.size() - done);
        std::memcpy(out.data() + done, first.data(), here);
        done += here;
        queued_bytes_ -= here;
        first.trim_front(here);
        if (first.empty()) queue_.pop_front();
    }
    count_copied(done);
    return done;
}

Task<> UringSocket::disarm() {
    if (armed_) backend_.cancel(*this);
    while (armed_) {
        Errc why = co_await waiting_.wait();
        if (why != Errc::ok) co_await why;
    }
}

Task<size_t> UringSocket::receive_in_place(MutableBytes out) {
    ssize_t count = ::recv(fd(), out.data(), out.size(), MSG_DONTWAIT);
    if (count >= 0) co_return static_cast<size_t>(count);
    if (errno != EAGAIN && errno != EINTR) co_return socket_error(errno);
    io_uring_sqe entry{};
    io_uring_prep_recv(&entry, fd(), out.data(), out.size(), MSG_WAITALL);
    int bytes = co_await call(entry);
    co_return static_cast<size_t>(bytes);
}

Task<> UringSocket::receive_exact(MutableBytes out) {
    Ref<UringSocket> alive(this);
    for (;;) {
        if (!fd_) co_await Errc::closed;
        out = out.subspan(drain_into(out));
        if (out.empty()) co_return;
        if (problem_ != 0) co_await socket_error(problem_);
        if (ended_) co_await Errc::connreset;
        if (out.size() < least_in_place) {
            Buffer next = co_await receive();
            if (next.empty()) co_await Errc::connreset;
            queued_bytes_ += next.size();
            queue_.push_front(std::move(next));
        } else if (armed_) {
            co_await disarm();
        } else {
            size_t count = co_await receive_in_place(out);
            if (count == 0) ended_ = true;
            out = out.subspan(count);
        }
    }
}

Task<int> UringSocket::call(const io_uring_sqe& prepared) {
    calls_++;
    Result<int> done = co_await UringCall(backend_, prepared);
    calls_--;
    if (!fd_) co_return Errc::closed;
    co_return done;
}

Task<> UringSocket::wait_for(short events) {
    Ref<UringSocket> alive(this);
    io_uring_sqe entry{};
    io_uring_prep_poll_add(&entry, fd(), static_cast<uint16_t>(events));
    co_await call(entry);
}

void UringSocket::close() noexcept {
    if (!fd_) return;
    if (armed_ || calls_ > 0) {
        // The operation holds the file open: end it now, or the peer would see the end only at the
        // loop's next turn.
        backend_.cancel_all(fd());
        backend_.flush();
    }
    fd_.close();
    queue_.clear();
    waiting_.wake_all();
}

}  // namespace strait::reactor
