// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The interpreters of the field lists: reading, writing and sizing (print.h and generate.h have the
// others). Heavy templates: included by the .cc files that define messages, never by headers.

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "wire/xdr/generate.h"
#include "wire/xdr/kinds.h"
#include "wire/xdr/print.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/types.h"
#include "wire/xdr/writer.h"

namespace strait::wire::xdr {

template <class T>
bool get(Reader& in, T& value);

struct ReadVisitor {
    Reader& in;
    template <class T>
    bool field(const char*, T& value) {
        return get(in, value);
    }
    template <class T>
    bool discriminant(const char*, T& value) {
        return get(in, value);
    }
    bool no_arm() { return in.fail(Fault::bad_arm); }
};

template <class T>
void get_items(Reader& in, T& items) {
    uint32_t count = in.count(T::max_items);
    items.clear();
    // What is reserved ahead stays small; the rest grows as items really arrive.
    items.reserve(std::min(count, 64u));
    for (uint32_t i = 0; i < count && in.ok(); i++) get(in, items.emplace_back());
}

template <class T>
void get_chain_of_items(Reader& in, T& items) {
    items.clear();
    while (in.boolean()) {
        if (items.size() == T::max_items) in.fail(Fault::too_long);
        if (!in.ok() || !get(in, items.emplace_back())) return;
    }
}

template <class T>
void get_optional(Reader& in, std::optional<T>& value) {
    value.reset();
    if (in.count(1) == 1) get(in, value.emplace());
}

template <class T>
bool get(Reader& in, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        value = in.boolean();
    } else if constexpr (std::is_enum_v<T>) {
        value = static_cast<T>(in.u32());
        if constexpr (HasValidRange<T>) {
            if (!xdr_valid(value)) in.fail(Fault::bad_enum);
        }
    } else if constexpr (std::is_integral_v<T> && sizeof(T) == 4) {
        value = static_cast<T>(in.u32());
    } else if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
        value = static_cast<T>(in.u64());
    } else if constexpr (HasFields<T>) {
        ReadVisitor visit{in};
        T::xdr_fields(value, visit);
    } else if constexpr (is_opaque<T>) {
        value = T(in.opaque(T::max_bytes));
    } else if constexpr (is_utf8<T>) {
        value = T(as_text(in.opaque(T::max_bytes)));
    } else if constexpr (is_payload<T>) {
        value = T(in.payload(T::max_bytes));
    } else if constexpr (is_fixed<T>) {
        Bytes bytes = in.fixed(value.size());
        if (in.ok()) std::ranges::copy(bytes, value.begin());
    } else if constexpr (is_list<T>) {
        get_items(in, value);
    } else if constexpr (is_linked_list<T>) {
        get_chain_of_items(in, value);
    } else if constexpr (is_optional<T>) {
        get_optional(in, value);
    } else {
        return read(in, value);
    }
    return in.ok();
}

// Counts what a Writer would write.
class Sizer {
  public:
    void u32(uint32_t) { size_ += 4; }
    void u64(uint64_t) { size_ += 8; }
    void boolean(bool) { size_ += 4; }
    void fixed(Bytes bytes) { size_ += bytes.size() + padding_of(bytes.size()); }
    void opaque(Bytes bytes) {
        size_ += 4;
        fixed(bytes);
    }
    void payload(const BufferChain& slices) {
        size_ += 4 + slices.size() + padding_of(slices.size());
    }
    void add(size_t bytes) { size_ += bytes; }
    size_t size() const { return size_; }

  private:
    size_t size_ = 0;
};

template <class Sink, class T>
void put(Sink& out, const T& value);

template <class Sink>
struct WriteVisitor {
    Sink& out;
    template <class T>
    bool field(const char*, const T& value) {
        put(out, value);
        return true;
    }
    template <class T>
    bool discriminant(const char*, const T& value) {
        put(out, value);
        return true;
    }
    // We made this message: a discriminant without an arm is our own mistake.
    bool no_arm() {
        assert(false && "union without an arm");
        return false;
    }
};

template <class Sink, class T>
void put(Sink& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        out.boolean(value);
    } else if constexpr (std::is_enum_v<T> || (std::is_integral_v<T> && sizeof(T) == 4)) {
        out.u32(static_cast<uint32_t>(value));
    } else if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
        out.u64(static_cast<uint64_t>(value));
    } else if constexpr (HasFields<T>) {
        WriteVisitor<Sink> visit{out};
        T::xdr_fields(value, visit);
    } else if constexpr (is_opaque<T>) {
        out.opaque(value);
    } else if constexpr (is_utf8<T>) {
        out.opaque(as_bytes(value));
    } else if constexpr (is_payload<T>) {
        out.payload(value);
    } else if constexpr (is_fixed<T>) {
        out.fixed(value);
    } else if constexpr (is_list<T>) {
        out.u32(static_cast<uint32_t>(value.size()));
        for (auto& item : value) put(out, item);
    } else if constexpr (is_linked_list<T>) {
        for (auto& item : value) {
            out.boolean(true);
            put(out, item);
        }
        out.boolean(false);
    } else if constexpr (is_optional<T>) {
        out.boolean(value.has_value());
        if (value) put(out, *value);
    } else if constexpr (std::is_same_v<Sink, Sizer>) {
        out.add(encoded_size(value));
    } else {
        write(out, value);
    }
}

// Defines what STRAIT_MESSAGE declared, from T's field list.
#define STRAIT_MESSAGE_CODEC(T)                                     \
    bool read(::strait::wire::xdr::Reader& in, T& value) {          \
        return ::strait::wire::xdr::get(in, value);                 \
    }                                                               \
    void write(::strait::wire::xdr::Writer& out, const T& value) {  \
        ::strait::wire::xdr::put(out, value);                       \
    }                                                               \
    size_t encoded_size(const T& value) {                           \
        ::strait::wire::xdr::Sizer out;                             \
        ::strait::wire::xdr::put(out, value);                       \
        return out.size();                                          \
    }                                                               \
    void print(::strait::wire::xdr::Printer& out, const T& value) { \
        ::strait::wire::xdr::show(out, value);                      \
    }                                                               \
    void generate(::strait::wire::xdr::Generator& from, T& value) { \
        ::strait::wire::xdr::make(from, value);                     \
    }

}  // namespace strait::wire::xdr
