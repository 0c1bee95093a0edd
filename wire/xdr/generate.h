// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Random valid messages from a seed: for round-trip tests and fuzzing. Views point into the
// Generator, which must outlive them.

#include <deque>
#include <memory>
#include <string>
#include <type_traits>

#include "base/buffer.h"
#include "wire/xdr/kinds.h"

namespace strait::wire::xdr {

class Generator {
  public:
    explicit Generator(uint64_t seed) : state_(seed * 2 + 1) {}

    uint64_t next();
    // 0 .. bound-1
    uint32_t below(uint32_t bound) { return static_cast<uint32_t>(next() % bound); }
    bool one_in(uint32_t n) { return below(n) == 0; }
    // Often small, sometimes at the edges of its type.
    uint64_t interesting();
    // 0 .. max bytes, mostly few.
    std::string_view bytes(uint32_t max);
    std::string_view letters(uint32_t max);
    // One or several slices, at times tens of KiB.
    BufferChain payload(uint32_t max);
    uint32_t items(uint32_t max) { return std::min(max, one_in(16) ? below(12) : below(3)); }
    // An object that lives as long as the Generator.
    template <class T>
    T& keep() {
        auto made = std::make_shared<T>();
        kept_.push_back(made);
        return *made;
    }

  private:
    uint64_t state_;
    std::deque<std::string> texts_;
    std::deque<std::shared_ptr<void>> kept_;
};

template <class T>
void make(Generator& from, T& value);

struct GenerateVisitor {
    Generator& from;
    template <class T>
    bool field(const char*, T& value) {
        make(from, value);
        return true;
    }
    template <class T>
    bool discriminant(const char*, T& value) {
        if constexpr (requires { xdr_interesting(from.next(), value); })
            value = xdr_interesting(from.next(), value);
        else if constexpr (std::is_same_v<T, bool>)
            value = from.one_in(2);
        else
            value = static_cast<T>(from.below(10));
        if constexpr (HasValidRange<T>) return xdr_valid(value);
        return true;
    }
    bool no_arm() { return false; }
};

template <class T>
void make(Generator& from, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        value = from.one_in(2);
    } else if constexpr (std::is_enum_v<T>) {
        do value = static_cast<T>(from.below(8));
        while ([&] {
            if constexpr (HasValidRange<T>) return !xdr_valid(value);
            return false;
        }());
    } else if constexpr (std::is_integral_v<T>) {
        value = static_cast<T>(from.interesting());
    } else if constexpr (HasFields<T>) {
        // A union may draw a discriminant that has no arm: again.
        GenerateVisitor visit{from};
        do value = T{};
        while (!T::xdr_fields(value, visit));
    } else if constexpr (is_opaque<T>) {
        value = T(as_bytes(from.bytes(T::max_bytes)));
    } else if constexpr (is_utf8<T>) {
        value = T(from.letters(T::max_bytes));
    } else if constexpr (is_payload<T>) {
        value = T(from.payload(T::max_bytes));
    } else if constexpr (is_fixed<T>) {
        for (auto& b : value) b = static_cast<std::byte>(from.next());
    } else if constexpr (is_list<T> || is_linked_list<T>) {
        value.resize(from.items(T::max_items));
        for (auto& item : value) make(from, item);
    } else if constexpr (is_optional<T>) {
        value.reset();
        if (from.one_in(2)) make(from, value.emplace());
    } else {
        generate(from, value);
    }
}

}  // namespace strait::wire::xdr
