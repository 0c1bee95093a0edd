// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/progress.h"

#include <gtest/gtest.h>

namespace strait::tool {
namespace {

ProgressState half() {
    return {.files_done = 1, .files_known = 2, .bytes_done = 1u << 20, .bytes_known = 2u << 20};
}

TEST(Progress, a_line_tells_share_rate_and_time_left) {
    std::string line = progress_line(half(), 1s, 120);
    EXPECT_TRUE(line.starts_with("[====================>                   ]")) << line;
    EXPECT_NE(line.find(" 50% 1.0M of 2.0M, 1 of 2 files, 1.0M/s, 0:01 left"), std::string::npos)
        << line;
}

TEST(Progress, a_line_is_narrower_than_the_terminal) {
    for (unsigned width = 1; width < 100; width++)
        EXPECT_LT(progress_line(half(), 1s, width).size(), width);
}

TEST(Progress, nothing_known_yet_is_no_share) {
    EXPECT_NE(progress_line({}, 0s, 100).find("  0% 0 of 0"), std::string::npos);
}

}  // namespace
}  // namespace strait::tool
