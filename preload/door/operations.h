// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What each shm::Op does: op_NAME(exchange), an Error leaves it as the reply's errno.

#include "preload/door/exchange.h"

namespace strait::preload {

// Those about processes and opens are the door's own matter; the rest are here.
// clang-format off
#define STRAIT_DOOR_OPS(X)                                                                  \
    X(open) X(close) X(read) X(write) X(seek) X(stat) X(statfs) X(access) X(readlink)       \
    X(realpath) X(chdir) X(getcwd) X(mkdir) X(mknod) X(symlink) X(link) X(rename)           \
    X(remove) X(setattr) X(getxattr) X(setxattr) X(listxattr) X(removexattr) X(readdir)     \
    X(fsync) X(flush) X(allocate) X(deallocate) X(copy) X(clone) X(unlock) X(test_lock)     \
    X(set_append) X(map) X(map_fill) X(map_writable) X(map_sync) X(unmap)

// clang-format on
#define X(name) Task<> op_##name(Exchange& exchange);
STRAIT_DOOR_OPS(X)
#undef X
// Called by the door, which may call it again.
Task<> op_lock(Exchange& exchange);

}  // namespace strait::preload
