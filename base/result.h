// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Result<T>: a value, or an Error. Errors are values; exceptions are not used for them.

#include <cstdint>
#include <expected>

#include "base/errc.h"

namespace strait {

// Whose status number Error::status is.
enum class Domain : uint8_t { none, posix, rpc, nfs4, nfs3, smb };

// What went wrong: our code, and the peer's own status where there was one (for what the user
// reads).
struct Error {
    Errc code = Errc::io;
    Domain domain = Domain::none;
    uint32_t status = 0;

    constexpr Error(Errc c) noexcept : code(c) {}  // NOLINT: implicit on purpose
    constexpr Error(Errc c, Domain d, uint32_t s) noexcept : code(c), domain(d), status(s) {}
    friend constexpr bool operator==(const Error& a, const Error& b) { return a.code == b.code; }
    friend constexpr bool operator==(const Error& a, Errc b) { return a.code == b; }
};

template <class T = void>
using Result = std::expected<T, Error>;

// `return fail(Errc::noent);` from a function that returns any Result.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(error); }
inline std::unexpected<Error> fail_errno(int number) {
    return std::unexpected<Error>(
        Error{from_errno(number), Domain::posix, static_cast<uint32_t>(number)});
}

}  // namespace strait
