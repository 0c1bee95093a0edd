// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// bitmap4 (RFC 8881 3.2): a set of small numbers. Held in three words, which cover every number an
// RFC assigns.

#include <array>
#include <cstdint>
#include <initializer_list>

#include "wire/xdr/fields.h"

namespace strait::wire::nfs4 {

// Invariant: bits 0..95 are in `words`; that the peer set bits beyond is remembered in `beyond`,
// and they are not sent on.
struct bitmap4 {
    std::array<uint32_t, 3> words{};
    bool beyond = false;

    static constexpr uint32_t bits = 96;
    constexpr bitmap4() = default;
    constexpr bitmap4(std::initializer_list<uint32_t> numbers) {
        for (uint32_t number : numbers) set(number);
    }
    constexpr void set(uint32_t number) { words[number / 32] |= 1u << number % 32; }
    constexpr void clear(uint32_t number) { words[number / 32] &= ~(1u << number % 32); }
    constexpr bool test(uint32_t number) const {
        return number < bits && (words[number / 32] >> number % 32 & 1) != 0;
    }
    constexpr bool empty() const { return (words[0] | words[1] | words[2]) == 0 && !beyond; }
    friend constexpr bitmap4 operator&(bitmap4 a, const bitmap4& b) {
        for (size_t i = 0; i < 3; i++) a.words[i] &= b.words[i];
        a.beyond = a.beyond && b.beyond;
        return a;
    }
    friend constexpr bitmap4 operator|(bitmap4 a, const bitmap4& b) {
        for (size_t i = 0; i < 3; i++) a.words[i] |= b.words[i];
        a.beyond = a.beyond || b.beyond;
        return a;
    }
    // The numbers of `a` that are not in `b`.
    friend constexpr bitmap4 operator-(bitmap4 a, const bitmap4& b) {
        for (size_t i = 0; i < 3; i++) a.words[i] &= ~b.words[i];
        return a;
    }
    friend constexpr bool operator==(const bitmap4&, const bitmap4&) = default;
    // Calls visit(number) in rising order.
    template <class F>
    constexpr void for_each(F&& visit) const {
        for (uint32_t i = 0; i < 3; i++)
            for (uint32_t left = words[i]; left != 0; left &= left - 1)
                visit(i * 32 + static_cast<uint32_t>(__builtin_ctz(left)));
    }
};
STRAIT_MESSAGE(bitmap4)

}  // namespace strait::wire::nfs4
