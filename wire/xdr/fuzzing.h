// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// For fuzz programs: the property of every message, and inputs that are valid messages with flipped
// bytes.

#include <cstdlib>
#include <cstring>
#include <string>

#include "wire/xdr/generate.h"
#include "wire/xdr/print.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::wire {

template <class T>
std::string fuzz_encode(const T& message) {
    xdr::Writer out;
    write(out, message);
    if (out.size() != encoded_size(message)) abort();
    return std::string(out.take().flatten().text());
}

// The record in slices whose sizes follow from `cut`.
inline BufferChain fuzz_slices(Bytes bytes, uint32_t cut) {
    if (cut % 4 == 0) return BufferChain(Buffer::copy_of(bytes));
    BufferChain chain;
    while (!bytes.empty()) {
        size_t here = std::min<size_t>(1 + cut % 61, bytes.size());
        chain.append(Buffer::copy_of(bytes.first(here)));
        bytes = bytes.subspan(here);
    }
    return chain;
}

// Whatever is read as a T can be printed and written; written and read again it is the same. False:
// not a T.
template <class T>
bool fuzz_read(xdr::Reader& in, T& value) {
    if (!read(in, value)) {
        if (in.fault() == xdr::Fault::none) abort();
        return false;
    }
    (void)xdr::to_text(value);
    std::string bytes = fuzz_encode(value);
    xdr::Reader again_in(as_bytes(bytes));
    T again;
    if (!read(again_in, again) || !again_in.finish()) abort();
    if (fuzz_encode(again) != bytes) abort();
    return true;
}

// The first byte says how the input is meant. Even: the rest is the record. Odd: eight bytes seed a
// generated T, and each three that follow change one byte of it (two bytes where, one the new
// value).
template <class T>
void fuzz_one(const uint8_t* data, size_t size) {
    if (size < 1) return;
    uint8_t mode = data[0];
    std::string record(reinterpret_cast<const char*>(data + 1), size - 1);
    if (mode % 2 == 1 && size >= 9) {
        uint64_t seed;
        std::memcpy(&seed, data + 1, 8);
        xdr::Generator from(seed);
        T made;
        generate(from, made);
        std::string changes = record.substr(8);
        record = fuzz_encode(made);
        for (size_t i = 0; i + 3 <= changes.size() && !record.empty(); i += 3) {
            auto at = static_cast<uint8_t>(changes[i]) << 8 | static_cast<uint8_t>(changes[i + 1]);
            record[static_cast<size_t>(at) % record.size()] = changes[i + 2];
        }
    }
    xdr::Reader in(fuzz_slices(as_bytes(record), mode / 2));
    T value;
    while (in.remaining() > 0 && fuzz_read(in, value)) {
    }
}

}  // namespace strait::wire
