// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Which kind of XDR type a C++ type is: what the interpreters of the field lists choose by.

#include "wire/xdr/types.h"

namespace strait::wire::xdr {

struct NoVisitor {
    template <class T>
    bool field(const char*, T&) {
        return true;
    }
    template <class T>
    bool discriminant(const char*, T&) {
        return true;
    }
    bool no_arm() { return false; }
};

// A struct with a field list. Types without one and not below (bitmap4, fattr4) have their own
// read, write, ...
template <class T>
concept HasFields = requires { &T::template xdr_fields<T, NoVisitor>; };
// An enum whose unknown values are refused while reading.
template <class T>
concept HasValidRange = requires(T value) { xdr_valid(value); };

template <class T>
inline constexpr bool is_opaque = false;
template <uint32_t Max>
inline constexpr bool is_opaque<Opaque<Max>> = true;
template <class T>
inline constexpr bool is_utf8 = false;
template <uint32_t Max>
inline constexpr bool is_utf8<Utf8<Max>> = true;
template <class T>
inline constexpr bool is_payload = false;
template <uint32_t Max>
inline constexpr bool is_payload<Payload<Max>> = true;
template <class T>
inline constexpr bool is_fixed = false;
template <size_t N>
inline constexpr bool is_fixed<Fixed<N>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T, uint32_t Max>
inline constexpr bool is_list<List<T, Max>> = true;
template <class T>
inline constexpr bool is_linked_list = false;
template <class T, uint32_t Max>
inline constexpr bool is_linked_list<LinkedList<T, Max>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace strait::wire::xdr
