// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How ls writes what it found: as ls(1) does in the C locale.

#include <string>
#include <vector>

#include "vfs/attributes.h"

namespace strait::tool {

struct LineOptions {
    bool long_form = false;
    bool one_a_line = false;
    bool human = false;
    bool numeric = false;
    unsigned columns = 0;  // of the terminal; 0: one name a line
};

struct Line {
    std::string name;
    vfs::Attributes attributes;
    std::string target;  // of a link
};

std::string format_lines(const std::vector<Line>& lines, const LineOptions& options);
// "total 12": the space in KiB.
std::string total_line(const std::vector<Line>& lines, const LineOptions& options);

}  // namespace strait::tool
