// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/stop.h"

namespace strait {

void StopCallback::remove() noexcept {
    if (!source_) return;
    *link_ = next_;
    if (next_) next_->link_ = link_;
    source_ = nullptr;
    next_ = nullptr;
    link_ = nullptr;
}

StopSource::~StopSource() {
    while (head_) head_->remove();
}

void StopSource::add(StopCallback& callback) noexcept {
    callback.remove();
    callback.source_ = this;
    callback.next_ = head_;
    callback.link_ = &head_;
    if (head_) head_->link_ = &callback.next_;
    head_ = &callback;
}

void StopSource::request_stop(Errc reason) noexcept {
    if (stopped()) return;
    reason_ = reason;
    while (StopCallback* first = head_) {
        first->remove();
        first->on_stop(reason);
    }
}

}  // namespace strait
