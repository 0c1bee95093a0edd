// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/siphash.h"

#include <gtest/gtest.h>

namespace strait::server {
namespace {

SipKey counting_key() {
    SipKey key;
    for (size_t i = 0; i < key.size(); i++) key[i] = std::byte(i);
    return key;
}

TEST(SipHash, gives_the_vectors_of_its_authors) {
    std::array<std::byte, 64> input;
    for (size_t i = 0; i < input.size(); i++) input[i] = std::byte(i);
    EXPECT_EQ(siphash(counting_key(), {}), 0x726fdb47dd0e0e31ull);
    EXPECT_EQ(siphash(counting_key(), Bytes(input).first(1)), 0x74f839c593dc67fdull);
    EXPECT_EQ(siphash(counting_key(), Bytes(input).first(15)), 0xa129ca6149be45e5ull);
}

TEST(SipHash, pieces_count_as_one_string) {
    auto text = as_bytes("one string in three pieces");
    SipHash pieces(counting_key());
    pieces.add(text.first(3)).add(text.subspan(3, 12)).add(text.subspan(15));
    EXPECT_EQ(pieces.finish(), siphash(counting_key(), text));
}

}  // namespace
}  // namespace strait::server
