// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/pacing.h"

#include <algorithm>

namespace strait::vfs {

namespace {
constexpr uint64_t fewest_pieces = 2, most_pieces = 4096;
}

void Pacing::took(uint64_t bytes, uint64_t piece, Duration time) {
    if (bytes < piece || time <= Duration::zero()) return;
    quickest_ = std::min(quickest_, time);
    // Of the pieces under way, those that wait behind others.
    double queued = static_cast<double>(pieces_) * (1 - static_cast<double>(quickest_.count()) /
                                                            static_cast<double>(time.count()));
    if (queued > 1.0) {
        found_ = true;
        pieces_ = std::max(fewest_pieces, pieces_ - 1);
    } else {
        pieces_ = std::min(most_pieces, found_ ? pieces_ + 1 : pieces_ * 2);
    }
}

uint64_t Pacing::window(uint64_t piece, uint64_t most) const {
    return std::min(most, pieces_ * piece);
}

}  // namespace strait::vfs
