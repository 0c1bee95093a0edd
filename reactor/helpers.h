// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Helper threads for calls that block and have no other form: getaddrinfo, file I/O and futexes on
// epoll. Started when needed, kept idle for the next, joined at the end (which waits for running
// work).

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace strait::reactor {

class HelperThreads {
  public:
    explicit HelperThreads(size_t most_threads) : most_threads_(most_threads) {}
    ~HelperThreads();
    // Runs `work` soon; it waits in line only when `most_threads` are busy.
    void run(std::function<void()> work);

  private:
    void serve();

    const size_t most_threads_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::deque<std::function<void()>> waiting_;
    std::vector<std::thread> threads_;
    size_t idle_ = 0;
    bool ending_ = false;
};

}  // namespace strait::reactor
