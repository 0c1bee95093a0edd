// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Messages as text for traces: `{objname="a", claim=0}`. Bounded: long opaques and texts are cut,
// payloads show their size.

#include <string>
#include <string_view>
#include <type_traits>

#include "wire/xdr/kinds.h"

namespace strait::wire::xdr {

class Printer {
  public:
    // `limit`: after about so many characters the rest of the message is left out.
    explicit Printer(size_t limit = 4096) : limit_(limit) {}

    void text(std::string_view verbatim);
    void number(uint64_t value);
    void signed_number(int64_t value);
    void quoted(std::string_view text);
    void hex(Bytes bytes);
    void payload(size_t bytes);
    // `{`, then name=... for each, then `}`; lists likewise with brackets.
    void open(char bracket);
    void close(char bracket);
    // Between two items, and in front of the first.
    void next_item();
    void name(std::string_view name);

    bool full() const { return out_.size() >= limit_; }
    const std::string& str() const { return out_; }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
    size_t limit_;
    bool first_ = true;
};

template <class T>
void show(Printer& out, const T& value);

struct PrintVisitor {
    Printer& out;
    template <class T>
    bool field(const char* name, const T& value) {
        if (out.full()) return false;
        out.name(name);
        show(out, value);
        return true;
    }
    template <class T>
    bool discriminant(const char* name, const T& value) {
        return field(name, value);
    }
    bool no_arm() { return true; }
};

template <class T>
void show_items(Printer& out, const T& items) {
    out.open('[');
    for (auto& item : items) {
        if (out.full()) break;
        out.next_item();
        show(out, item);
    }
    out.close(']');
}

template <class T>
void show(Printer& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        out.text(value ? "true" : "false");
    } else if constexpr (std::is_enum_v<T>) {
        if constexpr (requires { to_string(value); })
            out.text(to_string(value));
        else
            out.number(static_cast<uint32_t>(value));
    } else if constexpr (std::is_integral_v<T>) {
        if constexpr (std::is_signed_v<T>)
            out.signed_number(value);
        else
            out.number(value);
    } else if constexpr (HasFields<T>) {
        out.open('{');
        PrintVisitor visit{out};
        T::xdr_fields(value, visit);
        out.close('}');
    } else if constexpr (is_opaque<T> || is_fixed<T>) {
        out.hex(value);
    } else if constexpr (is_utf8<T>) {
        out.quoted(value);
    } else if constexpr (is_payload<T>) {
        out.payload(value.size());
    } else if constexpr (is_list<T> || is_linked_list<T>) {
        show_items(out, value);
    } else if constexpr (is_optional<T>) {
        if (value)
            show(out, *value);
        else
            out.text("none");
    } else {
        print(out, value);
    }
}

// `to_text(args)` of any message declared with STRAIT_MESSAGE.
template <class T>
std::string to_text(const T& value) {
    Printer out;
    print(out, value);
    return out.take();
}

}  // namespace strait::wire::xdr
