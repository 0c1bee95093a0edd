// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A FIFO or a Unix socket on a server is where programs of this machine meet, as on a kernel's
// mount: what they meet at is one of the kernel's in the agent's folder, named by the identity of
// the server's.

#include <sys/stat.h>

#include "preload/shim/where.h"

namespace strait::preload {

// The local path that stands for what `found` tells of, into `out`. False: it is too long.
bool meeting_place(const struct stat& found, char* out, size_t room) noexcept;

// When a FIFO that may be opened with these flags lies at `where`: 0, and `where` is redirected.
// Else `error` as it came, or EACCES.
int open_fifo_instead(Where& where, int flags, int error) noexcept;

}  // namespace strait::preload
