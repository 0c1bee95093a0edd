// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Clocks and deadlines. Waiting is measured on the monotonic clock; file times are wall-clock.

#include <chrono>
#include <compare>
#include <cstdint>

namespace strait {

using MonoClock = std::chrono::steady_clock;
using MonoTime = MonoClock::time_point;
using Duration = MonoClock::duration;
using namespace std::chrono_literals;

inline constexpr MonoTime never = MonoTime::max();

// A file time: seconds and nanoseconds (0..999'999'999) since the epoch.
struct Timestamp {
    int64_t seconds = 0;
    uint32_t nanoseconds = 0;
    friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

Timestamp wall_now() noexcept;

}  // namespace strait
