// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/patience.h"

#include <sched.h>

#include <algorithm>

namespace strait::fuse {

namespace {
unsigned processors_of_this_process() {
    cpu_set_t set;
    CPU_ZERO(&set);
    return sched_getaffinity(0, sizeof(set), &set) == 0 ? static_cast<unsigned>(CPU_COUNT(&set))
                                                        : 1;
}
}  // namespace

Patience::Patience() : Patience(processors_of_this_process()) {}

Duration Patience::patience() noexcept {
    if (looking_) {  // it did not come to a sleep: something was found
        misses_ = 0;
        break_ = shortest_break;
    }
    looking_ = useful_ && left_ == 0;
    if (left_ > 0) left_--;
    return looking_ ? longest_look : Duration::zero();
}

bool Patience::sleep() noexcept {
    if (!looking_) return true;
    looking_ = false;
    if (++misses_ < most_misses) return true;
    misses_ = 0;
    left_ = break_;
    break_ = std::min(2 * break_, longest_break);
    return true;
}

}  // namespace strait::fuse
