// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One socket in the loop: what both backends answer for a Stream or a Listener. Streams own it; an
// operation in flight holds a reference of its own, so that the kernel's last completion always
// finds it.

#include "base/buffer.h"
#include "base/ref.h"
#include "base/task.h"
#include "reactor/descriptor.h"

namespace strait::reactor {

class Socket : public RefCounted {
  public:
    explicit Socket(Descriptor fd) noexcept : fd_(std::move(fd)) {}
    int fd() const noexcept { return fd_.get(); }

    // As Stream says of each.
    virtual Task<Buffer> receive() = 0;
    virtual Task<> receive_exact(MutableBytes out) = 0;
    Task<> send(BufferChain data);
    // As much as the kernel takes at once, without waiting: how many bytes, maybe 0. Not while a
    // send() is under way.
    Result<size_t> send_now(const BufferChain& data);
    // Until a call may succeed; waking for nothing is allowed. wait_readable() is not to be mixed
    // with receive().
    virtual Task<> wait_readable() = 0;
    virtual Task<> wait_writable() = 0;
    // Takes the descriptor out of the loop and closes it.
    virtual void close() noexcept = 0;

  protected:
    Descriptor fd_;
};

// A listening socket in the loop.
class Acceptor : public RefCounted {
  public:
    explicit Acceptor(Descriptor fd) noexcept : fd_(std::move(fd)) {}
    int fd() const noexcept { return fd_.get(); }
    // The next connection, non-blocking and close-on-exec. Errc::closed: shut down.
    virtual Task<Descriptor> accept() = 0;
    virtual void shutdown() noexcept = 0;
    virtual void close() noexcept = 0;

  protected:
    Descriptor fd_;
};

}  // namespace strait::reactor
