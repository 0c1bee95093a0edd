// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Unix-domain streams and listeners, with descriptor passing and the peer's credentials.

#include <sys/types.h>

#include <vector>

#include "reactor/descriptor.h"
#include "reactor/tcp.h"

namespace strait {

// Who the peer was when it connected (SO_PEERCRED): vouched for by the kernel.
struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

// Bytes and the descriptors that came with them (close-on-exec). Empty data: end of stream.
struct UnixMessage {
    Buffer data;
    std::vector<Descriptor> descriptors;
};

class UnixStream : public Stream {
  public:
    static constexpr size_t max_descriptors = 64;  // in one message
    UnixStream() = default;
    // Address::unix_socket(...). Errc::noent, connrefused: nobody listens there.
    static Task<UnixStream> connect(Reactor& reactor, Address address);
    // Takes a connected, non-blocking socket (a socketpair's end).
    static UnixStream adopt(Reactor& reactor, int fd);

    // The next bytes with their descriptors. A plain receive() on a stream closes descriptors that
    // come with the bytes.
    Task<UnixMessage> receive_message();
    // `data` (at least one byte) with the descriptors, which stay the caller's and open until the
    // task ends.
    Task<> send_message(BufferChain data, std::span<const int> descriptors);
    Result<PeerCredentials> peer_credentials() const;

  private:
    using Stream::Stream;
};

class UnixListener : public Listener {
  public:
    UnixListener() = default;
    // Makes the socket file (mode from the umask); an existing one that nobody listens on is the
    // caller's to remove.
    static Result<UnixListener> bind(Reactor& reactor, Address address, int backlog = 128);
    Task<UnixStream> accept();

  private:
    using Listener::Listener;
    Reactor* reactor_ = nullptr;
};

}  // namespace strait
