// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/reactor.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/ready.h"
#include "reactor/backend.h"
#include "reactor/helpers.h"

namespace strait {

namespace {

thread_local Reactor* this_threads_reactor = nullptr;

constexpr MonoTime at_once = MonoTime::min();
constexpr size_t most_helper_threads = 1024;  // a futex wait on epoll takes one each

BackendKind wanted_backend(BackendKind asked) {
    if (asked != BackendKind::automatic) return asked;
    const char* word = std::getenv("STRAIT_REACTOR");
    if (!word || !*word) return asked;
    if (std::strcmp(word, "uring") == 0) return BackendKind::uring;
    if (std::strcmp(word, "epoll") == 0) return BackendKind::epoll;
    log_warn("STRAIT_REACTOR={} is neither uring nor epoll: ignored", word);
    return asked;
}

Result<std::unique_ptr<reactor::Backend>> make_backend(Reactor& loop,
                                                       const ReactorOptions& options) {
    BackendKind wanted = wanted_backend(options.backend);
    if (wanted != BackendKind::epoll) {
        auto uring = reactor::make_uring_backend(loop, options);
        if (uring || wanted == BackendKind::uring) return uring;
        log_debug("io_uring is not to be had ({}): epoll", errc_text(uring.error().code));
    }
    return reactor::make_epoll_backend(loop, options);
}

class FunctionMail final : public Mail {
  public:
    explicit FunctionMail(std::function<void()> run) : run_(std::move(run)) {}
    void deliver() noexcept override {
        run_();
        delete this;
    }

  private:
    std::function<void()> run_;
};

timespec as_timespec(MonoTime when) {
    auto since = std::max<int64_t>(when.time_since_epoch() / 1ns, 1);  // 0 would disarm
    return {since / 1'000'000'000, since % 1'000'000'000};
}

}  // namespace

Reactor::Reactor(Options options) : options_(options) {}

Result<std::unique_ptr<Reactor>> Reactor::create(Options options) {
    assert(!this_threads_reactor);
    std::unique_ptr<Reactor> made(new Reactor(options));
    auto backend = make_backend(*made, options);
    if (!backend) return fail(backend.error());
    made->backend_ = std::move(*backend);
    this_threads_reactor = made.get();
    return made;
}

Reactor::~Reactor() {
    if (!backend_) return;
    assert(this_threads_reactor == this);
    nursery_.stop();
    (void)block_on(nursery_.close());
    helpers_.reset();
    while (dispatch() > 0) {
    }
    while (senders_.load(std::memory_order_acquire) > 0) std::this_thread::yield();
    backend_.reset();
    if (pollable_ >= 0) ::close(pollable_);
    if (pollable_timer_ >= 0) ::close(pollable_timer_);
    this_threads_reactor = nullptr;
}

Reactor* Reactor::current() noexcept { return this_threads_reactor; }

void Reactor::leave_thread() {
    assert(this_threads_reactor == this && backend_kind() == BackendKind::epoll);
    // What is ready waits in a queue of this thread.
    while (has_ready()) run_ready();
    this_threads_reactor = std::exchange(displaced_, nullptr);
}

void Reactor::enter_thread() {
    assert(this_threads_reactor != this && backend_kind() == BackendKind::epoll);
    displaced_ = std::exchange(this_threads_reactor, this);
}

BackendKind Reactor::backend_kind() const noexcept { return backend_->kind(); }

reactor::HelperThreads& Reactor::helpers() {
    if (!helpers_) helpers_ = std::make_unique<reactor::HelperThreads>(most_helper_threads);
    return *helpers_;
}

size_t Reactor::dispatch() {
    size_t done = mail_.deliver_all();
    if (timers_.next() != never) done += timers_.fire(MonoClock::now());
    return done + run_ready();
}

bool Reactor::sleep_allowed() noexcept {
    sleeping_.store(true, std::memory_order_seq_cst);
    bool stays_quiet = !watch_ || watch_->sleep();
    if (stays_quiet && mail_.empty() && !stop_.load(std::memory_order_seq_cst)) return true;
    sleeping_.store(false, std::memory_order_relaxed);
    return false;
}

// Looks for events until there are some or `until`; true when there is something to do.
bool Reactor::spin(MonoTime until) {
    constexpr Duration longest_turn = 15us;
    for (MonoTime now = MonoClock::now(), before; now < until;) {
        backend_->wait(at_once);
        before = std::exchange(now, MonoClock::now());
        if (watch_ && now - before > longest_turn) watch_->disturbed();
        if ((watch_ && watch_->look()) || has_ready() || !mail_.empty()) return true;
    }
    return false;
}

size_t Reactor::poll(MonoTime until) {
    size_t done = dispatch();
    if (watch_ && watch_->look()) done++;
    MonoTime limit = done > 0 || has_ready() ? at_once : std::min(until, timers_.next());
    if (limit != at_once) {
        Duration looks = watch_ ? std::max(options_.spin, watch_->patience()) : options_.spin;
        if (looks > Duration::zero() && spin(std::min(limit, MonoClock::now() + looks)))
            limit = at_once;
    }
    if (limit != at_once && !sleep_allowed()) limit = at_once;
    backend_->wait(limit);
    sleeping_.store(false, std::memory_order_relaxed);
    if (watch_) watch_->awake();
    done += dispatch();
    if (pollable_ >= 0) prepare_foreign_wait();
    return done;
}

void Reactor::run() {
    while (!stop_.load(std::memory_order_acquire)) poll(never);
    stop_.store(false, std::memory_order_relaxed);
}

void Reactor::wake() noexcept {
    if (sleeping_.exchange(false, std::memory_order_seq_cst)) backend_->wake();
    senders_.fetch_sub(1, std::memory_order_release);
}

void Reactor::stop() noexcept {
    senders_.fetch_add(1, std::memory_order_relaxed);
    stop_.store(true, std::memory_order_seq_cst);
    wake();
}

void Reactor::post(Mail& mail) noexcept {
    senders_.fetch_add(1, std::memory_order_relaxed);
    mail_.put(mail);
    wake();
}

void Reactor::post(std::function<void()> run) { post(*new FunctionMail(std::move(run))); }

Result<int> Reactor::pollable_fd() {
    if (pollable_ >= 0) return pollable_;
    auto events = backend_->foreign_fd();
    if (!events) return events;
    int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int outer = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event readable{EPOLLIN, {}};
    if (timer < 0 || outer < 0 || ::epoll_ctl(outer, EPOLL_CTL_ADD, timer, &readable) < 0 ||
        ::epoll_ctl(outer, EPOLL_CTL_ADD, *events, &readable) < 0) {
        auto failed = fail_errno(errno);
        if (timer >= 0) ::close(timer);
        if (outer >= 0) ::close(outer);
        return failed;
    }
    pollable_timer_ = timer;
    pollable_ = outer;
    prepare_foreign_wait();
    return pollable_;
}

// The application will sleep in its own loop: what was begun goes to the kernel, and whatever may
// end the sleep is armed.
void Reactor::prepare_foreign_wait() {
    bool may_sleep = backend_->prepare_foreign_wait() && !has_ready() && sleep_allowed();
    MonoTime next = may_sleep ? timers_.next() : MonoTime{};
    if (next == pollable_armed_ && next != MonoTime{}) return;
    itimerspec setting{};
    if (next != never) setting.it_value = as_timespec(next);
    ::timerfd_settime(pollable_timer_, TFD_TIMER_ABSTIME, &setting, nullptr);
    pollable_armed_ = next;
}

DeadlineScope::DeadlineScope(TimerHeap& timers, const Scope& outer, MonoTime deadline)
    : scope_{std::min(deadline, outer.deadline), &source_} {
    if (outer.stop && outer.stop->stopped()) {
        source_.request_stop(outer.stop->reason());
        return;
    }
    if (outer.stop) outer.stop->add(*this);
    if (scope_.deadline != never) timers.arm(*this, scope_.deadline);
}

Task<short> Reactor::poll_fd(int fd, short events) { return backend_->poll_fd(fd, events); }

Task<> Reactor::futex_wait(std::atomic<uint32_t>* word, uint32_t expected) {
    return backend_->futex_wait(word, expected);
}

Task<size_t> Reactor::read_file(int fd, uint64_t offset, std::span<const iovec> into) {
    return backend_->read_file(fd, offset, into);
}

Task<size_t> Reactor::write_file(int fd, uint64_t offset, std::span<const iovec> from) {
    return backend_->write_file(fd, offset, from);
}

Task<> Reactor::fsync(int fd, bool data_only) { return backend_->fsync(fd, data_only); }

Task<> Reactor::fallocate(int fd, int mode, uint64_t offset, uint64_t size) {
    return backend_->fallocate(fd, mode, offset, size);
}

}  // namespace strait
