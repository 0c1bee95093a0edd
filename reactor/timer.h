// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Timers of one core: a binary heap of intrusive nodes, so that arming and disarming cost O(log n)
// and no syscall; the loop's wait takes its timeout from the earliest. Equal times fire in the
// order they were armed.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace strait {

class TimerHeap;

// Runs on_timer() once, from the loop, at or after its time. Disarmed by its destructor.
class Timer {
  public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    virtual ~Timer() { disarm(); }
    bool armed() const noexcept { return heap_ != nullptr; }
    MonoTime when() const noexcept { return when_; }
    void disarm() noexcept;

  protected:
    // May arm or disarm any timer, this one too; never resumes a coroutine, only schedules it.
    virtual void on_timer() noexcept = 0;

  private:
    friend class TimerHeap;
    TimerHeap* heap_ = nullptr;
    size_t index_ = 0;
    uint64_t order_ = 0;
    MonoTime when_ = never;
};

class TimerHeap {
  public:
    TimerHeap() = default;
    TimerHeap(const TimerHeap&) = delete;
    TimerHeap& operator=(const TimerHeap&) = delete;
    ~TimerHeap();
    // Moves the timer when it is armed already.
    void arm(Timer& timer, MonoTime when);
    MonoTime next() const noexcept { return heap_.empty() ? never : heap_[0]->when_; }
    // Fires all that are due at `now`; returns how many.
    size_t fire(MonoTime now);
    size_t size() const noexcept { return heap_.size(); }

  private:
    friend class Timer;
    static bool before(const Timer& a, const Timer& b) noexcept;
    void remove(Timer& timer) noexcept;
    void place(Timer* timer, size_t index) noexcept;
    void sift_up(size_t index) noexcept;
    void sift_down(size_t index) noexcept;
    std::vector<Timer*> heap_;
    uint64_t armed_so_far_ = 0;
};

}  // namespace strait
