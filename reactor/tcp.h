// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// TCP streams and listeners. TCP_NODELAY is on unless asked otherwise; SIGPIPE is never raised.

#include "reactor/reactor.h"
#include "reactor/stream.h"

namespace strait {

struct ConnectOptions {
    bool no_delay = true;
    bool keepalive = true;
    // Binds the local end first: an address, or (with port 0) a privileged port as some NFS servers
    // demand.
    Address bind_to;
    bool privileged_port = false;
    // Kernel buffer sizes in bytes; 0 leaves them to the kernel's own tuning.
    int send_buffer = 0;
    int receive_buffer = 0;
};

struct ListenOptions {
    int backlog = 1024;
    bool reuse_port =
        false;  // several listeners (one a core) share the port; the kernel spreads connections
    bool no_delay = true;  // of the accepted streams
};

class TcpStream : public Stream {
  public:
    TcpStream() = default;
    // Errc::connrefused, hostunreach, timedout. Give it a deadline with Reactor::with_deadline.
    static Task<TcpStream> connect(Reactor& reactor, Address address, ConnectOptions options = {});
    // Takes a connected, non-blocking socket.
    static TcpStream adopt(Reactor& reactor, int fd);

  private:
    using Stream::Stream;
};

class Listener {
  public:
    Listener() = default;
    Listener(Listener&& other) noexcept
        : acceptor_(std::move(other.acceptor_)), local_(other.local_) {}
    Listener& operator=(Listener&& other) noexcept {
        std::swap(acceptor_, other.acceptor_);
        std::swap(local_, other.local_);
        return *this;
    }
    ~Listener();
    bool is_open() const noexcept { return static_cast<bool>(acceptor_); }
    // With port 0 asked for: the port that was given.
    const Address& local() const noexcept { return local_; }
    // Ends a waiting accept() with Errc::closed, and refuses newcomers.
    void shutdown() noexcept;
    void close() noexcept;

  protected:
    Listener(Ref<reactor::Acceptor> acceptor, Address local) noexcept;
    Ref<reactor::Acceptor> acceptor_;
    Address local_;
};

class TcpListener : public Listener {
  public:
    TcpListener() = default;
    // Errc::busy: address in use. Errc::access: a port that needs a privilege.
    static Result<TcpListener> bind(Reactor& reactor, Address address, ListenOptions options = {});
    // The next connection. A lack of descriptors (EMFILE) is waited out; connections that died in
    // the queue are skipped.
    Task<TcpStream> accept();

  private:
    using Listener::Listener;
    bool no_delay_ = true;
    Reactor* reactor_ = nullptr;
};

}  // namespace strait
