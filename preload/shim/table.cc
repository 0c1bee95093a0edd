// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "preload/shim/count.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

constexpr uint32_t open_limit = 65536;
uint32_t opens_used;     // entries ever used: none beyond is taken
int highest_descriptor;  // none of ours is beyond

void enter(int fd, Open* open) noexcept {
    int seen = __atomic_load_n(&highest_descriptor, __ATOMIC_RELAXED);
    while (fd > seen && !__atomic_compare_exchange_n(&highest_descriptor, &seen, fd, false,
                                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    __atomic_store_n(&descriptors[fd], static_cast<uint32_t>(open - opens) + 1, __ATOMIC_RELEASE);
}

// A free entry, held once.
Open* take_entry() noexcept {
    for (uint32_t at = 0; at < open_limit; ++at) {
        uint32_t used = __atomic_load_n(&opens_used, __ATOMIC_RELAXED);
        uint32_t none = 0;
        if (!__atomic_compare_exchange_n(&opens[at].references, &none, 1, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_RELAXED))
            continue;
        if (at >= used) __atomic_store_n(&opens_used, at + 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&opens_held, 1, __ATOMIC_RELAXED);
        return &opens[at];
    }
    return nullptr;
}

Open* known(uint64_t instance, uint64_t token) noexcept {
    uint32_t used = __atomic_load_n(&opens_used, __ATOMIC_RELAXED);
    for (uint32_t at = 0; at < used; ++at) {
        Open& open = opens[at];
        if (open.references && open.token == token && open.instance == instance) return &open;
    }
    return nullptr;
}

// "/proc/self/fd/N".
struct FdPath {
    char text[32] = "/proc/self/fd/";
    explicit FdPath(int fd) noexcept {
        char digits[12];
        size_t count = 0, at = 14;
        for (int rest = fd; rest || !count; rest /= 10)
            digits[count++] = static_cast<char>('0' + rest % 10);
        while (count) text[at++] = digits[--count];
        text[at] = 0;
    }
};

// The memfd's name shows what it stands for in /proc/PID/fd; the end of the path says most.
int make_memfd(const char* path) noexcept {
    constexpr size_t name_max = 249;
    char name[name_max + 1] = "strait:";
    size_t size = strlen(path), room = name_max - 7;
    memcpy(name + 7, size > room ? path + (size - room) : path, size > room ? room : size);
    return static_cast<int>(raw::call(SYS_memfd_create, raw::as_long(name), MFD_CLOEXEC));
}

}  // namespace

uint32_t descriptors[descriptor_limit];
Open opens[open_limit];
uint32_t opens_held;  // entries with references

int next_ours(int from) noexcept {
    int last = __atomic_load_n(&highest_descriptor, __ATOMIC_RELAXED);
    for (int fd = from < 0 ? 0 : from; fd <= last; ++fd)
        if (find(fd)) return fd;
    return -1;
}

int install(uint64_t token, uint32_t flags, uint32_t type, const char* path) noexcept {
    Open* open = take_entry();
    if (!open) return -ENFILE;
    shm::OpenRecord record{shm::magic, shm::version, agent_instance(), token, flags, type};
    int fd = make_memfd(path);
    long result = fd;
    if (fd >= 0) {
        raw::write(fd, &record, sizeof(record));
        int cloexec = static_cast<int>(flags & O_CLOEXEC);
        int other = raw::open(FdPath(fd).text, O_PATH | O_CLOEXEC);
        // The new descriptor must be the lowest that was free: the memfd's own number.
        result = other < 0 ? other : raw::dup3(other, fd, cloexec);
        if (other >= 0) raw::close(other);
        if (result < 0) raw::close(fd);
    }
    if (result >= 0 && static_cast<size_t>(fd) >= descriptor_limit) {
        raw::close(fd);
        result = -EMFILE;
    }
    if (result < 0) {
        __atomic_fetch_sub(&opens_held, 1, __ATOMIC_RELAXED);
        __atomic_store_n(&open->references, 0, __ATOMIC_RELEASE);
        return static_cast<int>(result);
    }
    open->token = token;
    open->instance = record.instance;
    open->flags = flags;
    open->type = type;
    open->written = 0;
    enter(fd, open);
    return fd;
}

void share(Open& open, int fd) noexcept {
    ++deeds;
    __atomic_fetch_add(&open.references, 1, __ATOMIC_RELAXED);
    enter(fd, &open);
}

bool take_out(int fd, Open& last) noexcept {
    if (static_cast<unsigned>(fd) >= descriptor_limit) return false;
    uint32_t entry = __atomic_exchange_n(&descriptors[fd], 0, __ATOMIC_ACQ_REL);
    if (!entry) return false;
    Open& open = opens[entry - 1];
    last = open;
    if (__atomic_sub_fetch(&open.references, 1, __ATOMIC_ACQ_REL) != 0) return false;
    __atomic_fetch_sub(&opens_held, 1, __ATOMIC_RELAXED);
    return true;
}

bool adopt(int fd) noexcept {
    if (static_cast<unsigned>(fd) >= descriptor_limit || find(fd)) return false;
    long flags = raw::fcntl(fd, F_GETFL);
    if (flags < 0 || !(flags & O_PATH)) return false;
    FdPath path(fd);
    char name[32];
    constexpr char wanted[] = "/memfd:strait:";
    long size = raw::readlink(path.text, name, sizeof(name));
    if (size < static_cast<long>(sizeof(wanted)) - 1 ||
        memcmp(name, wanted, sizeof(wanted) - 1) != 0)
        return false;
    int memory = raw::open(path.text, O_RDONLY | O_CLOEXEC);
    shm::OpenRecord record;
    long got = memory < 0 ? -1 : raw::pread(memory, &record, sizeof(record), 0);
    if (memory >= 0) raw::close(memory);
    if (got != sizeof(record) || record.magic != shm::magic || record.version != shm::version)
        return false;
    if (Open* same = known(record.instance, record.token)) {
        share(*same, fd);
        return true;
    }
    Open* open = take_entry();
    if (!open) return false;
    open->token = record.token;
    open->instance = record.instance;
    open->flags = record.flags;
    open->type = record.mode;
    open->written = 0;
    enter(fd, open);
    return true;
}

int shared_flags(int fd) noexcept {
    int memory = raw::open(FdPath(fd).text, O_RDONLY | O_CLOEXEC);
    if (memory < 0) return -1;
    uint32_t flags;
    long got = raw::pread(memory, &flags, sizeof(flags), offsetof(shm::OpenRecord, flags));
    raw::close(memory);
    return got == sizeof(flags) ? static_cast<int>(flags) : -1;
}

void share_flags(int fd, uint32_t flags) noexcept {
    int memory = raw::open(FdPath(fd).text, O_WRONLY | O_CLOEXEC);
    if (memory < 0) return;
    raw::call(SYS_pwrite64, memory, raw::as_long(&flags), sizeof(flags),
              offsetof(shm::OpenRecord, flags));
    raw::close(memory);
}

void adopt_inherited() noexcept {
    int folder = raw::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    alignas(8) char entries[2048];
    long size;
    while ((size = raw::call(SYS_getdents64, folder, raw::as_long(entries), sizeof(entries))) > 0) {
        for (long at = 0; at < size;) {
            uint16_t length;
            memcpy(&length, entries + at + 16, sizeof(length));
            const char* name = entries + at + 19;
            int fd = 0;
            for (; *name >= '0' && *name <= '9'; ++name) fd = fd * 10 + (*name - '0');
            if (*name == 0 && fd != folder) adopt(fd);
            at += length;
        }
    }
    raw::close(folder);
}

void adopt_all() noexcept {
    if (open_count() == 0) return;
    constexpr size_t most = shm::window_bytes / sizeof(uint64_t);
    Call call(shm::Op::adopt);
    if (call.error()) return;
    size_t count = 0;
    uint32_t used = __atomic_load_n(&opens_used, __ATOMIC_RELAXED);
    for (uint32_t at = 0; at < used && count < most; ++at) {
        if (!opens[at].references || opens[at].instance != agent_instance()) continue;
        memcpy(call.window() + 8 * count++, &opens[at].token, sizeof(uint64_t));
    }
    call.request().data_bytes = static_cast<uint32_t>(8 * count);
    call.run();
}

}  // namespace strait::preload
