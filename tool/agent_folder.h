// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The user's agent's folder: $XDG_RUNTIME_DIR/strait, or /tmp/strait-UID. It holds the socket, the
// log, a lock, and the empty folder where the kernel's working directory stands while a program's
// own is on a mount. Nobody else may enter it.

#include <string>

#include "base/result.h"

namespace strait::tool {

// Where it is; makes nothing.
std::string agent_folder();
// Makes it and what must be in it. Errc::perm: it is there, but somebody else's or open to others.
Result<> make_agent_folder(const std::string& folder);

}  // namespace strait::tool
