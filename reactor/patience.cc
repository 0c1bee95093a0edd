// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/patience.h"

#include <sched.h>

#include <algorithm>
#include <utility>

namespace strait {

namespace {
unsigned processors_of_this_process() {
    cpu_set_t set;
    CPU_ZERO(&set);
    return sched_getaffinity(0, sizeof(set), &set) == 0 ? static_cast<unsigned>(CPU_COUNT(&set))
                                                        : 1;
}
}  // namespace

Patience::Patience() : Patience(processors_of_this_process(), nullptr) {}
Patience::Patience(const Reactor& reactor) : Patience(processors_of_this_process(), &reactor) {}
Patience::Patience(unsigned processors, const Reactor* asks)
    : useful_(processors > 1), asks_(asks) {}

Duration Patience::patience() noexcept {
    if (looking_) {  // it did not come to a sleep: something was found
        if (std::exchange(disturbed_, false)) {
            missed();
        } else {
            misses_ = 0;
            break_ = shortest_break;
        }
    }
    looking_ = false;
    if (!useful_ || (asks_ && asks_->awaited() != 1)) return Duration::zero();
    looking_ = left_ == 0;
    if (left_ > 0) left_--;
    return looking_ ? longest_look : Duration::zero();
}

bool Patience::sleep() noexcept {
    if (!looking_) return true;
    looking_ = disturbed_ = false;
    missed();
    return true;
}

void Patience::missed() noexcept {
    if (++misses_ < most_misses) return;
    misses_ = 0;
    left_ = break_;
    break_ = std::min(2 * break_, longest_break);
}

}  // namespace strait
