// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Waiting within one core: Event, Semaphore, Mutex, Gate, Nursery. Waits are fair (FIFO), leave
// with the scope's stop reason when it stops, and go on through this thread's ready queue.
// Deadlines are turned into stops by the reactor.

#include <coroutine>
#include <cstddef>

#include "base/ready.h"
#include "base/stop.h"
#include "base/task.h"

namespace strait {

namespace detail {

// FIFO of suspended coroutines; a stop takes one out of the middle.
class WaitList {
  public:
    WaitList() = default;
    WaitList(const WaitList&) = delete;
    WaitList& operator=(const WaitList&) = delete;

    // Suspends until wake_one/wake_all or the scope stops (then returns why).
    struct Awaiter : StopCallback {
        explicit Awaiter(WaitList& owner) : list(owner) {}
        bool await_ready() const noexcept { return false; }
        template <class P>
        bool await_suspend(std::coroutine_handle<P> self) noexcept {
            if constexpr (requires { self.promise().scope; })
                return start(self, *self.promise().scope);
            return start(self, no_scope);
        }
        Errc await_resume() const noexcept { return reason; }  // ok: woken

        bool start(std::coroutine_handle<> self, const Scope& scope) noexcept;
        void on_stop(Errc why) noexcept override;
        ~Awaiter() override;

        WaitList& list;
        std::coroutine_handle<> handle;
        Awaiter* next = nullptr;
        Awaiter* prev = nullptr;
        Errc reason = Errc::ok;
        bool queued = false;
    };

    Awaiter wait() noexcept { return Awaiter(*this); }
    bool wake_one() noexcept;
    void wake_all() noexcept;
    bool empty() const noexcept { return !head_; }

  private:
    void unlink(Awaiter& waiter) noexcept;
    Awaiter* head_ = nullptr;
    Awaiter* tail_ = nullptr;
};

}  // namespace detail

// Set once (or reset by hand); wakes all who wait.
class Event {
  public:
    bool is_set() const noexcept { return set_; }
    void set() noexcept {
        set_ = true;
        waiters_.wake_all();
    }
    void reset() noexcept { set_ = false; }
    Task<> wait();
    // The same without a frame of its own, for one that is set once and then stays so:
    // `Errc why = co_await event.until_set();`
    auto until_set() noexcept {
        struct Awaiter : detail::WaitList::Awaiter {
            explicit Awaiter(Event& event)
                : detail::WaitList::Awaiter(event.waiters_), there(event.set_) {}
            bool await_ready() const noexcept { return there; }
            bool there;
        };
        return Awaiter(*this);
    }

  private:
    bool set_ = false;
    detail::WaitList waiters_;
};

// Wakes those who wait at that moment: each looks again at what it waits for.
class Signal {
  public:
    void notify_all() noexcept { waiters_.wake_all(); }
    Task<> wait() {
        Errc why = co_await waiters_.wait();
        if (why != Errc::ok) co_await why;
    }

  private:
    detail::WaitList waiters_;
};

// `units` permits; acquire waits in order of arrival.
class Semaphore {
  public:
    explicit Semaphore(size_t units) noexcept : units_(units) {}
    bool try_acquire() noexcept;
    Task<> acquire();
    void release(size_t count = 1) noexcept;
    size_t available() const noexcept { return units_; }

  private:
    size_t units_;
    detail::WaitList waiters_;
};

// Mutual exclusion between coroutines of one core. `Mutex::Hold held = co_await mutex.lock();`
class Mutex {
  public:
    class [[nodiscard]] Hold {
      public:
        Hold() = default;
        explicit Hold(Mutex& owner) noexcept : owner_(&owner) {}
        Hold(Hold&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Hold& operator=(Hold&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        ~Hold() {
            if (owner_) owner_->semaphore_.release();
        }

      private:
        Mutex* owner_ = nullptr;
    };
    Task<Hold> lock();

  private:
    Semaphore semaphore_{1};
};

// Counts what is under way; close() waits for it and refuses newcomers with Errc::closed.
class Gate {
  public:
    class [[nodiscard]] Pass {
      public:
        explicit Pass(Gate& owner) noexcept : owner_(&owner) {}
        Pass(Pass&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        ~Pass() {
            if (owner_) owner_->leave();
        }

      private:
        Gate* owner_;
    };
    Result<Pass> enter() noexcept;
    Task<> close();
    bool closed() const noexcept { return closed_; }
    size_t inside() const noexcept { return inside_; }

  private:
    void leave() noexcept;
    size_t inside_ = 0;
    bool closed_ = false;
    Event empty_;
};

// Owns child tasks. close() waits for all of them; stop() asks them to end first. Errors of
// children go to the log.
class Nursery {
  public:
    Nursery() = default;
    // A nursery must be empty when destroyed: closing it is the owner's duty.
    ~Nursery();
    // Starts `child` at once, on this thread. After close() has begun the child is destroyed
    // unstarted.
    void spawn(Task<> child);
    void stop(Errc reason = Errc::cancelled) noexcept { source_.request_stop(reason); }
    Task<> close();
    size_t running() const noexcept { return running_; }

  private:
    StopSource source_;
    Scope scope_{never, &source_};
    size_t running_ = 0;
    bool closed_ = false;
    Event idle_;
};

}  // namespace strait
