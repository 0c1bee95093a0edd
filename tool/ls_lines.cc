// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/ls_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tool/format.h"

namespace strait::tool {

namespace {

using vfs::FileType;

// Number of links, owner, group, size: each as wide as its widest.
using Cells = std::array<std::string, 4>;

Cells cells_of(const vfs::Attributes& of, const LineOptions& options) {
    std::string size = options.human ? human_size(of.size) : fmt::format("{}", of.size);
    if (of.type == FileType::block || of.type == FileType::character)
        size = fmt::format("{}, {}", of.rdev.major, of.rdev.minor);
    return {fmt::format("{}", of.nlink),
            options.numeric ? fmt::format("{}", of.uid) : user_name(of.uid),
            options.numeric ? fmt::format("{}", of.gid) : group_name(of.gid), std::move(size)};
}

std::string long_lines(const std::vector<Line>& lines, const LineOptions& options) {
    std::vector<Cells> cells;
    std::array<size_t, 4> widths{};
    for (const Line& line : lines) {
        cells.push_back(cells_of(line.attributes, options));
        for (size_t i = 0; i < widths.size(); i++)
            widths[i] = std::max(widths[i], cells.back()[i].size());
    }
    Timestamp now = wall_now();
    std::string text;
    for (size_t i = 0; i < lines.size(); i++) {
        const vfs::Attributes& of = lines[i].attributes;
        auto& [links, owner, group, size] = cells[i];
        // Names begin in one column, numbers end in one.
        std::string who =
            fmt::format(fmt::runtime(options.numeric ? "{:>{}} {:>{}}" : "{:<{}} {:<{}}"), owner,
                        widths[1], group, widths[2]);
        text +=
            fmt::format("{} {:>{}} {} {:>{}} {} {}", mode_text(of.type, of.mode), links, widths[0],
                        who, size, widths[3], short_time(of.mtime, now), lines[i].name);
        if (!lines[i].target.empty()) text += " -> " + lines[i].target;
        text += '\n';
    }
    return text;
}

// Down the columns, as many as fit.
std::string columned(const std::vector<Line>& lines, unsigned width) {
    size_t widest = 0;
    for (const Line& line : lines) widest = std::max(widest, line.name.size());
    size_t columns = std::max<size_t>(1, (width + 2) / (widest + 2));
    size_t rows = (lines.size() + columns - 1) / columns;
    std::string text;
    for (size_t row = 0; row < rows; row++) {
        for (size_t at = row; at < lines.size(); at += rows) {
            bool last = at + rows >= lines.size();
            text += last ? lines[at].name : fmt::format("{:<{}}", lines[at].name, widest + 2);
        }
        text += '\n';
    }
    return text;
}

}  // namespace

std::string format_lines(const std::vector<Line>& lines, const LineOptions& options) {
    if (options.long_form) return long_lines(lines, options);
    if (options.columns > 0) return columned(lines, options.columns);
    std::string text;
    for (const Line& line : lines) text += line.name + "\n";
    return text;
}

std::string total_line(const std::vector<Line>& lines, const LineOptions& options) {
    uint64_t bytes = 0;
    for (const Line& line : lines) bytes += line.attributes.space_used;
    return fmt::format("total {}\n",
                       options.human ? human_size(bytes) : fmt::format("{}", bytes / 1024));
}

}  // namespace strait::tool
