// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/entry_bytes.h"

#include <bit>

namespace strait::vfs {

uint32_t least_entry_bytes(size_t name_bytes, AttrMask mask) noexcept {
    // Whether an entry follows, cookie, length of the name; bitmap of two words, length of values.
    constexpr size_t frame = 4 + 8 + 4 + 12 + 4;
    constexpr AttrMask short_ones{Attr::type, Attr::mode, Attr::nlink};
    constexpr AttrMask times{Attr::atime, Attr::mtime, Attr::ctime, Attr::btime};
    constexpr size_t handle = 32;  // with its length
    auto count = [mask](AttrMask some) {
        return static_cast<size_t>(std::popcount((mask & some).bits()));
    };
    size_t values = 8 * count(mask) - 4 * count(short_ones) + 4 * count(times);
    if (mask.has(Attr::fsid)) values += 8;
    if (mask.has(Attr::handle)) values += handle - 8;
    return static_cast<uint32_t>(frame + ((name_bytes + 3) & ~size_t{3}) + values);
}

}  // namespace strait::vfs
