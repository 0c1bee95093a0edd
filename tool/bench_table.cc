// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/bench_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace strait::tool {

double BenchRow::per_second() const {
    double seconds = std::chrono::duration<double>(took).count();
    return seconds > 0 ? static_cast<double>(times.size()) / seconds : 0;
}

double BenchRow::microseconds(double quantile) const {
    if (times.empty()) return 0;
    std::vector<Duration> sorted = times;
    std::ranges::sort(sorted);
    auto at = static_cast<size_t>(quantile * static_cast<double>(sorted.size() - 1));
    return std::chrono::duration<double, std::micro>(sorted[at]).count();
}

double BenchRow::rpcs_each() const {
    return times.empty() ? 0 : static_cast<double>(rpcs) / static_cast<double>(times.size());
}

std::string bench_table(const std::vector<BenchRow>& rows) {
    constexpr std::string_view form = "{:<34} {:>8} {:>10} {:>9} {:>10} {:>10} {:>9}\n";
    std::string text =
        fmt::format(form, "", "times", "a second", "MiB/s", "median us", "p99 us", "RPCs each");
    for (const BenchRow& row : rows) {
        double rate = row.per_second() * static_cast<double>(row.bytes) / (1 << 20);
        text += fmt::format(
            form, row.name, row.times.size(), fmt::format("{:.0f}", row.per_second()),
            row.bytes ? fmt::format("{:.1f}", rate) : "-",
            fmt::format("{:.1f}", row.microseconds(0.5)),
            fmt::format("{:.1f}", row.microseconds(0.99)), fmt::format("{:.2f}", row.rpcs_each()));
    }
    return text;
}

nlohmann::json bench_json(const BenchRow& row) {
    return {{"name", row.name},
            {"operations", row.times.size()},
            {"per_second", row.per_second()},
            {"bytes", row.bytes},
            {"median_us", row.microseconds(0.5)},
            {"p99_us", row.microseconds(0.99)},
            {"rpcs", row.rpcs}};
}

}  // namespace strait::tool
