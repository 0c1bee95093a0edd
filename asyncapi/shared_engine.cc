// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asyncapi/shared_engine.h"

#include <algorithm>

namespace strait::asyncapi {

Result<> SharedEngine::set_up() {
    if (engine_) {
        reactor_->enter_thread();
        return {};
    }
    auto reactor = Reactor::create({.backend = BackendKind::epoll});
    if (!reactor) return fail(reactor.error());
    reactor_ = std::move(*reactor);
    reactor_->watch(&patience_.emplace(*reactor_));
    engine_ = std::make_unique<Engine>(*reactor_, &counters_, connect_);
    return {};
}

void SharedEngine::wait_for(Job& job) {
    std::unique_lock lock(mutex_);
    submitted_.push_back(&job);
    while (!job.done) {
        if (!driven_) {
            drive(job, lock);
            continue;
        }
        // Whoever drives looks at its mail, then at what was submitted.
        if (reactor_) reactor_->post([] {});
        waiting_.push_back(&job);
        job.turn.wait(lock, [&] { return job.done || !driven_; });
        std::erase(waiting_, &job);
    }
    // The loop goes on for the others with one of their threads.
    if (!driven_ && !waiting_.empty()) waiting_.front()->turn.notify_one();
}

void SharedEngine::drive(Job& mine, std::unique_lock<std::mutex>& lock) {
    driven_ = true;
    auto ready = set_up();
    while (ready && !mine.done) {
        std::deque<Job*> begun = std::exchange(submitted_, {});
        lock.unlock();
        for (Job* job : begun) job->begin(*this);
        if (!mine.done) reactor_->poll(never);
        lock.lock();
    }
    if (ready) {
        lock.unlock();
        reactor_->leave_thread();
        lock.lock();
    } else {
        std::erase(submitted_, &mine);
        mine.fail_with(ready.error());
        mine.done = true;
    }
    driven_ = false;
}

void SharedEngine::ended(Job& job) {
    std::lock_guard lock(mutex_);
    job.done = true;
    job.turn.notify_one();
}

}  // namespace strait::asyncapi
