// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Numbers that are rights: who knows one may use what it names, so nobody can guess one.

#include <sys/random.h>

#include "base/result.h"

namespace strait::preload {

// A random number, not 0, that is no key of `taken`. Errc::io: the system has none.
template <class Map>
Result<uint64_t> random_id(const Map& taken) {
    uint64_t id = 0;
    do {
        if (getrandom(&id, sizeof(id), 0) != sizeof(id)) return fail(Errc::io);
    } while (id == 0 || taken.contains(id));
    return id;
}

}  // namespace strait::preload
