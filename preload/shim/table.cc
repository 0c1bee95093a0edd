// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "preload/shim/connect.h"
#include "preload/shim/count.h"
#include "preload/shim/known.h"
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

// A memfd's name: "strait:", the path for those who look into /proc/PID/fd, of which the end says
// most, and the record. Its content, if any, is the status flags as they were set last.
class RecordName {
  public:
    RecordName(const shm::OpenRecord& record, const char* path) noexcept {
        constexpr size_t path_room = name_max - (sizeof(begin) - 1) - digits;
        size_t size = strlen(path), kept = size > path_room ? path_room : size;
        char* at = put(text, begin, sizeof(begin) - 1);
        at = put(at, path + (size - kept), kept);
        *at++ = ':';
        at = put_hex(at, record.version, 4);
        at = put_hex(at, record.instance, 16);
        at = put_hex(at, record.token, 16);
        at = put_hex(at, record.flags, 8);
        at = put_hex(at, record.mode, 8);
        *at = 0;
    }
    // What /proc/self/fd/N leads to. False: none of ours.
    static bool parse(const char* link, size_t size, shm::OpenRecord& record) noexcept {
        constexpr char front[] = "/memfd:strait:", back[] = " (deleted)";
        constexpr size_t most_front = sizeof(front) - 1, most_back = sizeof(back) - 1;
        if (size < most_front + digits + most_back || memcmp(link, front, most_front) != 0 ||
            memcmp(link + size - most_back, back, most_back) != 0)
            return false;
        const char* at = link + size - most_back - digits;
        return *at++ == ':' && take_hex(at, 4) == shm::version &&
               (record.instance = take_hex(at, 16), record.token = take_hex(at, 16),
                record.flags = static_cast<uint32_t>(take_hex(at, 8)),
                record.mode = static_cast<uint32_t>(take_hex(at, 8)), true);
    }
    static constexpr size_t name_max = 249, link_max = name_max + 32;
    char text[name_max + 1];

  private:
    static constexpr char begin[] = "strait:";
    static constexpr size_t digits = 1 + 4 + 16 + 16 + 8 + 8;
    static char* put(char* at, const char* from, size_t size) noexcept {
        memcpy(at, from, size);
        return at + size;
    }
    static char* put_hex(char* at, uint64_t value, int count) noexcept {
        for (int shift = 4 * (count - 1); shift >= 0; shift -= 4)
            *at++ = "0123456789abcdef"[value >> shift & 15];
        return at;
    }
    static uint64_t take_hex(const char*& at, int count) noexcept {
        uint64_t value = 0;
        for (; count > 0; --count, ++at)
            value = value << 4 | static_cast<uint64_t>(*at <= '9' ? *at - '0' : *at - 'a' + 10);
        return value;
    }
};

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

int install(Call& opened, uint32_t flags, const char* path) noexcept {
    Open* open = take_entry();
    if (!open) return -ENFILE;
    const uint64_t token = opened.reply().value;
    const uint32_t type = opened.reply().stat.mode & S_IFMT;
    const shm::OpenRecord record{shm::version, agent_instance(), token, flags, type};
    const RecordName name(record, path);
    int fd = static_cast<int>(raw::call(SYS_memfd_create, raw::as_long(name.text), MFD_CLOEXEC));
    long result = fd;
    if (fd >= 0) {
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
    open->known = 0;
    keep_known(*open, opened);
    enter(fd, open);
    if (is_sharing()) leave_known(*open);
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
    uint32_t references = __atomic_load_n(&open.references, __ATOMIC_ACQUIRE);
    bool is_last;
    do {
        is_last = references == 1;
        if (!is_last) continue;
        // From zero on the entry is for anybody to take.
        const bool whole = leave_whole(open);
        last = open;
        last.known = 0;
        last.whole = whole;
    } while (!__atomic_compare_exchange_n(&open.references, &references, references - 1, false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    if (is_last) __atomic_fetch_sub(&opens_held, 1, __ATOMIC_RELAXED);
    return is_last;
}

bool adopt(int fd) noexcept {
    if (static_cast<unsigned>(fd) >= descriptor_limit || find(fd)) return false;
    long flags = raw::fcntl(fd, F_GETFL);
    if (flags < 0 || !(flags & O_PATH)) return false;
    FdPath path(fd);
    char name[RecordName::link_max];
    long size = raw::readlink(path.text, name, sizeof(name));
    shm::OpenRecord record{};
    if (size <= 0 || !RecordName::parse(name, static_cast<size_t>(size), record)) return false;
    if (int now = shared_flags(fd); now >= 0) record.flags = static_cast<uint32_t>(now);
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
    open->known = 0;
    enter(fd, open);
    return true;
}

int shared_flags(int fd) noexcept {
    int memory = raw::open(FdPath(fd).text, O_RDONLY | O_CLOEXEC);
    if (memory < 0) return -1;
    uint32_t flags;
    long got = raw::pread(memory, &flags, sizeof(flags), 0);
    raw::close(memory);
    return got == sizeof(flags) ? static_cast<int>(flags) : -1;
}

void share_flags(int fd, uint32_t flags) noexcept {
    int memory = raw::open(FdPath(fd).text, O_WRONLY | O_CLOEXEC);
    if (memory < 0) return;
    raw::call(SYS_pwrite64, memory, raw::as_long(&flags), sizeof(flags), 0);
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
