// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/known.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preload/shim/connect.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

// Open::known is one of these and the position, or 0.
constexpr uint64_t ours = uint64_t{1} << 63;  // we answer
constexpr uint64_t to_tell = ours >> 1;       // the agent answers, and may not have heard of it
constexpr uint64_t position_bits = to_tell - 1;

uint64_t load(const Open& open) noexcept { return __atomic_load_n(&open.known, __ATOMIC_ACQUIRE); }

bool replace(Open& open, uint64_t from, uint64_t to) noexcept {
    return __atomic_compare_exchange_n(&open.known, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

uint64_t coarse_now() noexcept {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

// The reply, while it may be believed. What is read from it, or from its window, counts only if
// the open is found to have the slot still afterwards.
const shm::Reply* believed(const Open& open, uint64_t word) noexcept {
    if (!(word & ours) || !is_current(open.link)) return nullptr;
    const shm::Reply& reply = open.link->ring->slots[open.slot].reply;
    uint64_t changes = __atomic_load_n(&open.link->doorbell->changes, __ATOMIC_SEQ_CST);
    return changes == reply.as_of && coarse_now() < reply.value2 ? &reply : nullptr;
}

bool still_ours(const Open& open) noexcept {
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return load(open) & ours;
}

void give_back(const Open& open) noexcept { give_kept_slot(*open.link, open.slot); }

}  // namespace

void keep_known(Open& open, Call& call) noexcept {
    if (!(call.reply().flags & shm::reply_known) || !call.keep_slot(open)) return;
    __atomic_store_n(&open.known, ours, __ATOMIC_RELEASE);
}

bool known_stat(const Open& open, shm::Stat& out) noexcept {
    const shm::Reply* reply = believed(open, load(open));
    if (!reply) return false;
    memcpy(&out, &reply->stat, sizeof(out));
    return still_ours(open);
}

bool known_read(Open& open, void* out, size_t count, uint64_t offset, size_t& got) noexcept {
    for (;;) {
        const uint64_t word = load(open);
        const shm::Reply* reply = believed(open, word);
        if (!reply || !(reply->flags & shm::reply_whole)) return false;
        const size_t size = reply->data_bytes < shm::window_bytes ? reply->data_bytes : 0;
        const bool moves = offset == shm::at_position;
        const uint64_t from = moves ? word & position_bits : offset;
        got = from < size ? size - from : 0;
        if (got > count) got = count;
        if (got) memcpy(out, open.link->ring->windows[open.slot] + from, got);
        if (!moves) return still_ours(open);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (replace(open, word, word + got)) return true;
    }
}

bool known_seek(Open& open, off_t offset, int whence, off_t& position) noexcept {
    if (!S_ISREG(open.type) || (open.flags & O_PATH)) return false;
    for (;;) {
        const uint64_t word = load(open);
        const shm::Reply* reply = believed(open, word);
        if (!reply || whence < SEEK_SET || whence > SEEK_END) return false;
        int64_t base = 0;
        if (whence == SEEK_CUR) base = static_cast<int64_t>(word & position_bits);
        if (whence == SEEK_END) base = static_cast<int64_t>(reply->stat.size);
        if (__builtin_add_overflow(base, offset, &position) || position < 0 ||
            static_cast<uint64_t>(position) > position_bits)
            return false;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (replace(open, word, ours | static_cast<uint64_t>(position))) return true;
    }
}

uint64_t leave_known(Open& open) noexcept {
    for (;;) {
        const uint64_t word = load(open), position = word & position_bits;
        if (!(word & ours)) return position;
        if (!replace(open, word, position ? to_tell | position : 0)) continue;
        give_back(open);
        return position;
    }
}

void position_told(Open& open, uint64_t position) noexcept { replace(open, to_tell | position, 0); }

void tell_position(Open& open) noexcept {
    if (!leave_known(open)) return;
    Call call(shm::Op::seek);
    call.on(open);
    if (call.error()) return;
    call.request().arg = SEEK_CUR;
    call.run();
}

void leave_all_known() noexcept {
    for (int fd = 0; open_count() && (fd = next_ours(fd)) >= 0; ++fd)
        if (Open* open = find(fd)) tell_position(*open);
}

bool leave_whole(Open& open) noexcept {
    const shm::Reply* reply = believed(open, load(open));
    const bool whole = reply && (reply->flags & shm::reply_whole) && still_ours(open);
    leave_known(open);
    return whole;
}

}  // namespace strait::preload
