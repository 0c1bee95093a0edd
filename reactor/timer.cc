// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/timer.h"

#include <utility>

namespace strait {

void Timer::disarm() noexcept {
    if (heap_) heap_->remove(*this);
}

TimerHeap::~TimerHeap() {
    for (Timer* timer : heap_) timer->heap_ = nullptr;
}

bool TimerHeap::before(const Timer& a, const Timer& b) noexcept {
    return a.when_ != b.when_ ? a.when_ < b.when_ : a.order_ < b.order_;
}

void TimerHeap::arm(Timer& timer, MonoTime when) {
    timer.disarm();
    timer.when_ = when;
    timer.order_ = armed_so_far_++;
    timer.heap_ = this;
    heap_.push_back(&timer);
    timer.index_ = heap_.size() - 1;
    sift_up(timer.index_);
}

size_t TimerHeap::fire(MonoTime now) {
    size_t count = 0;
    // A timer that its own callback arms anew for now waits for the next turn.
    const uint64_t armed_before = armed_so_far_;
    while (!heap_.empty() && heap_[0]->when_ <= now && heap_[0]->order_ < armed_before) {
        Timer& due = *heap_[0];
        remove(due);
        due.on_timer();
        count++;
    }
    return count;
}

void TimerHeap::remove(Timer& timer) noexcept {
    size_t index = timer.index_;
    Timer* last = heap_.back();
    heap_.pop_back();
    timer.heap_ = nullptr;
    if (last == &timer) return;
    place(last, index);
    sift_up(index);
    sift_down(last->index_);
}

void TimerHeap::place(Timer* timer, size_t index) noexcept {
    heap_[index] = timer;
    timer->index_ = index;
}

void TimerHeap::sift_up(size_t index) noexcept {
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!before(*heap_[index], *heap_[parent])) return;
        Timer* child = heap_[index];
        place(heap_[parent], index);
        place(child, parent);
        index = parent;
    }
}

void TimerHeap::sift_down(size_t index) noexcept {
    for (;;) {
        size_t least = index;
        for (size_t child = 2 * index + 1; child <= 2 * index + 2 && child < heap_.size(); child++)
            if (before(*heap_[child], *heap_[least])) least = child;
        if (least == index) return;
        Timer* above = heap_[index];
        place(heap_[least], index);
        place(above, least);
        index = least;
    }
}

}  // namespace strait
