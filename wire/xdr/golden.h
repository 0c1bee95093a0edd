// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// For tests: holds a message against bytes written by hand from the RFC's XDR. Bytes are spelled as
// hex digits and 'text', with blanks wherever they help: "00000003 'abc' 00".

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "wire/xdr/print.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::wire {

inline std::string spelled(std::string_view golden) {
    std::string bytes, digits;
    bool quoted = false;
    for (char c : golden) {
        if (c == '\'')
            quoted = !quoted;
        else if (quoted)
            bytes += c;
        else if (c != ' ' && digits.empty())
            digits = c;
        else if (c != ' ') {
            bytes += static_cast<char>(std::stoi(digits + c, nullptr, 16));
            digits.clear();
        }
    }
    EXPECT_TRUE(digits.empty() && !quoted) << golden;
    return bytes;
}

inline std::string hex(std::string_view bytes) {
    std::string out;
    for (size_t i = 0; i < bytes.size(); i++) {
        if (i % 4 == 0 && i != 0) out += ' ';
        for (int shift : {4, 0}) out += "0123456789abcdef"[bytes[i] >> shift & 15];
    }
    return out;
}

template <class T>
std::string encoded(const T& message) {
    xdr::Writer out;
    write(out, message);
    return std::string(out.take().flatten().text());
}

// What golden() compares; made by thin templates, so that the checks are compiled once.
struct Written {
    std::string bytes;
    size_t size;  // as encoded_size says
    std::string text;
};
template <class T>
Written written(const T& message) {
    return {encoded(message), encoded_size(message), xdr::to_text(message)};
}

inline void expect_golden(const Written& message, std::string_view golden,
                          Written (*read_again)(xdr::Reader&)) {
    std::string bytes = spelled(golden);
    EXPECT_EQ(hex(message.bytes), hex(bytes)) << message.text;
    EXPECT_EQ(message.size, bytes.size()) << message.text;
    xdr::Reader in(as_bytes(bytes));
    Written again = read_again(in);
    EXPECT_TRUE(in.finish()) << to_string(in.fault()) << " in " << message.text;
    EXPECT_EQ(hex(again.bytes), hex(bytes)) << message.text;
    EXPECT_EQ(again.text, message.text);
}

// `message` is written as `golden`; `golden` is read, and what was read is written the same again.
template <class T>
void golden(const T& message, std::string_view golden) {
    expect_golden(written(message), golden, [](xdr::Reader& in) {
        T again;
        read(in, again);
        return written(again);
    });
}

inline void expect_refused(std::string_view golden, bool (*reads)(xdr::Reader&), xdr::Fault why) {
    std::string bytes = spelled(golden);
    xdr::Reader in(as_bytes(bytes));
    EXPECT_FALSE(reads(in) && in.finish()) << golden;
    EXPECT_EQ(to_string(in.fault()), to_string(why)) << golden;
}

// Reading T from `bytes` fails for this reason.
template <class T>
void refused(std::string_view golden, xdr::Fault why) {
    auto reads = [](xdr::Reader& in) {
        T value;
        return read(in, value);
    };
    expect_refused(golden, reads, why);
}

}  // namespace strait::wire
