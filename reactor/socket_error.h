// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The socket errno values that base/errc.h does not name, and what a failed accept() asks for.

#include "base/result.h"

namespace strait::reactor {

// EADDRINUSE is busy, an unreachable network is hostunreach, ENOTCONN is closed; the rest as
// from_errno.
Error socket_error(int number) noexcept;
inline std::unexpected<Error> fail_socket(int number) {
    return std::unexpected<Error>(socket_error(number));
}

enum class AcceptFailure {
    skip,       // that connection died in the queue: take the next
    exhausted,  // no descriptor or memory for it now: it stays in the queue, try later
    ended,      // the listener is shut down or broken
};
AcceptFailure classify_accept(int number) noexcept;

}  // namespace strait::reactor
