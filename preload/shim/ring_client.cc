// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/ring_client.h"

#include <string.h>

#include "preload/shim/connect.h"
#include "preload/shim/count.h"
#include "preload/shim/known.h"
#include "preload/shim/raw.h"
#include "preload/shim/table.h"
#include "preload/shim/where.h"

namespace strait::preload {

namespace {

constexpr uint64_t spin_cycles = 20'000;   // about 8 us: a reply from the agent's memory
constexpr uint64_t look_cycles = 400'000;  // about 160 us: one from a server on this machine
constexpr uint64_t jump_cycles = 60'000;   // more between two looks: another ran here meanwhile

uint64_t cycles() noexcept { return __builtin_readcyclecounter(); }

void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// Slots whose replies nobody waited for become free when the agent is done with them.
void reap_posted(Link& link) noexcept {
    uint64_t posted = __atomic_load_n(&link.posted, __ATOMIC_ACQUIRE);
    while (posted) {
        size_t slot = static_cast<size_t>(__builtin_ctzll(posted));
        posted &= posted - 1;
        uint64_t bit = uint64_t{1} << slot;
        if (__atomic_load_n(&link.ring->slots[slot].state, __ATOMIC_ACQUIRE) != shm::slot_done)
            continue;
        if (__atomic_fetch_and(&link.posted, ~bit, __ATOMIC_ACQ_REL) & bit)
            __atomic_fetch_or(&link.free, bit, __ATOMIC_RELEASE);
    }
}

bool take_slot(Link& link, size_t& slot) noexcept {
    uint64_t free = __atomic_load_n(&link.free, __ATOMIC_ACQUIRE);
    while (free) {
        uint64_t bit = free & -free;
        if (__atomic_compare_exchange_n(&link.free, &free, free & ~bit, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE)) {
            slot = static_cast<size_t>(__builtin_ctzll(bit));
            return true;
        }
    }
    return false;
}

void give_slot(Link& link, size_t slot) noexcept {
    __atomic_fetch_or(&link.free, uint64_t{1} << slot, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&link.waiters, __ATOMIC_SEQ_CST)) {
        __atomic_fetch_add(&link.freed, 1, __ATOMIC_SEQ_CST);
        raw::futex_wake(&link.freed, 1);
    }
}

// Waits until a slot is free. The timeout finds slots that were posted, which nobody announces.
// False: the agent died, and the slots in use with it.
bool wait_for_slot(Link& link, size_t& slot) noexcept {
    constexpr int looks_at_agent_every = 64;
    bool taken = false;
    __atomic_fetch_add(&link.waiters, 1, __ATOMIC_SEQ_CST);
    for (int turn = 1; !dropped(&link); ++turn) {
        uint32_t freed = __atomic_load_n(&link.freed, __ATOMIC_SEQ_CST);
        reap_posted(link);
        taken = take_slot(link, slot);
        if (!taken && link.posted) raw::futex_wake(&link.doorbell->sequence, 1);
        if (taken || (turn % looks_at_agent_every == 0 && !agent_alive(link))) break;
        const timespec pause{0, 1'000'000};
        raw::futex_wait(&link.freed, freed, &pause);
    }
    __atomic_fetch_sub(&link.waiters, 1, __ATOMIC_SEQ_CST);
    return taken;
}

bool is_done(const shm::Slot& slot) noexcept {
    return __atomic_load_n(&slot.state, __ATOMIC_ACQUIRE) == shm::slot_done;
}

long wait_until(uint32_t* word, uint32_t expected, long pause_ms) noexcept {
    timespec deadline;
    raw::call(SYS_clock_gettime, CLOCK_MONOTONIC, raw::as_long(&deadline));
    long ns = deadline.tv_nsec + pause_ms % 1000 * 1'000'000;
    deadline.tv_sec += pause_ms / 1000 + ns / 1'000'000'000;
    deadline.tv_nsec = ns % 1'000'000'000;
    long result = raw::futex_wait_until(word, expected, deadline);
    if (result != -ENOSYS && result != -EPERM) return result;
    // An older kernel: any handler ends the wait.
    const timespec pause{pause_ms / 1000, pause_ms % 1000 * 1'000'000};
    return raw::futex_wait(word, expected, &pause);
}

// Without sleeping. False: it has not come yet.
bool look_for_reply(Link& link, const shm::Slot& slot, bool briefly) noexcept {
    const uint64_t begin = cycles();
    for (uint64_t now = begin; now - begin < spin_cycles; now = cycles()) {
        if (is_done(slot)) return true;
        if (__atomic_load_n(&slot.slow, __ATOMIC_RELAXED)) break;
        relax();
    }
    if (briefly || !link.patience.look()) return false;
    bool done = false, jumped = false;
    for (uint64_t last = cycles(), now = last; !done && !jumped && now - begin < look_cycles;) {
        relax();
        done = is_done(slot);
        now = cycles();
        jumped = now - last > jump_cycles;
        last = now;
    }
    link.patience.looked(done && !jumped);
    return done;
}

// 0; EIO: the agent died before it answered; EINTR (when asked for): a handler ran. The kernel ends
// the process from within this wait as from any.
int wait_for_reply(Link& link, shm::Slot& slot, bool interruptibly) noexcept {
    if (look_for_reply(link, slot, interruptibly)) return 0;
    __atomic_store_n(&slot.sleeping, 1, __ATOMIC_SEQ_CST);
    long pause_ms = 50;
    while (!is_done(slot)) {
        long result = wait_until(&slot.state, shm::slot_submitted, pause_ms);
        if (result == -EINTR && interruptibly) return EINTR;
        if (result != -ETIMEDOUT) continue;
        if (!agent_alive(link)) return is_done(slot) ? 0 : EIO;
        pause_ms = pause_ms < 500 ? pause_ms * 2 : 1000;
    }
    return 0;
}

void call_off(Link& link, size_t slot) noexcept {
    if (shm::call_off(*link.ring, slot, *link.doorbell, link.number))
        raw::futex_wake(&link.doorbell->sequence, 1);
}

void ring_the_bell(Link& link, size_t slot) noexcept {
    if (shm::submit(*link.ring, slot, *link.doorbell, link.number))
        raw::futex_wake(&link.doorbell->sequence, 1);
}

}  // namespace

Call::Call(shm::Op op) noexcept {
    ++deeds;
    link_ = link(error_);
    if (!link_) return;
    reap_posted(*link_);
    if (!take_slot(*link_, slot_) && !wait_for_slot(*link_, slot_)) {
        drop_link(link_);
        link_ = nullptr;
        error_ = EIO;
        return;
    }
    shm::Slot& slot = link_->ring->slots[slot_];
    slot.state = shm::slot_claimed;
    slot.sleeping = 0;
    slot.called_off = 0;
    slot.slow = 0;
    memset(&slot.request, 0, sizeof(slot.request));
    slot.request.op = static_cast<uint16_t>(op);
    request_ = &slot.request;
    reply_ = &slot.reply;
    window_ = link_->ring->windows[slot_];
}

Call::~Call() {
    if (link_) give_slot(*link_, slot_);
}

Call& Call::on(Open& open) noexcept {
    const uint64_t position = leave_known(open);
    if (error_) return *this;
    if (open.instance != link_->instance) error_ = EIO;
    request_->token = open.token;
    if (!position) return *this;
    request_->flags |= shm::flag_position;
    request_->position = position;
    told_ = &open;
    return *this;
}

Call& Call::on2(Open& open) noexcept {
    leave_known(open);
    if (error_) return *this;
    if (open.instance != link_->instance) error_ = EIO;
    request_->token2 = open.token;
    return *this;
}

Call& Call::on_mapping(uint64_t mapping, uint64_t instance) noexcept {
    if (error_) return *this;
    if (instance != link_->instance) error_ = EIO;
    request_->token2 = mapping;
    return *this;
}

int Call::copy_name(char* out, uint32_t& bytes, const Where& where) noexcept {
    if (where.instance && where.instance != link_->instance) return EIO;
    size_t size = strlen(where.path);
    if (size >= shm::path_max) return ENAMETOOLONG;
    memcpy(out, where.path, size + 1);
    bytes = static_cast<uint32_t>(size);
    return 0;
}

Call& Call::at(const Where& where, bool follow) noexcept {
    if (error_) return *this;
    error_ = copy_name(link_->ring->names[slot_].path, request_->path_bytes, where);
    request_->token = where.token;
    if (follow) request_->flags |= shm::flag_follow;
    if (where.from_cwd) request_->flags |= shm::flag_from_cwd;
    return *this;
}

Call& Call::at2(const Where& where, bool follow) noexcept {
    if (error_) return *this;
    error_ = copy_name(link_->ring->names[slot_].path2, request_->path2_bytes, where);
    request_->token2 = where.token;
    if (follow) request_->flags |= shm::flag_follow2;
    if (where.from_cwd) request_->flags |= shm::flag_from_cwd2;
    return *this;
}

Call& Call::text2(const char* text) noexcept {
    if (error_) return *this;
    Where plain;
    plain.path = text;
    error_ = copy_name(link_->ring->names[slot_].path2, request_->path2_bytes, plain);
    return *this;
}

int Call::finish(bool answered) noexcept {
    if (answered && told_) position_told(*told_, request_->position);
    if (answered) return reply_->error;
    // The slot is lost with its ring.
    drop_link(link_);
    link_ = nullptr;
    return error_ = EIO;
}

int Call::run() noexcept {
    if (error_) return error_;
    ring_the_bell(*link_, slot_);
    return finish(wait_for_reply(*link_, link_->ring->slots[slot_], false) == 0);
}

// Called off, it may have been done all the same: the reply says.
int Call::run_interruptibly() noexcept {
    if (error_) return error_;
    ring_the_bell(*link_, slot_);
    shm::Slot& slot = link_->ring->slots[slot_];
    int outcome = wait_for_reply(*link_, slot, true);
    if (outcome == EINTR) {
        call_off(*link_, slot_);
        outcome = wait_for_reply(*link_, slot, false);
    }
    return finish(outcome == 0);
}

int pause_interruptibly(long pause_ms) noexcept {
    uint32_t never_changes = 0;
    return wait_until(&never_changes, 0, pause_ms) == -EINTR ? EINTR : 0;
}

int Call::run(Where& where) noexcept {
    int error = run();
    if (link_ && error && (reply_->flags & shm::reply_redirected)) {
        uint32_t size = reply_->data_bytes;
        if (size >= shm::path_max) return ENAMETOOLONG;
        memcpy(where.buffer, link_->ring->names[slot_].path, size);
        where.buffer[size] = 0;
        where.redirected = true;
    }
    return error;
}

bool Call::keep_slot(Open& open) noexcept {
    constexpr int most = shm::slot_count / 8;  // others wait for locks: connect.h
    const uint64_t bit = uint64_t{1} << slot_;
    for (int turn = 0; turn < 2; ++turn) {
        const uint64_t others = __atomic_fetch_or(&link_->kept, bit, __ATOMIC_ACQ_REL);
        if (__builtin_popcountll(others) < most) {
            open.link = link_;
            open.slot = static_cast<uint32_t>(slot_);
            __atomic_store_n(&link_->keepers[slot_], &open, __ATOMIC_RELEASE);
            link_ = nullptr;
            return true;
        }
        __atomic_fetch_and(&link_->kept, ~bit, __ATOMIC_ACQ_REL);
        // The next one around. Whoever has become of it since: leaving is never wrong.
        const uint64_t above = others & ~(bit - 1);
        const int last = __builtin_ctzll(above ? above : others);
        Open* other = __atomic_load_n(&link_->keepers[last], __ATOMIC_ACQUIRE);
        if (other) leave_known(*other);
    }
    return false;
}

void give_kept_slot(Link& link, uint32_t slot) noexcept {
    __atomic_fetch_and(&link.kept, ~(uint64_t{1} << slot), __ATOMIC_ACQ_REL);
    give_slot(link, slot);
}

void Call::post(bool soon) noexcept {
    if (error_) return;
    request_->flags |= shm::flag_no_reply;
    Link& link = *link_;
    if (soon)
        ring_the_bell(link, slot_);
    else
        shm::submit(*link.ring, slot_, *link.doorbell, link.number);
    __atomic_fetch_or(&link.posted, uint64_t{1} << slot_, __ATOMIC_RELEASE);
    link_ = nullptr;
}

}  // namespace strait::preload
