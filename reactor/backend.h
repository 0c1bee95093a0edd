// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a Reactor asks of the kernel: io_uring and epoll both answer. Completions only schedule
// coroutines (base/ready.h), they never resume one: so nothing that wait() holds can end under it.

#include <sys/uio.h>

#include <atomic>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "reactor/reactor.h"
#include "reactor/socket.h"

namespace strait::reactor {

class Backend {
  public:
    virtual ~Backend() = default;
    virtual BackendKind kind() const noexcept = 0;
    // Submits what waits to be, then completes what is done; when nothing is, sleeps until `until`
    // or wake().
    virtual void wait(MonoTime until) = 0;
    // From any thread: ends a wait() under way, or else the next one at once.
    virtual void wake() noexcept = 0;
    // Readable (for a poll or an epoll) when wait() would find something, if prepare_foreign_wait()
    // came last.
    virtual Result<int> foreign_fd() = 0;
    // Hands to the kernel what waits to be. False: there is something already, do not sleep.
    virtual bool prepare_foreign_wait() = 0;

    // A connected (or connecting) socket. `likely_readable`: try to receive before waiting.
    virtual Ref<Socket> adopt(Descriptor fd, bool likely_readable) = 0;
    virtual Ref<Acceptor> listen(Descriptor fd) = 0;

    // As the Reactor's functions of these names.
    virtual Task<short> poll_fd(int fd, short events) = 0;
    virtual Task<> futex_wait(std::atomic<uint32_t>* word, uint32_t expected) = 0;
    virtual Task<size_t> read_file(int fd, uint64_t offset, std::span<const iovec> into) = 0;
    virtual Task<size_t> write_file(int fd, uint64_t offset, std::span<const iovec> from) = 0;
    virtual Task<> fsync(int fd, bool data_only) = 0;
    virtual Task<> fallocate(int fd, int mode, uint64_t offset, uint64_t size) = 0;
};

// Errc::nosys, perm: the kernel refuses it or lacks what the backend needs.
Result<std::unique_ptr<Backend>> make_uring_backend(Reactor& reactor,
                                                    const ReactorOptions& options);
Result<std::unique_ptr<Backend>> make_epoll_backend(Reactor& reactor,
                                                    const ReactorOptions& options);

}  // namespace strait::reactor
