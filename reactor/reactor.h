// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One core's event loop, on io_uring or, where that is refused, on epoll. One per thread, made,
// driven and destroyed there; only post() and stop() may be called from elsewhere. Streams,
// listeners and tasks end before their reactor.
//
// Coroutines are resumed only from the loop (base/ready.h), never from inside a completion. Every
// wait ends with the reason of its scope's stop source, after the kernel has let go of the memory
// it was given.

#include <poll.h>
#include <sys/uio.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/stop.h"
#include "base/sync.h"
#include "base/task.h"
#include "base/time.h"
#include "reactor/mail.h"
#include "reactor/timer.h"

namespace strait {

namespace reactor {
class Backend;
class HelperThreads;
}  // namespace reactor

enum class BackendKind : uint8_t { automatic, uring, epoll };

struct ReactorOptions {
    // STRAIT_REACTOR=uring|epoll in the environment overrides `automatic` (io_uring where the
    // kernel permits it).
    BackendKind backend = BackendKind::automatic;
    // How long to look for events before sleeping: trades CPU for a wake-up's latency. Zero: sleep
    // at once.
    Duration spin = Duration::zero();
    // How many bytes of receive blocks the loop may add when consumers hold on to those it has;
    // past it, blocks come one by one from the thread's pool.
    size_t receive_pool_bytes = 32u << 20;
};

// Memory that other processes write to, which the loop looks at between its turns, and for a while
// before it sleeps: so who writes need not wake it.
class Watch {
  public:
    // Takes what is there; false: nothing new was.
    virtual bool look() noexcept = 0;
    // Nothing is left to do: how long looking on is worth it. Zero: sleep at once.
    virtual Duration patience() noexcept = 0;
    // Something else ran on this processor while the loop was looking.
    virtual void disturbed() noexcept {}
    // The loop is about to sleep: from now on who writes wakes it, by something else that it waits
    // for (a futex). False: something has come, it must not sleep.
    virtual bool sleep() noexcept = 0;
    virtual void awake() noexcept = 0;

  protected:
    ~Watch() = default;
};

class Reactor {
  public:
    using Options = ReactorOptions;
    // Binds the loop to the calling thread, which has none yet. Errc::nosys or Errc::perm: the
    // asked backend is refused.
    static Result<std::unique_ptr<Reactor>> create(Options options = {});
    // Stops and waits for what was spawned; then ends every operation in flight.
    ~Reactor();
    // The reactor of this thread, or null.
    static Reactor* current() noexcept;
    BackendKind backend_kind() const noexcept;

    // Drives the loop from the calling thread until `task` ends.
    template <class T>
    Result<T> block_on(Task<T> task) {
        std::optional<Result<T>> outcome;
        start(std::move(task), [&outcome](Result<T> r) { outcome.emplace(std::move(r)); });
        while (!outcome) poll(never);
        return std::move(*outcome);
    }
    // Drives the loop until stop(); a stop() that came before counts.
    void run();
    // From any thread: ends run() soon.
    void stop() noexcept;
    // Moves an idle loop from the thread that drove it to another: leave_thread() on the one, then
    // enter_thread() on the other, which the caller orders by a lock. On epoll only: a ring answers
    // to the thread that made it.
    void leave_thread();
    void enter_thread();
    // One turn: does what is ready; when that is nothing, waits until `until` at most
    // (MonoTime::min(): not at all). Returns how many things were done.
    size_t poll(MonoTime until);
    // Readable (poll, epoll) when poll() has something to do; for an application's own loop. Never
    // changes; not to be read or closed. After it was asked for, each poll() keeps its timer up to
    // date.
    Result<int> pollable_fd();

    // From any thread: `mail` is delivered on this core. A call that brings about the reactor's end
    // is safe: the destructor waits until it has returned.
    void post(Mail& mail) noexcept;
    // The same for a function (allocates).
    void post(std::function<void()> run);
    // Onto the reactor's own nursery, which its destructor stops and closes. Errors of the task go
    // to the log.
    void spawn(Task<> task) { nursery_.spawn(std::move(task)); }

    Task<> sleep_until(MonoTime when);
    Task<> sleep_for(Duration duration) { return sleep_until(MonoClock::now() + duration); }
    // Runs `task` and stops it with Errc::timedout at `deadline` (or with the outer scope's reason,
    // when that stops).
    template <class T>
    Task<T> with_deadline(Task<T> task, MonoTime deadline);

    // Waits for one of `events` (POLLIN, POLLOUT...) on a descriptor that is not the reactor's own
    // (pidfd, eventfd, /dev/fuse) and stays open meanwhile; returns what is the case (POLLERR and
    // POLLHUP too).
    Task<short> poll_fd(int fd, short events);
    // Waits while *word == expected, for a FUTEX_WAKE (shared: from any process) or spuriously:
    // look again after it.
    Task<> futex_wait(std::atomic<uint32_t>* word, uint32_t expected);

    // Looks at this, too, from now on; null: no longer. There is one at most.
    void watch(Watch* memory) noexcept { watch_ = memory; }
    // So many more (or fewer) answers are awaited: whoever asks others over this loop tells.
    void await_answers(ptrdiff_t change) noexcept { awaited_ += change; }
    ptrdiff_t awaited() const noexcept { return awaited_; }

    // File I/O. Memory that the vectors name stays until the task ends. Returns bytes done; 0: end
    // of file.
    Task<size_t> read_file(int fd, uint64_t offset, std::span<const iovec> into);
    Task<size_t> write_file(int fd, uint64_t offset, std::span<const iovec> from);
    Task<> fsync(int fd, bool data_only);
    Task<> fallocate(int fd, int mode, uint64_t offset, uint64_t size);

    // Runs `work` on a helper thread and returns when it has ended: for calls of the system that
    // block and have no other form. `work` is not interrupted: a stop leaves only once it has
    // ended.
    Task<> run_blocking(std::function<void()> work);

    TimerHeap& timers() noexcept { return timers_; }
    reactor::Backend& backend() noexcept { return *backend_; }
    reactor::HelperThreads& helpers();

  private:
    explicit Reactor(Options options);
    size_t dispatch();
    bool sleep_allowed() noexcept;
    void wake() noexcept;  // ends what a sender began with senders_
    bool spin(MonoTime until);
    void prepare_foreign_wait();

    Options options_;
    TimerHeap timers_;
    MailBox mail_;
    // True from just before the loop looks at its mail for the last time until it is awake: then a
    // sender must wake it.
    std::atomic<bool> sleeping_{false};
    std::atomic<bool> stop_{false};
    // Who is inside post() or stop(): what they sent may already have led to our end, which waits
    // for them.
    std::atomic<uint32_t> senders_{0};
    std::unique_ptr<reactor::Backend> backend_;
    std::unique_ptr<reactor::HelperThreads> helpers_;
    Nursery nursery_;
    Watch* watch_ = nullptr;
    ptrdiff_t awaited_ = 0;
    Reactor* displaced_ = nullptr;  // the loop of the thread that we were moved to
    int pollable_ = -1;
    int pollable_timer_ = -1;
    MonoTime pollable_armed_ = never;
};

// A scope with a deadline of its own, which also passes on the stop of the scope around it.
class DeadlineScope final : Timer, StopCallback {
  public:
    DeadlineScope(TimerHeap& timers, const Scope& outer, MonoTime deadline);
    const Scope& scope() const noexcept { return scope_; }

  private:
    void on_timer() noexcept override { source_.request_stop(Errc::timedout); }
    void on_stop(Errc reason) noexcept override { source_.request_stop(reason); }
    StopSource source_;
    Scope scope_;
};

template <class T>
Task<T> Reactor::with_deadline(Task<T> task, MonoTime deadline) {
    const Scope& outer = co_await this_scope;
    DeadlineScope inner(timers_, outer, deadline);
    co_return co_await std::move(task).within(inner.scope());
}

}  // namespace strait
