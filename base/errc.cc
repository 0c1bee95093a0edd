// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/errc.h"

#include <cerrno>

namespace strait {

std::string_view errc_name(Errc code) noexcept {
    switch (code) {
        case Errc::ok:
            return "ok";
#define X(name, number, text) \
    case Errc::name:          \
        return #name;
            STRAIT_ERRC_LIST(X)
#undef X
    }
    return "unknown";
}

std::string_view errc_text(Errc code) noexcept {
    switch (code) {
        case Errc::ok:
            return "success";
#define X(name, number, text) \
    case Errc::name:          \
        return text;
            STRAIT_ERRC_LIST(X)
#undef X
    }
    return "unknown error";
}

int to_errno(Errc code) noexcept {
    switch (code) {
        case Errc::ok:
            return 0;
#define X(name, number, text) \
    case Errc::name:          \
        return number;
            STRAIT_ERRC_LIST(X)
#undef X
    }
    return EIO;
}

Errc from_errno(int number) noexcept {
    if (number == 0) return Errc::ok;
    // Several codes share a number; the first of the list is the plain one.
#define X(name, value, text) \
    if (number == value) return Errc::name;
    STRAIT_ERRC_LIST(X)
#undef X
    return Errc::io;
}

}  // namespace strait
