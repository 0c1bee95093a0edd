// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/xdr/generate.h"

#include <algorithm>

namespace strait::wire::xdr {

// splitmix64
uint64_t Generator::next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

uint64_t Generator::interesting() {
    switch (below(6)) {
        case 0:
            return 0;
        case 1:
            return 1;
        case 2:
            return ~uint64_t{0};
        case 3:
            return uint64_t{1} << below(64);
        case 4:
            return below(1000);
        default:
            return next();
    }
}

std::string_view Generator::bytes(uint32_t max) {
    uint32_t size = std::min(max, one_in(32) ? below(3000) : below(40));
    std::string& made = texts_.emplace_back(size, '\0');
    for (char& c : made) c = static_cast<char>(next());
    return made;
}

std::string_view Generator::letters(uint32_t max) {
    uint32_t size = std::min(max, one_in(32) ? below(600) : below(20));
    std::string& made = texts_.emplace_back(size, '\0');
    for (char& c : made) c = static_cast<char>('a' + below(26));
    return made;
}

BufferChain Generator::payload(uint32_t max) {
    BufferChain made;
    uint32_t parts = below(4);
    for (uint32_t i = 0; i < parts; i++) {
        uint32_t size = one_in(16) ? below(70000) : below(100);
        if (size > max - made.size()) break;
        Buffer part = Buffer::allocate(size);
        std::ranges::generate(part.writable(), [&] { return static_cast<std::byte>(next()); });
        made.append(std::move(part));
    }
    return made;
}

}  // namespace strait::wire::xdr
