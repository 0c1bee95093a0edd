// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Runs operations of a client for a time, so many at once, and tells what they cost; and the
// conversation with run.py, one line each way per round.

#include "bench/client.h"

namespace strait::bench {

struct Order {
    Kind kind = Kind::stat;
    unsigned depth = 1;
    double seconds = 1;
    uint64_t most = UINT64_MAX;  // operations
};

struct Cost {
    uint64_t operations = 0;
    double seconds = 0;
    double cpu_s = 0;  // of this process, all threads
    uint64_t switches = 0;
    double median_us = 0;
    double p99_us = 0;
};

Cost measure(Client& client, const Order& order);

// Lines on stdin "KIND DEPTH SECONDS MOST" or "layout", each answered by one JSON line. Ends at end
// of input.
void serve_orders(Client& client);

}  // namespace strait::bench
