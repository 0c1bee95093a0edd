// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/epoll_backend.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>

#include "reactor/epoll_socket.h"
#include "reactor/socket_error.h"

namespace strait::reactor {

namespace {

constexpr size_t block_size = 256u << 10;
constexpr size_t least_room = 16u << 10;  // below it a fresh block saves calls

}  // namespace

Result<std::unique_ptr<Backend>> make_epoll_backend(Reactor& reactor, const ReactorOptions&) {
    Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return fail_errno(errno);
    Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) return fail_errno(errno);
    // Edge-triggered: each wake() is one event, and nobody has to read the counter.
    epoll_event event{EPOLLIN | EPOLLET, {.ptr = nullptr}};
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) < 0) return fail_errno(errno);
    return std::make_unique<EpollBackend>(reactor, std::move(epoll), std::move(wake));
}

void EpollBackend::wake() noexcept {
    uint64_t one = 1;
    [[maybe_unused]] ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

int EpollBackend::wait_events(MonoTime until, std::span<epoll_event> events) {
    static std::atomic<bool> has_pwait2{true};
    Duration left = Duration::zero();
    if (until != MonoTime::min() && until != never)
        left = std::max(until - MonoClock::now(), Duration::zero());
    timespec timeout{left / 1s, (left % 1s) / 1ns};
    if (has_pwait2.load(std::memory_order_relaxed)) {
        int count = ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   until == never ? nullptr : &timeout, nullptr);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
        has_pwait2.store(false, std::memory_order_relaxed);
    }
    int milliseconds =
        until == never ? -1 : static_cast<int>(std::min<int64_t>((left + 999us) / 1ms, 3'600'000));
    return ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds);
}

void EpollBackend::wait(MonoTime until) {
    std::array<epoll_event, 128> events;
    int count = wait_events(until, events);
    for (int i = 0; i < count; i++)
        if (auto* source = static_cast<EpollSource*>(events[i].data.ptr))
            source->on_events(events[i].events);
}

void EpollBackend::add(int fd, EpollSource& source, uint32_t events) noexcept {
    epoll_event event{events, {.ptr = &source}};
    [[maybe_unused]] int added = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
    assert(added == 0);
}

void EpollBackend::remove(int fd) noexcept {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

Ref<Socket> EpollBackend::adopt(Descriptor fd, bool likely_readable) {
    return make_ref<EpollSocket>(*this, std::move(fd), likely_readable);
}

Ref<Acceptor> EpollBackend::listen(Descriptor fd) {
    return make_ref<EpollAcceptor>(*this, std::move(fd));
}

Result<Buffer> EpollBackend::receive_some(int fd, bool& drained) {
    if (room_.size() < least_room) room_ = Buffer::allocate(block_size);
    ssize_t count = ::recv(fd, room_.data(), room_.size(), MSG_DONTWAIT);
    if (count < 0) return fail_socket(errno);
    drained = static_cast<size_t>(count) < room_.size();
    Buffer came = room_.slice(0, static_cast<size_t>(count));
    room_.trim_front(static_cast<size_t>(count));
    return came;
}

Task<short> EpollBackend::poll_fd(int fd, short events) {
    auto& watch = watches_[fd];
    if (!watch) watch = std::make_unique<EpollWatch>(epoll_.get(), fd);
    return watch->wait(events);
}

Result<bool> EpollWatch::arm() noexcept {
    uint32_t wanted = EPOLLONESHOT;
    for (auto* waiter : waiters_)
        wanted |= static_cast<uint16_t>(waiter->wanted);  // POLLx == EPOLLx
    epoll_event event{wanted, {.ptr = this}};
    // The number may have been closed and opened again since: the registration went with the old
    // file.
    if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd_, &event) == 0) return true;
    if (errno == ENOENT && ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &event) == 0) return true;
    if (errno == EPERM) return false;
    return fail_errno(errno);
}

Task<short> EpollWatch::wait(short events) {
    struct Listed {
        std::vector<Waiter*>& list;
        Waiter waiter;
        Listed(std::vector<Waiter*>& all, short wanted) : list(all), waiter{wanted} {
            list.push_back(&waiter);
        }
        ~Listed() { std::erase(list, &waiter); }
    };
    Listed mine(waiters_, events);
    bool has_readiness = co_await arm();
    if (!has_readiness) co_return events;
    co_await mine.waiter.woken.wait();
    co_return mine.waiter.found;
}

void EpollWatch::on_events(uint32_t events) noexcept {
    short found = static_cast<short>(events & 0xffff);
    std::vector<Waiter*> left;
    for (auto* waiter : waiters_) {
        short mine = found & (waiter->wanted | POLLERR | POLLHUP);
        if (mine && !waiter->woken.is_set()) {
            waiter->found = mine;
            waiter->woken.set();
        } else if (!waiter->woken.is_set()) {
            left.push_back(waiter);
        }
    }
    waiters_.swap(left);
    if (!waiters_.empty()) (void)arm();
}

}  // namespace strait::reactor
