// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// io_uring's numbers that are newer than Debian 12's headers.

namespace strait::reactor {

inline constexpr int op_futex_wait = 51;  // IORING_OP_FUTEX_WAIT, Linux 6.7

}  // namespace strait::reactor
