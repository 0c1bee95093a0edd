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

// `message` is written as `golden`; `golden` is read, and what was read is written the same again.
template <class T>
void golden(const T& message, std::string_view golden) {
    std::string bytes = spelled(golden);
    EXPECT_EQ(hex(encoded(message)), hex(bytes)) << xdr::to_text(message);
    EXPECT_EQ(encoded_size(message), bytes.size()) << xdr::to_text(message);
    xdr::Reader in(as_bytes(bytes));
    T again;
    EXPECT_TRUE(read(in, again) && in.finish())
        << to_string(in.fault()) << " in " << xdr::to_text(message);
    EXPECT_EQ(hex(encoded(again)), hex(bytes)) << xdr::to_text(message);
    EXPECT_EQ(xdr::to_text(again), xdr::to_text(message));
}

// Reading T from `bytes` fails for this reason.
template <class T>
void refused(std::string_view golden, xdr::Fault why) {
    std::string bytes = spelled(golden);
    xdr::Reader in(as_bytes(bytes));
    T value;
    EXPECT_FALSE(read(in, value) && in.finish()) << golden;
    EXPECT_EQ(to_string(in.fault()), to_string(why)) << golden;
}

}  // namespace strait::wire
