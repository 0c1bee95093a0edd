// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/time.h"

#include <ctime>

namespace strait {

Timestamp wall_now() noexcept {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return {now.tv_sec, static_cast<uint32_t>(now.tv_nsec)};
}

}  // namespace strait
