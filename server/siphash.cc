// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/siphash.h"

#include <sys/random.h>

#include <bit>
#include <cstdlib>
#include <cstring>

namespace strait::server {

SipHash::SipHash(const SipKey& key) noexcept {
    uint64_t k0, k1;
    std::memcpy(&k0, key.data(), 8);
    std::memcpy(&k1, key.data() + 8, 8);
    v0_ = k0 ^ 0x736f6d6570736575ull;
    v1_ = k1 ^ 0x646f72616e646f6dull;
    v2_ = k0 ^ 0x6c7967656e657261ull;
    v3_ = k1 ^ 0x7465646279746573ull;
}

void SipHash::round() noexcept {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
}

void SipHash::compress(uint64_t word) noexcept {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
}

SipHash& SipHash::add(Bytes bytes) noexcept {
    const std::byte* at = bytes.data();
    size_t left = bytes.size();
    while (left > 0) {
        if (length_ % 8 == 0 && left >= 8) {
            uint64_t word;
            std::memcpy(&word, at, 8);
            compress(word);
            at += 8;
            left -= 8;
            length_ += 8;
            continue;
        }
        tail_ |= static_cast<uint64_t>(*at) << (length_ % 8 * 8);
        at++;
        left--;
        if (++length_ % 8 == 0) {
            compress(tail_);
            tail_ = 0;
        }
    }
    return *this;
}

uint64_t SipHash::finish() noexcept {
    compress(tail_ | length_ << 56);
    v2_ ^= 0xff;
    for (int i = 0; i < 4; i++) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
}

uint64_t siphash(const SipKey& key, Bytes bytes) noexcept {
    return SipHash(key).add(bytes).finish();
}

void fill_random(MutableBytes out) noexcept {
    size_t done = 0;
    while (done < out.size()) {
        ssize_t got = getrandom(out.data() + done, out.size() - done, 0);
        if (got < 0) std::abort();  // the kernel never refuses these sizes
        done += static_cast<size_t>(got);
    }
}

SipKey random_key() noexcept {
    SipKey key;
    fill_random(key);
    return key;
}

}  // namespace strait::server
