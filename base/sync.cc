// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/sync.h"

#include <cassert>

#include "base/log.h"

namespace strait {

namespace detail {

bool WaitList::Awaiter::start(std::coroutine_handle<> self, const Scope& scope) noexcept {
    if (scope.stop) {
        if (scope.stop->stopped()) {
            reason = scope.stop->reason();
            return false;
        }
        scope.stop->add(*this);
    }
    handle = self;
    prev = list.tail_;
    (prev ? prev->next : list.head_) = this;
    list.tail_ = this;
    queued = true;
    return true;
}

void WaitList::Awaiter::on_stop(Errc why) noexcept {
    if (!queued) return;
    list.unlink(*this);
    reason = why;
    schedule(handle);
}

WaitList::Awaiter::~Awaiter() {
    if (queued) list.unlink(*this);
}

void WaitList::unlink(Awaiter& waiter) noexcept {
    (waiter.prev ? waiter.prev->next : head_) = waiter.next;
    (waiter.next ? waiter.next->prev : tail_) = waiter.prev;
    waiter.queued = false;
}

bool WaitList::wake_one() noexcept {
    if (!head_) return false;
    Awaiter& first = *head_;
    unlink(first);
    first.remove();
    schedule(first.handle);
    return true;
}

void WaitList::wake_all() noexcept {
    while (wake_one()) {
    }
}

}  // namespace detail

Task<> Event::wait() {
    while (!set_) {
        Errc why = co_await waiters_.wait();
        if (why != Errc::ok) co_await why;
    }
}

bool Semaphore::try_acquire() noexcept {
    if (units_ == 0 || !waiters_.empty()) return false;
    units_--;
    return true;
}

Task<> Semaphore::acquire() {
    if (try_acquire()) co_return;
    // release() hands the unit to the woken waiter: it is never seen in units_.
    Errc why = co_await waiters_.wait();
    if (why != Errc::ok) co_await why;
}

void Semaphore::release(size_t count) noexcept {
    while (count > 0 && waiters_.wake_one()) count--;
    units_ += count;
}

Task<Mutex::Hold> Mutex::lock() {
    co_await semaphore_.acquire();
    co_return Hold(*this);
}

Result<Gate::Pass> Gate::enter() noexcept {
    if (closed_) return fail(Errc::closed);
    inside_++;
    return Pass(*this);
}

void Gate::leave() noexcept {
    assert(inside_ > 0);
    if (--inside_ == 0 && closed_) empty_.set();
}

Task<> Gate::close() {
    closed_ = true;
    if (inside_ > 0) co_await empty_.wait();
}

Nursery::~Nursery() { assert(running_ == 0); }

void Nursery::spawn(Task<> child) {
    if (closed_) return;
    running_++;
    start(std::move(child).within(scope_), [this](Result<> outcome) {
        if (!outcome && outcome.error() != Errc::cancelled)
            log_debug("task ended: {}", errc_text(outcome.error().code));
        if (--running_ == 0 && closed_) idle_.set();
    });
}

Task<> Nursery::close() {
    closed_ = true;
    if (running_ > 0) co_await idle_.wait();
}

}  // namespace strait
