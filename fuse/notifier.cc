// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/notifier.h"

namespace strait::fuse {

Notifier::~Notifier() {
    end();
    if (thread_.joinable()) thread_.join();
}

void Notifier::open(fuse_session* session) {
    session_ = session;
    thread_ = std::thread([this] {
        work();
        reactor_.post([this] { ended_.set(); });
    });
}

void Notifier::end() {
    {
        std::lock_guard held(mutex_);
        closing_ = true;
    }
    changed_.notify_one();
}

Task<> Notifier::close() {
    end();
    if (!running()) co_return;
    co_await ended_.wait();
    thread_.join();
}

Task<> Notifier::drop(fuse_ino_t number, What what) {
    auto done = std::make_shared<Event>();
    {
        std::lock_guard held(mutex_);
        if (closing_ || !session_ || jobs_.size() >= most_waiting) co_return;
        jobs_.push_back({number, what, done});
    }
    changed_.notify_one();
    co_await done->wait();
}

void Notifier::work() {
    for (;;) {
        Job job;
        bool quiet = false;
        {
            std::unique_lock held(mutex_);
            changed_.wait(held, [this] { return closing_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
            quiet = closing_;
        }
        // A negative offset leaves the pages alone.
        const off_t from = job.what == What::attributes ? -1 : 0;
        if (!quiet) fuse_lowlevel_notify_inval_inode(session_, job.number, from, 0);
        // The event is the reactor's: set there, and freed there.
        reactor_.post([done = std::move(job.done)] { done->set(); });
    }
}

}  // namespace strait::fuse
