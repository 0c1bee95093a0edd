// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/id_map.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

namespace strait::fuse {

namespace {
constexpr uint32_t nobody = 65534;

std::string text_of(const char* path) {
    std::ostringstream out;
    std::ifstream file(path);
    if (file) out << file.rdbuf();
    return out.str();
}
}  // namespace

IdMap::IdMap(const std::string& text) {
    std::istringstream lines(text);
    for (Row row; lines >> row.inside >> row.outside >> row.count;) rows_.push_back(row);
    const bool all = rows_.size() == 1 && rows_[0].inside == 0 && rows_[0].outside == 0 &&
                     rows_[0].count == std::numeric_limits<uint32_t>::max();
    if (all) rows_.clear();
}

uint32_t IdMap::to_outside(uint32_t inside) const {
    if (identity()) return inside;
    for (const Row& row : rows_)
        if (inside >= row.inside && inside - row.inside < row.count)
            return row.outside + (inside - row.inside);
    return nobody;
}

bool IdMap::has_inside(uint32_t inside) const {
    return std::ranges::any_of(rows_, [inside](const Row& row) {
        return inside >= row.inside && inside - row.inside < row.count;
    });
}

uint32_t IdMap::to_inside(uint32_t outside) const {
    if (identity()) return outside;
    for (const Row& row : rows_)
        if (outside >= row.outside && outside - row.outside < row.count)
            return row.inside + (outside - row.outside);
    return has_inside(nobody) ? nobody : rows_[0].inside;
}

IdMaps IdMaps::own() {
    return {IdMap(text_of("/proc/self/uid_map")), IdMap(text_of("/proc/self/gid_map"))};
}

}  // namespace strait::fuse
