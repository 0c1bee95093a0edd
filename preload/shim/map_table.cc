// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/map_table.h"

#include "preload/shim/connect.h"
#include "preload/shim/raw.h"

namespace strait::preload {

namespace {

constexpr size_t range_limit = 16384;
MappedRange ranges[range_limit];
size_t used;  // entries ever used: none beyond is taken
size_t held;

bool meets(const MappedRange& range, uintptr_t begin, uintptr_t end) noexcept {
    return range.end && range.begin < end && begin < range.end;
}

}  // namespace

size_t mapped_ranges() noexcept { return __atomic_load_n(&held, __ATOMIC_RELAXED); }

// Signals are held, so a holder always goes on: waiting is short.
MapTable::MapTable() noexcept {
    uint64_t all = ~uint64_t{0};
    raw::call(SYS_rt_sigprocmask, SIG_BLOCK, raw::as_long(&all), raw::as_long(&signals_), 8);
    uint32_t* lock = map_lock();
    while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE)) raw::call(SYS_sched_yield);
}

MapTable::~MapTable() {
    __atomic_store_n(map_lock(), 0, __ATOMIC_RELEASE);
    raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::as_long(&signals_), 0, 8);
}

bool MapTable::add(const MappedRange& range) noexcept {
    size_t at = 0;
    while (at < used && ranges[at].end) ++at;
    if (at == range_limit) return false;
    ranges[at] = range;
    if (at == used) ++used;
    __atomic_store_n(&held, held + 1, __ATOMIC_RELAXED);
    return true;
}

MappedRange* MapTable::next(uintptr_t begin, uintptr_t end, size_t& from) noexcept {
    while (from < used) {
        MappedRange& range = ranges[from++];
        if (meets(range, begin, end)) return &range;
    }
    return nullptr;
}

bool MapTable::holds(uint64_t mapping) const noexcept {
    for (size_t at = 0; at < used; ++at)
        if (ranges[at].end && ranges[at].mapping == mapping) return true;
    return false;
}

bool MapTable::cut(uintptr_t begin, uintptr_t end, MappedRange& taken) noexcept {
    size_t from = 0;
    MappedRange* range = next(begin, end, from);
    if (!range) return false;
    MappedRange before = *range, after = *range;
    taken = *range;
    if (begin > taken.begin) {
        taken.offset += begin - taken.begin;
        taken.begin = begin;
    }
    if (end < taken.end) taken.end = end;
    before.end = taken.begin;
    after.offset += taken.end - after.begin;
    after.begin = taken.end;
    *range = {};
    __atomic_store_n(&held, held - 1, __ATOMIC_RELAXED);
    if (before.begin < before.end) add(before);
    // Without an entry for it the mapping lives on at the agent until the process ends.
    if (after.begin < after.end) add(after);
    return true;
}

}  // namespace strait::preload
