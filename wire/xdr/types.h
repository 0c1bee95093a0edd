// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// XDR's data types (RFC 4506) as C++: lengths are limited by the type. Opaque and Utf8 are views:
// after reading they point into the received record, and they live as long as the Reader that made
// them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "wire/xdr/fields.h"

namespace strait::wire::xdr {

// opaque<Max>
template <uint32_t Max>
struct Opaque : Bytes {
    static constexpr uint32_t max_bytes = Max;
    Opaque() = default;
    Opaque(Bytes bytes) : Bytes(bytes) {}  // NOLINT: a view, implicit on purpose
    explicit Opaque(std::string_view text) : Bytes(as_bytes(text)) {}
    std::string_view text() const { return as_text(*this); }
    friend bool operator==(const Opaque& a, const Opaque& b) { return std::ranges::equal(a, b); }
};

// string<Max>; UTF-8 where the protocol says so, which is not checked here.
template <uint32_t Max>
struct Utf8 : std::string_view {
    static constexpr uint32_t max_bytes = Max;
    Utf8() = default;
    Utf8(std::string_view text) : std::string_view(text) {}  // NOLINT: a view, implicit on purpose
    Utf8(const char* text) : std::string_view(text) {}       // NOLINT
    Utf8(const std::string& text) : std::string_view(text) {}  // NOLINT
};

// opaque<Max> of file data: slices of the record on both ways, never copied.
template <uint32_t Max>
struct Payload : BufferChain {
    static constexpr uint32_t max_bytes = Max;
    Payload() = default;
    Payload(BufferChain chain)
        : BufferChain(std::move(chain)) {}  // NOLINT: a slice, implicit on purpose
};

// opaque[N]
template <size_t N>
using Fixed = std::array<std::byte, N>;

// T name<Max>. Reading refuses counts over Max or over what the bytes at hand could hold, before it
// allocates.
template <class T, uint32_t Max>
struct List : std::vector<T> {
    static constexpr uint32_t max_items = Max;
    using std::vector<T>::vector;
};

// XDR's linked list (`T *next` at the end of each item), read and written iteratively.
template <class T, uint32_t Max>
struct LinkedList : std::vector<T> {
    static constexpr uint32_t max_items = Max;
    using std::vector<T>::vector;
};

// T name<1> and T *name
template <class T>
using Optional = std::optional<T>;

constexpr size_t padding_of(size_t bytes) { return (4 - bytes % 4) % 4; }

}  // namespace strait::wire::xdr
