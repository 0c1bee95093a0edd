// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A path in the making, without allocation.

#include <string.h>

#include "wire/shm/protocol.h"

namespace strait::preload {

struct Text {
    char text[shm::path_max];
    size_t size = 0;
    bool full = false;  // something did not fit, and was left out

    Text() noexcept { text[0] = 0; }
    Text& add(const char* more, size_t count) noexcept {
        if (count >= sizeof(text) - size) {
            full = true;
            return *this;
        }
        memcpy(text + size, more, count);
        size += count;
        text[size] = 0;
        return *this;
    }
    Text& add(const char* more) noexcept { return add(more, strlen(more)); }
    Text& add_hex(uint64_t value) noexcept {
        char digits[16];
        for (char& digit : digits) {
            digit = "0123456789abcdef"[value >> 60];
            value <<= 4;
        }
        return add(digits, sizeof(digits));
    }
    Text& add_decimal(unsigned value) noexcept {
        if (value >= 10) add_decimal(value / 10);
        const char digit = static_cast<char>('0' + value % 10);
        return add(&digit, 1);
    }
    // "." and ".." taken out lexically, as one "/" where there are several.
    Text without_dots() const noexcept {
        Text out;
        out.full = full;
        for (const char* at = text; *at;) {
            at += strspn(at, "/");
            size_t length = strcspn(at, "/");
            if (length == 2 && at[0] == '.' && at[1] == '.') {
                while (out.size && out.text[--out.size] != '/') {
                }
                out.text[out.size] = 0;
            } else if (length && !(length == 1 && at[0] == '.')) {
                out.add("/").add(at, length);
            }
            at += length;
        }
        return out;
    }
};

}  // namespace strait::preload
