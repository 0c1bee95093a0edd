// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The connection to the kernel: mounting, and reading one request after the other without blocking.

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "fuse/library.h"
#include "reactor/descriptor.h"
#include "reactor/reactor.h"

namespace strait::fuse {

class Bridge;

struct MountRequest {
    // Where; with `descriptor`, only for messages.
    std::string directory;
    // As libfuse takes them after -o: "allow_other", "fsname=..." ...
    std::vector<std::string> options;
    // /dev/fuse, opened and mounted by whoever started us; -1: we mount.
    int descriptor = -1;
};

class Session {
  public:
    Session();
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // `bridge` is what callbacks are given; it owns this.
    Result<> mount(const MountRequest& request, const fuse_lowlevel_ops& operations, Bridge* bridge,
                   std::string& complaint);
    // After mount(): the mount goes on without this session. /dev/fuse, for whoever answers it.
    Result<Descriptor> hand_over();
    // Somebody has unmounted it: nothing is done to its place any more.
    void unmounted() { mounted_ = false; }
    // Reads and dispatches requests until the connection ends or the scope stops.
    Task<> serve(Reactor& reactor);
    // The kernel has said its first word, and what is written next is the answer to it.
    void greet();
    std::function<void()> on_greeting;
    fuse_session* raw() const { return session_; }

    // While an operation is dispatched: a share of the bytes that it was given, which lie in the
    // receive buffer; copied when they are few.
    Buffer keep(const char* data, size_t size);

  private:
    enum class Took : uint8_t { one, none, end };
    Took take_one();
    static ssize_t send(int fd, iovec* parts, int count, void* user);
    void complete_agreement(const iovec* parts, int count);

    fuse_session* session_ = nullptr;
    Buffer buffer_;
    bool mounted_ = false;
    bool kept_ = false;                          // somebody holds slices of buffer_
    uint32_t offered_ = 0;                       // FUSE_* flags of the kernel's first word
    std::atomic<bool> answering_first_ = false;  // seen by the notifier's thread, too
};

}  // namespace strait::fuse
