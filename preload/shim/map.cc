// SPDX-License-Identifier: LGPL-2.1-or-later
// mmap and its like. The agent keeps one memfd of pages for each file that is mapped; a mapping
// here is a mapping of that. See docs/decisions/0001-mmap-by-comparing-pages.md.

#include "preload/shim/map.h"

#include <errno.h>
#include <sys/mman.h>

#include "preload/shim/connect.h"
#include "preload/shim/map_table.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

constexpr uintptr_t page_size = 4096;

void* unmapped(int error) noexcept {
    errno = error;
    return MAP_FAILED;
}

uintptr_t begin_of(const void* at) noexcept { return reinterpret_cast<uintptr_t>(at); }
uintptr_t end_of(const void* at, size_t length) noexcept {
    return begin_of(at) + ((length + page_size - 1) & ~(page_size - 1));
}

// EBADF, EACCES, ENODEV, EINVAL, EOVERFLOW or 0, as mmap(2) says.
int refuse(const Open& open, size_t length, int protection, bool shared, off_t offset) noexcept {
    int access = static_cast<int>(open.flags & O_ACCMODE);
    uint64_t end;
    if (length == 0 || static_cast<uint64_t>(offset) % page_size != 0) return EINVAL;
    if (__builtin_add_overflow(static_cast<uint64_t>(offset), length, &end)) return EOVERFLOW;
    if (open.flags & O_PATH) return EBADF;
    if (access == O_WRONLY) return EACCES;
    if (shared && (protection & PROT_WRITE) && access != O_RDWR) return EACCES;
    return S_ISREG(open.type) ? 0 : ENODEV;
}

// An errno value of write-back, which munmap(2) has no way to tell.
int end_mapping(const MappedRange& range) noexcept {
    Call call(shm::Op::unmap);
    call.on_mapping(range.mapping, range.instance);
    if (call.error()) return call.error();
    if (range.stores) return call.run();
    call.post();
    return 0;
}

// The kernel has something else there now, or nothing. `kept`: a mapping that goes on elsewhere.
void forget(uintptr_t begin, uintptr_t end, uint64_t kept = 0) noexcept {
    for (;;) {
        MappedRange taken;
        bool last;
        {
            MapTable table;
            if (!table.cut(begin, end, taken)) return;
            last = taken.mapping != kept && !table.holds(taken.mapping);
        }
        if (last) end_mapping(taken);
    }
}

int ask_for_mapping(Open& open, MappedRange& range, size_t length) noexcept {
    Call call(shm::Op::map);
    call.on(open);
    if (call.error()) return call.error();
    call.request().offset = range.offset;
    call.request().count = length;
    call.request().arg = range.stores;
    if (int error = call.run()) return error;
    range.mapping = call.reply().value;
    range.instance = open.instance;
    return 0;
}

void* map_ours(Open& open, void* at, size_t length, int protection, int flags,
               off_t offset) noexcept {
    MappedRange range;
    range.shared = (flags & MAP_TYPE) != MAP_PRIVATE;
    if (int error = refuse(open, length, protection, range.shared, offset)) return unmapped(error);
    range.offset = static_cast<uint64_t>(offset);
    range.stores = range.shared && (protection & PROT_WRITE);
    if (int error = ask_for_mapping(open, range, length)) return unmapped(error);
    int pages = fetch_pages(range.mapping);
    void* mapped =
        pages < 0 ? unmapped(-pages) : real.mmap(at, length, protection, flags, pages, offset);
    int error = errno;
    if (pages >= 0) raw::close(pages);
    if (mapped != MAP_FAILED) {
        range.begin = begin_of(mapped);
        range.end = end_of(mapped, length);
        if (mapped_ranges()) forget(range.begin, range.end);
        MapTable table;
        if (table.add(range)) return mapped;
        raw::munmap(mapped, length);
        error = ENOMEM;
    }
    end_mapping(range);
    return unmapped(error);
}

// A copy of the range that holds this address.
bool range_at(uintptr_t at, MappedRange& out) noexcept {
    MapTable table;
    size_t from = 0;
    MappedRange* range = table.next(at, at + 1, from);
    if (range) out = *range;
    return range != nullptr;
}

// The kernel's answer to a mapping that moves or changes its length is `to`.
void moved(const MappedRange& range, uintptr_t from, size_t old_length, void* to, size_t length,
           bool stays) noexcept {
    MappedRange made = range;
    made.begin = begin_of(to);
    made.end = end_of(to, length);
    made.offset = range.offset + (from - range.begin);
    if (!stays) forget(from, end_of(reinterpret_cast<void*>(from), old_length), range.mapping);
    forget(made.begin, made.end, range.mapping);
    MapTable table;
    table.add(made);
}

// Runs `work` on a copy of each range that meets [begin, end); the first error it returns.
template <class Work>
int each_range(uintptr_t begin, uintptr_t end, Work work) noexcept {
    int first = 0;
    for (size_t from = 0;;) {
        MappedRange copy;
        {
            MapTable table;
            MappedRange* range = table.next(begin, end, from);
            if (!range) return first;
            copy = *range;
        }
        int error = work(copy);
        if (!first) first = error;
    }
}

int sync_range(const MappedRange& range, uintptr_t begin, uintptr_t end, bool stable) noexcept {
    if (!range.stores) return 0;
    uintptr_t first = begin > range.begin ? begin : range.begin;
    uintptr_t last = end < range.end ? end : range.end;
    Call call(shm::Op::map_sync);
    call.on_mapping(range.mapping, range.instance);
    if (call.error()) return call.error();
    call.request().offset = range.offset + (first - range.begin);
    call.request().count = last - first;
    call.request().arg = stable;
    return call.run();
}

// Before the program may store into the range: the agent begins to look for stores.
int announce_stores(const MappedRange& range) noexcept {
    if (!range.shared || range.stores) return 0;
    Call call(shm::Op::map_writable);
    call.on_mapping(range.mapping, range.instance);
    if (int error = call.run()) return error;
    MapTable table;
    size_t from = 0;
    while (MappedRange* each = table.next(0, ~uintptr_t{0}, from))
        if (each->mapping == range.mapping) each->stores = true;
    return 0;
}

}  // namespace

size_t mapped_count() noexcept { return mapped_ranges(); }

void write_back_mappings() noexcept {
    if (mapped_ranges() == 0) return;
    each_range(0, ~uintptr_t{0}, [](const MappedRange& range) {
        return sync_range(range, range.begin, range.end, true);
    });
}

void* shim_mmap(void* at, size_t length, int protection, int flags, int fd, off_t offset) {
    if (!(flags & MAP_ANONYMOUS))
        if (Open* open = find(fd)) return map_ours(*open, at, length, protection, flags, offset);
    void* mapped = real.mmap(at, length, protection, flags, fd, offset);
    if ((flags & MAP_FIXED) && mapped_ranges() && mapped != MAP_FAILED)
        forget(begin_of(mapped), end_of(mapped, length));
    return mapped;
}

int shim_munmap(void* at, size_t length) {
    int result = real.munmap(at, length);
    if (result == 0 && mapped_ranges()) {
        int error = errno;
        forget(begin_of(at), end_of(at, length));
        errno = error;
    }
    return result;
}

void* shim_mremap(void* at, size_t old_length, size_t length, int flags, void* target) {
    MappedRange range;
    bool ours = mapped_ranges() && range_at(begin_of(at), range);
    if (ours && length > old_length) {
        Call call(shm::Op::map_fill);
        call.on_mapping(range.mapping, range.instance);
        if (call.error()) return unmapped(call.error());
        call.request().offset = range.offset + (begin_of(at) - range.begin);
        call.request().count = length;
        if (int error = call.run()) return unmapped(error);
    }
    void* result = real.mremap(at, old_length, length, flags, target);
    if (result == MAP_FAILED) return result;
    constexpr int keeps_old = 4;  // MREMAP_DONTUNMAP
    if (ours) {
        moved(range, begin_of(at), old_length, result, length,
              old_length == 0 || (flags & keeps_old));
    } else if ((flags & MREMAP_FIXED) && mapped_ranges()) {
        forget(begin_of(result), end_of(result, length));
    }
    return result;
}

int shim_msync(void* at, size_t length, int flags) {
    int result = real.msync(at, length, flags);
    if (result != 0 || !mapped_ranges()) return result;
    uintptr_t begin = begin_of(at), end = end_of(at, length);
    return done(each_range(begin, end, [=](const MappedRange& range) {
        return sync_range(range, begin, end, flags & MS_SYNC);
    }));
}

int shim_mprotect(void* at, size_t length, int protection) {
    if ((protection & PROT_WRITE) && mapped_ranges())
        if (int error = each_range(begin_of(at), end_of(at, length), announce_stores))
            return failed(error);
    return real.mprotect(at, length, protection);
}

}  // namespace strait::preload
