// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/format.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

namespace strait::tool {
namespace {

using vfs::FileType;

TEST(Format, modes_read_as_in_ls) {
    EXPECT_EQ(mode_text(FileType::regular, 0644), "-rw-r--r--");
    EXPECT_EQ(mode_text(FileType::directory, 01777), "drwxrwxrwt");
    EXPECT_EQ(mode_text(FileType::directory, 01666), "drw-rw-rwT");
    EXPECT_EQ(mode_text(FileType::regular, 06755), "-rwsr-sr-x");
    EXPECT_EQ(mode_text(FileType::regular, 06644), "-rwSr-Sr--");
    EXPECT_EQ(mode_text(FileType::symlink, 0777), "lrwxrwxrwx");
}

TEST(Format, sizes_are_rounded_up_as_in_ls_h) {
    EXPECT_EQ(human_size(0), "0");
    EXPECT_EQ(human_size(1023), "1023");
    EXPECT_EQ(human_size(1024), "1.0K");
    EXPECT_EQ(human_size(1025), "1.1K");
    EXPECT_EQ(human_size(10 * 1024), "10K");
    EXPECT_EQ(human_size(10 * 1024 + 1), "11K");
    EXPECT_EQ(human_size(1u << 20), "1.0M");
    EXPECT_EQ(human_size((1u << 20) - 1), "1.0M");
    EXPECT_EQ(human_size(~uint64_t{0}), "16E");
}

TEST(Format, times_show_the_year_when_they_are_far) {
    setenv("TZ", "UTC", 1);
    tzset();
    Timestamp now{1795228057, 0};  // 2026-11-21
    EXPECT_EQ(short_time({1795226557, 0}, now), "Nov 21 02:02");
    EXPECT_EQ(short_time({1735689600, 0}, now), "Jan  1  2025");
    EXPECT_EQ(short_time({now.seconds + 3600, 0}, now), "Nov 21  2026");
    EXPECT_EQ(full_time({1735689600, 5}), "2025-01-01 00:00:00.000000005 +0000");
    EXPECT_EQ(utc_time({1735689600, 120000000}), "2025-01-01T00:00:00.120000000Z");
}

TEST(Format, json_holds_only_what_is_known) {
    vfs::Attributes of;
    of.size = 5;
    of.mode = 0640;
    of.uid = 7;
    of.valid = {vfs::Attr::size, vfs::Attr::mode};
    auto json = attributes_json(of);
    EXPECT_EQ(json.dump(), R"({"mode":"0640","size":5})");
}

TEST(Format, an_owner_without_a_name_is_a_number) {
    EXPECT_EQ(user_name(4123456789u), "4123456789");
}

}  // namespace
}  // namespace strait::tool
