// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/bitmap.h"

#include "wire/xdr/codec.h"

namespace strait::wire::nfs4 {

namespace {

// No RFC has a number near it; a longer bitmap is an attack on patience.
constexpr uint32_t max_words = 4096;

// Trailing zero words are not sent.
uint32_t words_used(const bitmap4& bits) {
    uint32_t used = 3;
    while (used > 0 && bits.words[used - 1] == 0) used--;
    return used;
}

}  // namespace

bool read(xdr::Reader& in, bitmap4& bits) {
    bits = {};
    uint32_t count = in.count(max_words);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t word = in.u32();
        if (i < bits.words.size())
            bits.words[i] = word;
        else if (word != 0)
            bits.beyond = true;
    }
    return in.ok();
}

void write(xdr::Writer& out, const bitmap4& bits) {
    uint32_t used = words_used(bits);
    out.u32(used);
    for (uint32_t i = 0; i < used; i++) out.u32(bits.words[i]);
}

size_t encoded_size(const bitmap4& bits) { return 4 + 4 * words_used(bits); }

void print(xdr::Printer& out, const bitmap4& bits) {
    out.open('{');
    bits.for_each([&](uint32_t number) {
        out.next_item();
        out.number(number);
    });
    if (bits.beyond) out.text(" and beyond");
    out.close('}');
}

void generate(xdr::Generator& from, bitmap4& bits) {
    bits = {};
    for (uint32_t& word : bits.words)
        if (from.one_in(2)) word = static_cast<uint32_t>(from.interesting());
}

}  // namespace strait::wire::nfs4
