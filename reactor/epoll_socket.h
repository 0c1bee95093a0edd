// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Sockets and listeners on epoll. Edge-triggered: a flag says whether a call may succeed; only a
// call that was answered short (or EAGAIN) clears it, and only an event sets it again.

#include "reactor/epoll_backend.h"

namespace strait::reactor {

class EpollSocket final : public Socket, public EpollSource {
  public:
    EpollSocket(EpollBackend& backend, Descriptor fd, bool likely_readable);
    ~EpollSocket() override { close(); }
    Task<Buffer> receive() override;
    Task<> receive_exact(MutableBytes out) override;
    Task<> wait_readable() override;
    Task<> wait_writable() override;
    void close() noexcept override;

  private:
    void on_events(uint32_t events) noexcept override;
    // Nothing more is there now. After a hang-up there always is: the end.
    void drained() noexcept { readable_ = ended_; }
    Task<> readable();

    EpollBackend& backend_;
    bool readable_;
    bool writable_ = false;
    bool ended_ = false;    // the peer sends no more
    bool hung_up_ = false;  // both directions are over
    detail::WaitList readers_;
    detail::WaitList writers_;
};

class EpollAcceptor final : public Acceptor, public EpollSource {
  public:
    EpollAcceptor(EpollBackend& backend, Descriptor fd);
    ~EpollAcceptor() override { close(); }
    Task<Descriptor> accept() override;
    void shutdown() noexcept override;
    void close() noexcept override;

  private:
    void on_events(uint32_t) noexcept override { waiting_.wake_all(); }
    EpollBackend& backend_;
    bool closed_ = false;
    detail::WaitList waiting_;
};

}  // namespace strait::reactor
