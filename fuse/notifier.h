// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Tells the kernel what it must no longer believe, from a thread of its own: the kernel may make a
// notification wait for pages that it is just reading from us, so the thread that answers must
// never send one. No lock is held meanwhile.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/sync.h"
#include "fuse/library.h"
#include "reactor/reactor.h"

namespace strait::fuse {

class Notifier {
  public:
    explicit Notifier(Reactor& reactor) : reactor_(reactor) {}
    ~Notifier();

    // Until close(). The session outlives it.
    void open(fuse_session* session);
    // Drops the kernel's attributes of a file, or its pages, too. Returns when it has done so, or
    // at once when this one comes on top of too many.
    enum class What : uint8_t { attributes, attributes_and_pages };
    Task<> drop(fuse_ino_t number, What what);
    // Nothing is sent any more; returns when a notification under way has ended. The kernel may
    // make that one wait for pages that it has asked us for: somebody has to refuse them meanwhile.
    Task<> close();
    bool running() const { return thread_.joinable(); }

  private:
    static constexpr size_t most_waiting = 4096;
    struct Job {
        fuse_ino_t number = 0;
        What what = What::attributes;
        std::shared_ptr<Event> done;
    };
    void end();
    void work();

    Reactor& reactor_;
    fuse_session* session_ = nullptr;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    bool closing_ = false;
    Event ended_;  // the thread has nothing more to do
    std::thread thread_;
};

}  // namespace strait::fuse
