// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What strait bench measured, as a table and for scripts.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/time.h"

namespace strait::tool {

struct BenchRow {
    std::string name;
    size_t bytes = 0;  // of payload, of one operation; 0: none worth counting
    uint64_t rpcs = 0;
    Duration took{};              // all of it
    std::vector<Duration> times;  // of each operation

    double per_second() const;
    double microseconds(double quantile) const;  // 0.5: the median
    double rpcs_each() const;
};

std::string bench_table(const std::vector<BenchRow>& rows);
nlohmann::json bench_json(const BenchRow& row);

}  // namespace strait::tool
