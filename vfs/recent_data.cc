// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/recent_data.h"

namespace strait::vfs {

namespace {
constexpr size_t most_bytes = 8u << 20;
}  // namespace

std::optional<BufferChain> RecentData::find(uint64_t offset, size_t count) const {
    if (data_.empty() || MonoClock::now() >= until_) return std::nullopt;
    return data_.covered(offset, count);
}

void RecentData::read(uint64_t offset, BufferChain data, Duration span) {
    if (data.empty()) return;
    MonoTime now = MonoClock::now();
    if (now >= until_ || data_.bytes() > most_bytes) data_.clear();
    if (data_.empty()) until_ = now + span;
    data_.put(offset, std::move(data));
}

void RecentData::wrote(uint64_t offset, const BufferChain& data) {
    if (data_.empty()) return;
    if (data_.bytes() > most_bytes) return data_.clear();
    data_.put(offset, data);
}

}  // namespace strait::vfs
