// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The door of the memory backend.

#include <memory>
#include <string_view>

#include "vfs/store.h"

namespace strait::backend {

// A file system in memory with complete POSIX semantics, empty but for its root (mode 0755, owned
// by root). `options`: "[memory:]key=value,..." with
//   size=N[k|m|g|t]  bytes of file data it takes (default: half of the machine's memory)
//   files=N[k|m|g]   objects it takes (default: as many as fit in half of that)
//   mode=OCTAL uid=N gid=N  of the root
// An unknown or malformed one is Errc::inval, and a log line names it.
// The Store outlives every NodeRef it gave.
Result<std::unique_ptr<vfs::Store>> make_memory_store(std::string_view options);

}  // namespace strait::backend
