// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// An engine for many threads and none of its own: one of the threads that wait for something drives
// the loop for all of them, and hands it on when its own wait is over. Alone, a thread drives it
// without any hand-off. Tasks run one at a time, so what only tasks touch needs no lock.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "asyncapi/engine.h"
#include "reactor/patience.h"

namespace strait::asyncapi {

class SharedEngine {
  public:
    // Nothing is made before the first run().
    explicit SharedEngine(Engine::Connect connect = {}) : connect_(std::move(connect)) {}

    // Runs make(engine), a Task<T>, and waits for its end. From any thread, not from within a task.
    template <class T, class F>
    Result<T> run(F make) {
        JobOf<T, F> job(std::move(make));
        wait_for(job);
        return std::move(*job.outcome);
    }
    // From within a task.
    const client::RpcCounters& counters() const { return counters_; }

  private:
    struct Job {
        virtual void begin(SharedEngine& shared) = 0;
        virtual void fail_with(Error error) = 0;
        std::condition_variable turn;  // it is done, or it is its thread's turn to drive
        bool done = false;

      protected:
        ~Job() = default;
    };
    template <class T, class F>
    struct JobOf final : Job {
        explicit JobOf(F maker) : make(std::move(maker)) {}
        void begin(SharedEngine& shared) override {
            strait::start(make(*shared.engine_), [this, &shared](Result<T> result) {
                outcome.emplace(std::move(result));
                shared.ended(*this);
            });
        }
        void fail_with(Error error) override { outcome.emplace(fail(error)); }
        F make;
        std::optional<Result<T>> outcome;
    };

    void wait_for(Job& job);
    void drive(Job& mine, std::unique_lock<std::mutex>& lock);
    Result<> set_up();
    void ended(Job& job);

    std::mutex mutex_;
    std::deque<Job*> submitted_;  // not begun
    std::deque<Job*> waiting_;    // of threads that do not drive
    bool driven_ = false;

    // Touched by the thread that drives.
    Engine::Connect connect_;
    client::RpcCounters counters_;
    std::optional<Patience> patience_;
    std::unique_ptr<Reactor> reactor_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace strait::asyncapi
