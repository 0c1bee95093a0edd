// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The one field list of a message. Each struct names its fields (or its union arms) once; reader,
// writer, sizer, printer and generator are visitors of that list (xdr/codec.h, xdr/print.h,
// xdr/generate.h).
//
//     struct locker4 {
//         bool new_lock_owner{};
//         open_to_lock_owner4 open_owner;
//         exist_lock_owner4 lock_owner;
//         STRAIT_UNION(new_lock_owner, STRAIT_ARM(open_owner, true), STRAIT_ARM(lock_owner, false))
//     };
//     struct LOCK4resok {
//         stateid4 lock_stateid;
//         STRAIT_FIELDS(lock_stateid)
//     };
//
// The arms of a union stand side by side in its struct; only the chosen one has a meaning. The
// structs stay aggregates.

#include <cstddef>
#include <cstdint>

#define STRAIT_EXPAND(...) STRAIT_EXPAND3(STRAIT_EXPAND3(STRAIT_EXPAND3(__VA_ARGS__)))
#define STRAIT_EXPAND3(...) STRAIT_EXPAND2(STRAIT_EXPAND2(STRAIT_EXPAND2(__VA_ARGS__)))
#define STRAIT_EXPAND2(...) STRAIT_EXPAND1(STRAIT_EXPAND1(STRAIT_EXPAND1(__VA_ARGS__)))
#define STRAIT_EXPAND1(...) __VA_ARGS__
#define STRAIT_PARENS ()
#define STRAIT_FOR_EACH(macro, ...) \
    __VA_OPT__(STRAIT_EXPAND(STRAIT_FOR_EACH_STEP(macro, __VA_ARGS__)))
#define STRAIT_FOR_EACH_STEP(macro, first, ...) \
    macro(first) __VA_OPT__(STRAIT_FOR_EACH_AGAIN STRAIT_PARENS(macro, __VA_ARGS__))
#define STRAIT_FOR_EACH_AGAIN() STRAIT_FOR_EACH_STEP

#define STRAIT_FIELD(name) &&visit.field(#name, self.name)
#define STRAIT_CASE(value) case value:

// The fields in wire order. A message without fields: STRAIT_NO_FIELDS.
#define STRAIT_FIELDS(...)                                      \
    template <class Self, class V>                              \
    static constexpr bool xdr_fields(Self& self, V& visit) {    \
        return true STRAIT_FOR_EACH(STRAIT_FIELD, __VA_ARGS__); \
    }
#define STRAIT_NO_FIELDS                          \
    template <class Self, class V>                \
    static constexpr bool xdr_fields(Self&, V&) { \
        return true;                              \
    }

// A discriminated union: the discriminant, then its arms. A value without an arm is refused.
#define STRAIT_UNION(chooser, ...)                                                                 \
    template <class Self, class V>                                                                 \
    static constexpr bool xdr_fields(Self& self, V& visit) {                                       \
        if (!visit.discriminant(#chooser, self.chooser)) return false;                             \
        switch (static_cast<uint32_t>(self.chooser)) { STRAIT_FOR_EACH(STRAIT_SAME, __VA_ARGS__) } \
        return visit.no_arm();                                                                     \
    }
#define STRAIT_SAME(arm) arm
#define STRAIT_ARM(member, ...) \
    STRAIT_FOR_EACH(STRAIT_CASE, __VA_ARGS__) return visit.field(#member, self.member);
#define STRAIT_OTHERWISE(member) \
    default:                     \
        return visit.field(#member, self.member);
#define STRAIT_VOID(...) STRAIT_FOR_EACH(STRAIT_CASE, __VA_ARGS__) return true;
#define STRAIT_OTHERWISE_VOID \
    default:                  \
        return true;

// Declares what every message has. A .cc file defines all five with STRAIT_MESSAGE_CODEC
// (xdr/codec.h):
// - read: false when the bytes are no valid T (Reader::fault says why); T's views are into the
// record
// - write: appends the encoding
// - encoded_size: the bytes that write appends
// - print: text for people and traces
// - generate: a random valid value, for tests and fuzzing
#define STRAIT_MESSAGE(T)                                \
    bool read(::strait::wire::xdr::Reader&, T&);         \
    void write(::strait::wire::xdr::Writer&, const T&);  \
    size_t encoded_size(const T&);                       \
    void print(::strait::wire::xdr::Printer&, const T&); \
    void generate(::strait::wire::xdr::Generator&, T&);

namespace strait::wire::xdr {
class Reader;
class Writer;
class Printer;
class Generator;
}  // namespace strait::wire::xdr
