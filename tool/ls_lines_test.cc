// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/ls_lines.h"

#include <gtest/gtest.h>

namespace strait::tool {
namespace {

using vfs::FileType;

Line line(std::string name, uint64_t size) {
    Line made{std::move(name), {}, {}};
    made.attributes.type = FileType::regular;
    made.attributes.mode = 0644;
    made.attributes.nlink = 1;
    made.attributes.uid = made.attributes.gid = 4000000001u;
    made.attributes.size = size;
    made.attributes.space_used = size;
    made.attributes.mtime = {1735689600, 0};
    return made;
}

TEST(LsLines, columns_of_the_long_form_are_as_wide_as_their_widest) {
    LineOptions options{.long_form = true, .numeric = true};
    std::string text = format_lines({line("a", 5), line("bb", 12345)}, options);
    EXPECT_EQ(text,
              "-rw-r--r-- 1 4000000001 4000000001     5 Jan  1  2025 a\n"
              "-rw-r--r-- 1 4000000001 4000000001 12345 Jan  1  2025 bb\n");
}

TEST(LsLines, links_show_where_they_lead) {
    Line link = line("l", 1);
    link.attributes.type = FileType::symlink;
    link.target = "x/y";
    std::string text = format_lines({link}, {.long_form = true, .numeric = true});
    EXPECT_TRUE(text.ends_with(" l -> x/y\n")) << text;
}

TEST(LsLines, names_run_down_the_columns_of_a_terminal) {
    std::vector<Line> lines{line("a", 0), line("b", 0), line("c", 0), line("d", 0), line("e", 0)};
    EXPECT_EQ(format_lines(lines, {.columns = 8}), "a  c  e\nb  d\n");
    EXPECT_EQ(format_lines(lines, {.columns = 1}), "a\nb\nc\nd\ne\n");
    EXPECT_EQ(format_lines(lines, {}), "a\nb\nc\nd\ne\n");
}

TEST(LsLines, nothing_makes_no_line) {
    EXPECT_EQ(format_lines({}, {.columns = 80}), "");
    EXPECT_EQ(format_lines({}, {.long_form = true}), "");
}

TEST(LsLines, the_total_is_in_kib) {
    EXPECT_EQ(total_line({line("a", 4096), line("b", 1024)}, {}), "total 5\n");
    EXPECT_EQ(total_line({line("a", 1u << 20)}, {.human = true}), "total 1.0M\n");
}

}  // namespace
}  // namespace strait::tool
