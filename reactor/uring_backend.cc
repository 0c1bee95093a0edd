// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/uring_backend.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "base/log.h"
#include "reactor/uring_numbers.h"
#include "reactor/uring_socket.h"

namespace strait::reactor {

namespace {

constexpr unsigned entries = 256;
constexpr unsigned completions = 4096;

// Oldest first; each is tried when the kernel refuses the one before. TASKRUN_FLAG lets us see
// pending work without a call.
constexpr unsigned setup_flags[] = {
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
        IORING_SETUP_SUBMIT_ALL,
    IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL,
    0,
};

}  // namespace

Result<std::unique_ptr<Backend>> make_uring_backend(Reactor& reactor,
                                                    const ReactorOptions& options) {
    auto made = std::make_unique<UringBackend>(reactor);
    auto opened = made->open(options);
    if (!opened) return fail(opened.error());
    return made;
}

Result<> UringBackend::open_ring() {
    int refused = -EINVAL;
    for (unsigned flags : setup_flags) {
        io_uring_params params{};
        params.flags = flags | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
        params.cq_entries = completions;
        refused = io_uring_queue_init_params(entries, &ring_, &params);
        if (refused != -EINVAL) break;
    }
    if (refused < 0) return fail_errno(-refused);
    is_open_ = true;
    return {};
}

// Multishot receive came with Linux 6.0, as did SEND_ZC, which unlike it can be asked for.
Result<> UringBackend::probe() {
    if (!(ring_.features & IORING_FEAT_EXT_ARG) || !(ring_.features & IORING_FEAT_NODROP))
        return fail(Errc::nosys);
    std::unique_ptr<io_uring_probe, void (*)(io_uring_probe*)> probe(
        io_uring_get_probe_ring(&ring_), io_uring_free_probe);
    if (!probe || !io_uring_opcode_supported(probe.get(), IORING_OP_SEND_ZC))
        return fail(Errc::nosys);
    has_futex_ = probe->last_op >= op_futex_wait && probe->ops_len > op_futex_wait &&
                 (probe->ops[op_futex_wait].flags & IO_URING_OP_SUPPORTED);
    return {};
}

Result<> UringBackend::open(const ReactorOptions& options) {
    auto opened = open_ring();
    if (!opened) return opened;
    auto probed = probe();
    if (!probed) return probed;
    auto pool = UringPool::create(ring_, options.receive_pool_bytes);
    if (!pool) return fail(pool.error());
    pool_ = std::move(*pool);
    wake_fd_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_fd_) return fail_errno(errno);
    io_uring_register_ring_fd(&ring_);  // saves a lookup in each enter; done without where refused
    watch_wake();
    return {};
}

UringBackend::~UringBackend() {
    if (!is_open_) return;
    if (in_flight_ > 0) {
        io_uring_sqe* entry = next_entry();
        io_uring_prep_cancel(entry, nullptr, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
        entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
        io_uring_sqe_set_data(entry, nullptr);
    }
    while (in_flight_ > 0) wait(never);
    io_uring_queue_exit(&ring_);
    if (pool_) pool_->detach();
}

void UringBackend::watch_wake() {
    io_uring_sqe entry{};
    io_uring_prep_poll_multishot(&entry, wake_fd_.get(),
                                 POLLIN);  // edge-triggered: the counter is never read
    launch(entry, wake_op_);
}

void UringBackend::WakeOp::complete(int32_t result, uint32_t flags) noexcept {
    if (!(flags & IORING_CQE_F_MORE) && result >= 0) backend_.watch_wake();
}

void UringBackend::wake() noexcept {
    uint64_t one = 1;
    [[maybe_unused]] ssize_t written = ::write(wake_fd_.get(), &one, sizeof(one));
}

io_uring_sqe* UringBackend::next_entry() {
    for (;;) {
        if (io_uring_sqe* entry = io_uring_get_sqe(&ring_)) return entry;
        // The queue is full; and should completions have overflown too, the kernel wants them taken
        // in first.
        if (io_uring_submit(&ring_) < 0) reap();
    }
}

void UringBackend::launch(const io_uring_sqe& prepared, UringOp& op) {
    io_uring_sqe* entry = next_entry();
    *entry = prepared;
    io_uring_sqe_set_data(entry, &op);
    in_flight_++;
}

void UringBackend::cancel(UringOp& op) {
    io_uring_sqe* entry = next_entry();
    io_uring_prep_cancel(entry, &op, 0);
    io_uring_sqe_set_data(entry, nullptr);
}

void UringBackend::cancel_all(int fd) {
    io_uring_sqe* entry = next_entry();
    io_uring_prep_cancel_fd(entry, fd, IORING_ASYNC_CANCEL_ALL);
    io_uring_sqe_set_data(entry, nullptr);
}

size_t UringBackend::reap() {
    size_t count = 0;
    io_uring_cqe* at = nullptr;
    while (io_uring_peek_cqe(&ring_, &at) == 0) {
        io_uring_cqe done = *at;  // its place may be needed by what complete() launches
        io_uring_cqe_seen(&ring_, at);
        count++;
        auto* op = reinterpret_cast<UringOp*>(done.user_data);
        if (!op) continue;
        if (!(done.flags & IORING_CQE_F_MORE)) in_flight_--;
        op->complete(done.res, done.flags);
    }
    return count;
}

bool UringBackend::work_pending() const noexcept {
    return (IO_URING_READ_ONCE(*ring_.sq.kflags) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) !=
           0;
}

// The ring's own descriptor does not do: with deferred task work the kernel wakes nobody who polls
// it.
Result<int> UringBackend::foreign_fd() {
    if (foreign_fd_) return foreign_fd_.get();
    Descriptor made(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!made) return fail_errno(errno);
    int refused = io_uring_register_eventfd(&ring_, made.get());
    if (refused < 0) return fail_errno(-refused);
    foreign_fd_ = std::move(made);
    return foreign_fd_.get();
}

bool UringBackend::prepare_foreign_wait() {
    uint64_t signals;
    [[maybe_unused]] ssize_t cleared = ::read(foreign_fd_.get(), &signals, sizeof(signals));
    if (io_uring_sq_ready(&ring_) > 0) io_uring_submit(&ring_);
    return !work_pending() && io_uring_cq_ready(&ring_) == 0;
}

void UringBackend::flush() { io_uring_submit_and_get_events(&ring_); }

void UringBackend::wait(MonoTime until) {
    pool_->recycle();
    bool to_submit = io_uring_sq_ready(&ring_) > 0;
    bool look_only = until == MonoTime::min() || io_uring_cq_ready(&ring_) > 0;
    if (look_only) {
        if (to_submit || work_pending()) io_uring_submit_and_get_events(&ring_);
    } else {
        Duration left = until == never ? Duration::zero()
                                       : std::max(until - MonoClock::now(), Duration::zero());
        __kernel_timespec timeout{left / 1s, (left % 1s) / 1ns};
        io_uring_cqe* first = nullptr;
        io_uring_submit_and_wait_timeout(&ring_, &first, 1, until == never ? nullptr : &timeout,
                                         nullptr);
    }
    reap();
}

Ref<Socket> UringBackend::adopt(Descriptor fd, bool) {
    return make_ref<UringSocket>(*this, std::move(fd));
}

Ref<Acceptor> UringBackend::listen(Descriptor fd) {
    return make_ref<UringAcceptor>(*this, std::move(fd));
}

UringCall::~UringCall() {
    if (!running_) return;
    // The frame ends early. The kernel may still use its memory: wait for it to let go.
    remove();
    handle_ = nullptr;
    backend_.cancel(*this);
    while (running_) backend_.wait(never);
}

bool UringCall::start(std::coroutine_handle<> self, StopSource* stop) {
    if (stop && stop->stopped()) {
        reason_ = stop->reason();
        result_ = -ECANCELED;
        return false;
    }
    if (stop) stop->add(*this);
    handle_ = self;
    running_ = true;
    backend_.launch(prepared_, *this);
    return true;
}

void UringCall::complete(int32_t result, uint32_t) noexcept {
    running_ = false;
    result_ = result;
    remove();
    if (handle_) schedule(handle_);
}

void UringCall::on_stop(Errc reason) noexcept {
    if (!running_) return;
    reason_ = reason;
    backend_.cancel(*this);
}

Result<int> UringCall::await_resume() const noexcept {
    if (result_ >= 0) return result_;
    if (reason_ != Errc::ok && (result_ == -ECANCELED || result_ == -EINTR)) return fail(reason_);
    return fail_errno(-result_);
}

}  // namespace strait::reactor
