// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/lease.h"

#include <array>

namespace strait::vfs {

namespace {

// [held][wanted]: what follows when the modes clash. POSIX byte-range locks are advisory: they meet
// only each other. A cache lease is in nobody's way, it is recalled.
constexpr std::array<std::array<Conflict, 3>, 3> on_clash{{
    //            share              lock               cache
    /* share */ {Conflict::refused, Conflict::none, Conflict::refused},
    /* lock  */ {Conflict::none, Conflict::refused, Conflict::none},
    /* cache */ {Conflict::recall, Conflict::none, Conflict::recall},
}};

// A cache lease is compared with what an open does, not with what it denies.
bool clash(const Lease& held, const Lease& wanted) {
    if (held.kind == LeaseKind::share && wanted.kind == LeaseKind::cache)
        return wanted.mode.refuse & held.mode.use;
    return (held.mode.refuse & wanted.mode.use) || (wanted.mode.refuse & held.mode.use);
}

}  // namespace

Conflict conflict_of(const Lease& held, const Lease& wanted) {
    if (held.owner == wanted.owner) return Conflict::none;
    bool held_entries = held.scope == LeaseScope::entries;
    if (held_entries != (wanted.scope == LeaseScope::entries)) return Conflict::none;
    if (held.last < wanted.first || wanted.last < held.first) return Conflict::none;
    if (!clash(held, wanted)) return Conflict::none;
    return on_clash[static_cast<size_t>(held.kind)][static_cast<size_t>(wanted.kind)];
}

}  // namespace strait::vfs
