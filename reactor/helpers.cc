// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/helpers.h"

#include <csignal>

namespace strait::reactor {

namespace {

// Signals are for the application's threads.
class AllSignalsBlocked {
  public:
    AllSignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_;
};

}  // namespace

HelperThreads::~HelperThreads() {
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
    }
    came_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void HelperThreads::run(std::function<void()> work) {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
    if (idle_ >= waiting_.size()) {
        came_.notify_one();
    } else if (threads_.size() < most_threads_) {
        AllSignalsBlocked blocked;
        threads_.emplace_back([this] { serve(); });
    }
}

void HelperThreads::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        while (!waiting_.empty()) {
            auto work = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            work();
            work = nullptr;
            lock.lock();
        }
        if (ending_) return;
        idle_++;
        came_.wait(lock);
        idle_--;
    }
}

}  // namespace strait::reactor
