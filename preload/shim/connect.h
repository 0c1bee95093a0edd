// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How a process comes to its ring: the socket of the user's agent, one handshake, then shared
// memory only.

#include "preload/shim/patience.h"
#include "wire/shm/ring.h"

namespace strait::preload {

// One connection's life. Never unmapped: a thread may still look at it. A fork's child has no part
// of it.
struct Link {
    shm::Ring* ring;
    shm::Doorbell* doorbell;
    uint64_t instance;
    uint32_t number;   // of the ring, in the doorbell
    uint32_t waiters;  // threads that want a slot
    uint32_t freed;    // futex: grows when one is given back to waiters
    uint64_t free;     // a bit for each free slot
    uint64_t posted;   // slots whose reply nobody waits for
    uint64_t kept;     // slots that opens keep, and which open it is, for each slot
    struct Open* keepers[shm::slot_count];
    Patience patience;
};

// This process's link, made at first use. Null: `error` says why.
Link* link(int& error) noexcept;
// After the agent of `link` died: the next link() looks for a new one.
void drop_link(Link* link) noexcept;
bool dropped(const Link* link) noexcept;
// It is this process's link, and its agent lives for all that is known.
bool is_current(const Link* link) noexcept;
bool agent_alive(const Link& link) noexcept;

// From begin to end another process may come to share the opens of this one: each open that is
// entered in the table meanwhile is seen by who has begun, or sees that it has.
void begin_sharing() noexcept;
void end_sharing() noexcept;
bool is_sharing() noexcept;

// Requests that may wait for long (locks) take no more than a part of the slots, so that what ends
// their wait finds one. False: too many wait already.
bool enter_long_wait() noexcept;
void leave_long_wait() noexcept;

// The lock of the table of mappings: among what a fork's child finds wiped.
uint32_t* map_lock() noexcept;
// The memfd of a mapping, for the caller to close; -errno: the agent would not give it.
int fetch_pages(uint64_t mapping) noexcept;

// Once per process, before the first link().
void prepare_connecting() noexcept;

}  // namespace strait::preload
