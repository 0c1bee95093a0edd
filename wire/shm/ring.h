// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The shared memory of one process with its agent, and the agent's doorbell. The client owns a
// slot's state when it is free, claimed or done; the agent when it is submitted. Memory order is
// carried by `state`; sizes are constants, so nothing read from the memory is ever an offset.

#include <linux/futex.h>

#include "wire/shm/protocol.h"

namespace strait::shm {

inline constexpr size_t slot_count = 64;
inline constexpr size_t window_bytes = size_t{256} << 10;
inline constexpr size_t ring_limit = 4096;  // rings of one agent

enum : uint32_t { slot_free = 0, slot_claimed = 1, slot_submitted = 2, slot_done = 3 };

struct alignas(64) Slot {
    uint32_t state;       // futex of the client
    uint32_t sleeping;    // the client waits in the kernel
    uint32_t called_off;  // the client no longer wants what it submitted; meant for waits
    uint32_t slow;        // the agent has begun it and waits itself: no reply comes soon
    Request request;
    Reply reply;
};

struct alignas(64) RingHeader {
    uint32_t magic;
    uint32_t version;
    alignas(
        64) uint64_t pending;  // a bit for each slot to look at; the agent takes them all at once
};

struct Names {
    char path[path_max];
    char path2[path_max];
};

struct Ring {
    alignas(4096) RingHeader header;
    alignas(4096) Slot slots[slot_count];
    alignas(4096) Names names[slot_count];
    alignas(4096) unsigned char windows[slot_count][window_bytes];
};
static_assert(sizeof(Slot) % 64 == 0 && sizeof(Slot) <= 512);

struct Doorbell {
    uint32_t magic;
    uint32_t version;
    uint64_t instance;              // random: tells one agent's life from the next
    uint32_t pid;                   // of the agent
    uint32_t closed;                // the agent has ended in order
    uint64_t start_time;            // field 22 of /proc/PID/stat: tells a pid from its next use
    alignas(64) uint32_t sequence;  // futex: grows with every submit
    uint32_t sleeping;              // the agent waits on `sequence`
    alignas(64) uint64_t ready[ring_limit / 64];  // a bit for each ring with pending slots
    // Grows before anybody can learn of a change: what was known as of an older value may be wrong.
    alignas(64) uint64_t changes;
    // The agent's thread while it lives. The kernel notes its death here, however it came
    // (set_robust_list(2)): FUTEX_OWNER_DIED.
    alignas(64) uint32_t life;
};
inline constexpr size_t doorbell_bytes = 4096;
static_assert(sizeof(Doorbell) <= doorbell_bytes);

// Client: the agent has ended, in order or not. False says little where the kernel notes nothing.
inline bool known_ended(const Doorbell& bell) noexcept {
    return __atomic_load_n(&bell.closed, __ATOMIC_ACQUIRE) ||
           (__atomic_load_n(&bell.life, __ATOMIC_ACQUIRE) & FUTEX_OWNER_DIED);
}

// --- the protocol of a slot, for both sides

// Client: there is something to look at in a slot. Returns whether the agent must be woken
// (FUTEX_WAKE on doorbell.sequence).
inline bool ring_bell(Ring& ring, size_t slot, Doorbell& doorbell, size_t ring_number) noexcept {
    __atomic_fetch_or(&ring.header.pending, uint64_t{1} << slot, __ATOMIC_SEQ_CST);
    __atomic_fetch_or(&doorbell.ready[ring_number / 64], uint64_t{1} << (ring_number % 64),
                      __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&doorbell.sequence, 1, __ATOMIC_SEQ_CST);
    return __atomic_load_n(&doorbell.sleeping, __ATOMIC_SEQ_CST) != 0;
}

// Client: hands a filled slot over; returns as ring_bell().
inline bool submit(Ring& ring, size_t slot, Doorbell& doorbell, size_t ring_number) noexcept {
    __atomic_store_n(&ring.slots[slot].state, slot_submitted, __ATOMIC_RELEASE);
    return ring_bell(ring, slot, doorbell, ring_number);
}

// Client: asks for the end of a submitted request that waits. The reply comes all the same: EINTR,
// or what was done before. Returns whether the agent must be woken.
inline bool call_off(Ring& ring, size_t slot, Doorbell& doorbell, size_t ring_number) noexcept {
    __atomic_store_n(&ring.slots[slot].called_off, 1, __ATOMIC_SEQ_CST);
    return ring_bell(ring, slot, doorbell, ring_number);
}

// Agent: takes the slots handed over since the last time, as bits.
inline uint64_t take_pending(Ring& ring) noexcept {
    return __atomic_exchange_n(&ring.header.pending, 0, __ATOMIC_SEQ_CST);
}

// Agent: whether a slot that has its bit holds a request, and whether that is to end.
inline bool submitted(const Slot& slot) noexcept {
    return __atomic_load_n(&slot.state, __ATOMIC_ACQUIRE) == slot_submitted;
}
// Nobody waits for the reply. A hint: the request is the program's memory.
inline bool is_posted(const Slot& slot) noexcept {
    return __atomic_load_n(&slot.request.flags, __ATOMIC_RELAXED) & flag_no_reply;
}
inline bool called_off(const Slot& slot) noexcept {
    return __atomic_load_n(&slot.called_off, __ATOMIC_ACQUIRE) != 0;
}

// Agent: the reply will take a while, so the client had better sleep. A hint.
inline void tell_slow(Slot& slot) noexcept { __atomic_store_n(&slot.slow, 1, __ATOMIC_RELAXED); }

// Agent: the reply is written. Returns whether the client must be woken (FUTEX_WAKE on the slot's
// state).
inline bool complete(Slot& slot) noexcept {
    __atomic_store_n(&slot.state, slot_done, __ATOMIC_SEQ_CST);
    return __atomic_load_n(&slot.sleeping, __ATOMIC_SEQ_CST) != 0;
}

}  // namespace strait::shm
