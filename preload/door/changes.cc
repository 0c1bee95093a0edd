// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/changes.h"

namespace strait::preload {

bool may_change(const shm::Request& request) noexcept {
    switch (static_cast<shm::Op>(request.op)) {
        case shm::Op::none:
        case shm::Op::adopt:
        case shm::Op::fork_prepare:
        case shm::Op::fork_bind:
        case shm::Op::read:
        case shm::Op::seek:
        case shm::Op::stat:
        case shm::Op::statfs:
        case shm::Op::access:
        case shm::Op::readlink:
        case shm::Op::realpath:
        case shm::Op::chdir:
        case shm::Op::getcwd:
        case shm::Op::getxattr:
        case shm::Op::listxattr:
        case shm::Op::readdir:
        case shm::Op::test_lock:
        case shm::Op::lend:
            return false;
        case shm::Op::open:
            return (request.flags & (shm::flag_create | shm::flag_truncate)) != 0;
        case shm::Op::close:
            return (request.flags & shm::flag_written) != 0;
        default:
            return true;
    }
}

}  // namespace strait::preload
