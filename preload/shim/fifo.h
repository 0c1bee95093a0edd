// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A FIFO on a server is where programs of this machine meet, as on a kernel's mount: what is opened
// is a FIFO of the agent's folder, named by the identity of the server's.

#include "preload/shim/where.h"

namespace strait::preload {

// When a FIFO that may be opened with these flags lies at `where`: 0, and `where` is redirected.
// Else `error` as it came, or EACCES.
int open_fifo_instead(Where& where, int flags, int error) noexcept;

}  // namespace strait::preload
