// SPDX-License-Identifier: LGPL-2.1-or-later
// The Reactor's waits that need no kernel operation of their own: a time, a helper thread's end.
#include <cassert>

#include "base/ready.h"
#include "reactor/helpers.h"
#include "reactor/reactor.h"

namespace strait {

namespace {

// Suspends until the timer fires or the scope stops.
class SleepAwaiter final : Timer, StopCallback {
  public:
    SleepAwaiter(TimerHeap& timers, MonoTime when) : timers_(timers), when_(when) {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) {
        StopSource* stop = self.promise().scope->stop;
        if (stop && stop->stopped()) {
            reason_ = stop->reason();
            return false;
        }
        if (stop) stop->add(*this);
        handle_ = self;
        timers_.arm(*this, when_);
        return true;
    }
    Errc await_resume() const noexcept { return reason_; }

  private:
    void on_timer() noexcept override {
        remove();
        schedule(handle_);
    }
    void on_stop(Errc reason) noexcept override {
        if (!armed()) return;
        disarm();
        reason_ = reason;
        schedule(handle_);
    }
    TimerHeap& timers_;
    MonoTime when_;
    std::coroutine_handle<> handle_;
    Errc reason_ = Errc::ok;
};

// Suspends until `work` has ended on a helper thread, which uses this object meanwhile.
class HelpAwaiter final : Mail {
  public:
    HelpAwaiter(Reactor& reactor, std::function<void()>& work) : reactor_(reactor), work_(work) {}
    ~HelpAwaiter() { assert(!running_); }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) {
        handle_ = self;
        running_ = true;
        reactor_.helpers().run([this] {
            work_();
            reactor_.post(*this);
        });
    }
    void await_resume() const noexcept {}

  private:
    void deliver() noexcept override {
        running_ = false;
        schedule(handle_);
    }
    Reactor& reactor_;
    std::function<void()>& work_;
    std::coroutine_handle<> handle_;
    bool running_ = false;
};

}  // namespace

Task<> Reactor::sleep_until(MonoTime when) {
    Errc why = co_await SleepAwaiter(timers_, when);
    if (why != Errc::ok) co_await why;
}

Task<> Reactor::run_blocking(std::function<void()> work) { co_await HelpAwaiter(*this, work); }

}  // namespace strait
