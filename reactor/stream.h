// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A connection as a stream of bytes. One receiver and one sender at a time; both may wait at once.
// After an error or a stop in the middle of a transfer the stream's position is unknown: close it.

#include "base/buffer.h"
#include "base/ref.h"
#include "base/task.h"
#include "reactor/address.h"
#include "reactor/socket.h"

namespace strait {

class Stream {
  public:
    Stream() = default;
    Stream(Stream&& other) noexcept : socket_(std::move(other.socket_)) {}
    Stream& operator=(Stream&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }
    ~Stream();

    bool is_open() const noexcept { return static_cast<bool>(socket_); }
    // The next bytes that came, at least one, as a slice of a shared block; empty: orderly end of
    // stream. Errc::connreset, timedout...: the connection is lost.
    Task<Buffer> receive();
    // Exactly out.size() bytes, straight into place where they have not arrived yet.
    // Errc::connreset: the end came first.
    Task<> receive_exact(MutableBytes out);
    // All of it, gathered, never copied. Errc::closed, connreset: the connection is lost. Callers
    // take turns.
    Task<> send(BufferChain data);
    // The part of it that the kernel takes at once: how many bytes, maybe none. Not while a send()
    // is under way.
    Result<size_t> send_now(const BufferChain& data);
    // No more will be sent: the peer sees the end of stream after what was sent.
    void shutdown_send() noexcept;
    // Ends the connection in both directions, so that waits on it end too; the stream stays open
    // (and useless).
    void shutdown() noexcept;
    // Closes at once; waits under way, and whatever is asked for later, end with Errc::closed.
    void close() noexcept;

    Address local() const;
    Address peer() const;
    int native_handle() const noexcept;  // for socket options only

  protected:
    explicit Stream(Ref<reactor::Socket> socket) noexcept;
    Ref<reactor::Socket> socket_;
};

}  // namespace strait
