// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Sockets and listeners on io_uring: one multishot operation each, armed by the first wait, that
// keeps bringing bytes (or connections) until it is called off, the queue is too long, or the
// kernel ends it.

#include <deque>

#include "reactor/uring_backend.h"

namespace strait::reactor {

class UringSocket final : public Socket, UringOp {
  public:
    UringSocket(UringBackend& backend, Descriptor fd) : Socket(std::move(fd)), backend_(backend) {}
    ~UringSocket() override { close(); }
    Task<Buffer> receive() override;
    Task<> receive_exact(MutableBytes out) override;
    Task<> wait_readable() override { return wait_for(POLLIN); }
    Task<> wait_writable() override { return wait_for(POLLOUT); }
    void close() noexcept override;

  private:
    void complete(int32_t result, uint32_t flags) noexcept override;
    void arm();
    Task<> wait_for(short events);
    Task<int> call(const io_uring_sqe& prepared);
    Buffer pop();
    // Moves queued bytes into place; returns how many.
    size_t drain_into(MutableBytes out);
    // Ends the multishot operation, so that nothing is received behind our back.
    Task<> disarm();
    // Waits for bytes and receives them into a block of the thread's pool: when the kernel has none
    // left.
    Task<Buffer> receive_unpooled();
    Task<size_t> receive_in_place(MutableBytes out);

    UringBackend& backend_;
    std::deque<Buffer> queue_;
    size_t queued_bytes_ = 0;
    bool armed_ = false;
    bool ended_ = false;
    size_t calls_ = 0;  // operations under way besides the multishot one
    int problem_ = 0;   // errno of the connection's end
    detail::WaitList waiting_;
};

class UringAcceptor final : public Acceptor, UringOp {
  public:
    UringAcceptor(UringBackend& backend, Descriptor fd)
        : Acceptor(std::move(fd)), backend_(backend) {}
    ~UringAcceptor() override { close(); }
    Task<Descriptor> accept() override;
    void shutdown() noexcept override;
    void close() noexcept override;

  private:
    void complete(int32_t result, uint32_t flags) noexcept override;
    void arm();

    UringBackend& backend_;
    std::deque<Descriptor> queue_;
    bool armed_ = false;
    bool closed_ = false;
    int problem_ = 0;
    detail::WaitList waiting_;
};

}  // namespace strait::reactor
