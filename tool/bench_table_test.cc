// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/bench_table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace strait::tool {
namespace {

BenchRow row() {
    BenchRow made{.name = "read", .bytes = 1u << 20, .rpcs = 6};
    made.took = 2s;
    made.times = {40us, 10us, 20us, 30us};
    return made;
}

TEST(BenchTable, rates_and_quantiles_follow_from_the_times) {
    BenchRow each = row();
    EXPECT_DOUBLE_EQ(each.per_second(), 2.0);
    EXPECT_DOUBLE_EQ(each.microseconds(0.5), 20.0);
    EXPECT_DOUBLE_EQ(each.microseconds(1), 40.0);
    EXPECT_DOUBLE_EQ(each.rpcs_each(), 1.5);
}

TEST(BenchTable, a_row_without_operations_divides_by_nothing) {
    BenchRow none{.name = "none"};
    EXPECT_DOUBLE_EQ(none.per_second(), 0);
    EXPECT_DOUBLE_EQ(none.microseconds(0.5), 0);
    EXPECT_DOUBLE_EQ(none.rpcs_each(), 0);
}

TEST(BenchTable, lines_are_of_one_width) {
    std::string text = bench_table({row(), BenchRow{.name = "none"}});
    size_t width = text.find('\n');
    for (size_t at = 0; at < text.size(); at += width + 1) EXPECT_EQ(text[at + width], '\n');
    EXPECT_EQ(bench_json(row())["median_us"], 20.0);
}

}  // namespace
}  // namespace strait::tool
