// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The backend where io_uring is refused. Each socket is registered once, edge-triggered, and
// remembers its readiness; foreign descriptors are armed for one event at a time; files and futexes
// go to helper threads.

#include <sys/epoll.h>

#include <unordered_map>
#include <vector>

#include "base/sync.h"
#include "reactor/backend.h"

namespace strait::reactor {

// What an epoll registration points at.
class EpollSource {
  public:
    virtual void on_events(uint32_t events) noexcept = 0;

  protected:
    ~EpollSource() = default;
};

// A foreign descriptor and the coroutines that wait for it.
class EpollWatch final : public EpollSource {
  public:
    EpollWatch(int epoll, int fd) : epoll_(epoll), fd_(fd) {}
    Task<short> wait(short events);
    void on_events(uint32_t events) noexcept override;

  private:
    struct Waiter {
        short wanted;
        short found = 0;
        Event woken;
    };
    // Arms the union of what is waited for; false: the descriptor knows no readiness (a regular
    // file).
    Result<bool> arm() noexcept;
    int epoll_;
    int fd_;
    std::vector<Waiter*> waiters_;
};

class EpollBackend final : public Backend {
  public:
    EpollBackend(Reactor& reactor, Descriptor epoll, Descriptor wake)
        : reactor_(reactor), epoll_(std::move(epoll)), wake_(std::move(wake)) {}

    BackendKind kind() const noexcept override { return BackendKind::epoll; }
    void wait(MonoTime until) override;
    void wake() noexcept override;
    Result<int> foreign_fd() override { return epoll_.get(); }
    bool prepare_foreign_wait() override { return true; }
    Ref<Socket> adopt(Descriptor fd, bool likely_readable) override;
    Ref<Acceptor> listen(Descriptor fd) override;
    Task<short> poll_fd(int fd, short events) override;
    Task<> futex_wait(std::atomic<uint32_t>* word, uint32_t expected) override;
    Task<size_t> read_file(int fd, uint64_t offset, std::span<const iovec> into) override;
    Task<size_t> write_file(int fd, uint64_t offset, std::span<const iovec> from) override;
    Task<> fsync(int fd, bool data_only) override;
    Task<> fallocate(int fd, int mode, uint64_t offset, uint64_t size) override;

    Reactor& reactor() noexcept { return reactor_; }
    void add(int fd, EpollSource& source, uint32_t events) noexcept;
    void remove(int fd) noexcept;
    // Receives into the block that all sockets of this loop share. 0 bytes: end of stream.
    Result<Buffer> receive_some(int fd, bool& drained);

  private:
    int wait_events(MonoTime until, std::span<epoll_event> events);
    Reactor& reactor_;
    Descriptor epoll_;
    Descriptor wake_;
    std::unordered_map<int, std::unique_ptr<EpollWatch>> watches_;
    Buffer room_;  // the unused rest of the shared block
};

}  // namespace strait::reactor
