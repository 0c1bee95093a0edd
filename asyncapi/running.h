// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The other side of Async: a Task of ours that runs on the Context's reactor. It owns itself from
// start() to its end, so that an Async may go at any time.

#include "asyncapi/async.h"
#include "base/ready.h"
#include "reactor/reactor.h"

namespace strait::asyncapi {

// "open nfs://nas/a/b: permission denied (nfs4 status 13)".
Failure failure_of(const Error& error, const std::string& what, const std::string& why);

// What an operation is called in messages, and what there is to say beside the error.
struct Story {
    std::string what;  // "open nfs://nas/a/b"
    std::string why;
};

template <class T>
class Running final : public detail::PendingOf<T> {
  public:
    Running(Reactor& reactor, std::shared_ptr<Story> story, Task<T> task)
        : reactor_(reactor), story_(std::move(story)), task_(std::move(task)) {}

    void start(std::coroutine_handle<> resume) noexcept override {
        resume_ = resume;
        running_ = true;
        if (deadline_ != never) task_ = reactor_.with_deadline(std::move(task_), deadline_);
        strait::start(std::move(task_).within(scope_),
                      [this](Result<T> r) { ended(std::move(r)); });
    }
    void cancel() noexcept override { stop_.request_stop(Errc::cancelled); }
    void limit(std::chrono::steady_clock::time_point deadline) noexcept override {
        deadline_ = deadline;
    }
    void abandon() noexcept override {
        if (!running_) return delete this;
        abandoned_ = true;
        cancel();
    }

  private:
    ~Running() = default;
    void ended(Result<T> result) {
        running_ = false;
        if (abandoned_) return delete this;
        if (!result) {
            this->outcome.emplace(failure_of(result.error(), story_->what, story_->why));
        } else if constexpr (std::is_void_v<T>) {
            this->outcome.emplace();
        } else {
            this->outcome.emplace(std::move(*result));
        }
        schedule(resume_);
    }

    Reactor& reactor_;
    std::shared_ptr<Story> story_;
    Task<T> task_;
    StopSource stop_;
    Scope scope_{never, &stop_};
    MonoTime deadline_ = never;
    std::coroutine_handle<> resume_;
    bool running_ = false;
    bool abandoned_ = false;
};

template <class T>
Async<T> run_on(Reactor& reactor, std::shared_ptr<Story> story, Task<T> task) {
    return Async<T>(new Running<T>(reactor, std::move(story), std::move(task)));
}

}  // namespace strait::asyncapi
