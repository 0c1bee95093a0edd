// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The backend on io_uring. Submissions are batched: they reach the kernel with the next wait(). An
// operation's object lives until its last completion: those inside coroutine frames call themselves
// off and wait for it when destroyed early.

#include <liburing.h>

#include <memory>

#include "base/sync.h"
#include "reactor/backend.h"
#include "reactor/uring_pool.h"

namespace strait::reactor {

// What a completion's user data points at.
class UringOp {
  public:
    // `more`: this operation will complete again.
    virtual void complete(int32_t result, uint32_t flags) noexcept = 0;

  protected:
    ~UringOp() = default;
};

class UringBackend final : public Backend {
  public:
    explicit UringBackend(Reactor& reactor) : reactor_(reactor) {}
    ~UringBackend() override;
    Result<> open(const ReactorOptions& options);

    BackendKind kind() const noexcept override { return BackendKind::uring; }
    void wait(MonoTime until) override;
    void wake() noexcept override;
    Result<int> foreign_fd() override;
    bool prepare_foreign_wait() override;
    Ref<Socket> adopt(Descriptor fd, bool likely_readable) override;
    Ref<Acceptor> listen(Descriptor fd) override;
    Task<short> poll_fd(int fd, short events) override;
    Task<> futex_wait(std::atomic<uint32_t>* word, uint32_t expected) override;
    Task<size_t> read_file(int fd, uint64_t offset, std::span<const iovec> into) override;
    Task<size_t> write_file(int fd, uint64_t offset, std::span<const iovec> from) override;
    Task<> fsync(int fd, bool data_only) override;
    Task<> fallocate(int fd, int mode, uint64_t offset, uint64_t size) override;

    Reactor& reactor() noexcept { return reactor_; }
    UringPool& pool() noexcept { return *pool_; }
    // Queues `prepared` for `op`, which lives until its completion without IORING_CQE_F_MORE.
    void launch(const io_uring_sqe& prepared, UringOp& op);
    // Asks for the op's end; its last completion still comes.
    void cancel(UringOp& op);
    // The same for every operation on the descriptor.
    void cancel_all(int fd);
    // Submits and takes in what is done, now: before a descriptor is closed that queued submissions
    // name.
    void flush();

  private:
    class WakeOp final : public UringOp {
      public:
        explicit WakeOp(UringBackend& backend) : backend_(backend) {}
        void complete(int32_t result, uint32_t flags) noexcept override;
        UringBackend& backend_;
    };
    Result<> open_ring();
    Result<> probe();
    void watch_wake();
    bool work_pending() const noexcept;
    io_uring_sqe* next_entry();
    size_t reap();

    Reactor& reactor_;
    io_uring ring_{};
    bool is_open_ = false;
    bool has_futex_ = false;
    size_t in_flight_ = 0;
    Descriptor wake_fd_;
    Descriptor foreign_fd_;  // an eventfd that the ring signals, once it was asked for
    WakeOp wake_op_{*this};
    Ref<UringPool> pool_;
};

// One operation as an awaitable: `Result<int> done = co_await UringCall(backend, prepared);`
// The value is the completion's result, 0 or more. A stop cancels the operation and waits for its
// end; what it had done by then counts as success. Memory the operation names must stay until then:
// it may lie in the awaiting frame.
class UringCall final : UringOp, StopCallback {
  public:
    UringCall(UringBackend& backend, const io_uring_sqe& prepared)
        : backend_(backend), prepared_(prepared) {}
    ~UringCall() override;
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) {
        return start(self, self.promise().scope->stop);
    }
    Result<int> await_resume() const noexcept;

  private:
    bool start(std::coroutine_handle<> self, StopSource* stop);
    void complete(int32_t result, uint32_t flags) noexcept override;
    void on_stop(Errc reason) noexcept override;

    UringBackend& backend_;
    io_uring_sqe prepared_;
    std::coroutine_handle<> handle_;
    int32_t result_ = 0;
    Errc reason_ = Errc::ok;
    bool running_ = false;
};

}  // namespace strait::reactor
