// SPDX-License-Identifier: LGPL-2.1-or-later
// DIR streams over Strait directories. Ours live in one reserved stretch of memory, which tells
// them from libc's by their address.

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

constexpr size_t stream_bytes = 65536;
constexpr size_t stream_limit = 4096;

struct Stream {
    uint32_t used;
    int fd;
    uint64_t next;      // the cookie to ask on from
    uint64_t position;  // of the entry handed out last
    uint32_t at;        // in the entries
    uint32_t size;
    bool end;
    alignas(8) char entries[stream_bytes - 64];
};
static_assert(sizeof(Stream) <= stream_bytes);

char* arena;

bool is_ours(const DIR* directory) noexcept {
    const char* base = __atomic_load_n(&arena, __ATOMIC_ACQUIRE);
    auto at = reinterpret_cast<const char*>(directory);
    return base && at >= base && at < base + stream_bytes * stream_limit;
}
Stream& stream_of(DIR* directory) noexcept { return *reinterpret_cast<Stream*>(directory); }

char* reserve() noexcept {
    char* base = __atomic_load_n(&arena, __ATOMIC_ACQUIRE);
    if (base) return base;
    constexpr size_t size = stream_bytes * stream_limit;
    void* made = raw::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw::failed(made)) return nullptr;
    if (__atomic_compare_exchange_n(&arena, &base, static_cast<char*>(made), false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return static_cast<char*>(made);
    raw::munmap(made, size);
    return base;
}

Stream* take_stream() noexcept {
    char* base = reserve();
    for (size_t i = 0; base && i < stream_limit; ++i) {
        auto* stream = reinterpret_cast<Stream*>(base + i * stream_bytes);
        uint32_t none = 0;
        if (__atomic_compare_exchange_n(&stream->used, &none, 1, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return stream;
    }
    errno = ENOMEM;
    return nullptr;
}

DIR* stream_over(int fd) noexcept {
    Stream* stream = take_stream();
    if (!stream) return nullptr;
    stream->fd = fd;
    stream->next = stream->position = 0;
    stream->at = stream->size = 0;
    stream->end = false;
    return reinterpret_cast<DIR*>(stream);
}

// Entries from `cookie` on into `out`; their bytes, 0 at the end, or -errno.
long fetch(Open& open, uint64_t cookie, void* out, size_t room) noexcept {
    Call call(shm::Op::readdir);
    call.on(open);
    if (call.error()) return -call.error();
    call.request().offset = cookie;
    call.request().count = room < shm::window_bytes ? room : shm::window_bytes;
    if (int error = call.run()) return -error;
    size_t size = call.reply().data_bytes;
    if (size > room) return -EIO;
    memcpy(out, call.window(), size);
    return static_cast<long>(size);
}

dirent* next_entry(Stream& stream) noexcept {
    if (stream.at >= stream.size) {
        if (stream.end) return nullptr;
        Open* open = find(stream.fd);
        long size =
            open ? fetch(*open, stream.next, stream.entries, sizeof(stream.entries)) : -EBADF;
        if (size <= 0) {
            stream.end = size == 0;
            if (size < 0) errno = static_cast<int>(-size);
            return nullptr;
        }
        stream.at = 0;
        stream.size = static_cast<uint32_t>(size);
    }
    auto* entry = reinterpret_cast<dirent*>(stream.entries + stream.at);
    stream.at += entry->d_reclen;
    stream.next = stream.position = static_cast<uint64_t>(entry->d_off);
    return entry;
}

// --- scandir(3)

struct Found {
    dirent** entries = nullptr;
    size_t count = 0, room = 0;
    bool add(const dirent& entry) noexcept {
        if (count == room) {
            size_t more = room ? room * 2 : 16;
            auto** grown = static_cast<dirent**>(realloc(entries, more * sizeof(dirent*)));
            if (!grown) return false;
            entries = grown;
            room = more;
        }
        auto* copy = static_cast<dirent*>(malloc(entry.d_reclen));
        if (!copy) return false;
        memcpy(copy, &entry, entry.d_reclen);
        entries[count++] = copy;
        return true;
    }
    void discard() noexcept {
        for (size_t i = 0; i < count; ++i) free(entries[i]);
        free(entries);
    }
};

using Compare = int (*)(const dirent**, const dirent**);

int scan(Where& where, dirent*** out, int (*filter)(const dirent*), Compare compare) noexcept {
    DIR* directory = ours_opendir(where, nullptr);
    if (!directory) return -1;
    Found found;
    bool enough = true;
    int before = errno;
    errno = 0;
    while (dirent* entry = next_entry(stream_of(directory))) {
        if (filter && !filter(entry)) continue;
        enough = found.add(*entry);
        if (!enough) break;
    }
    int error = enough ? errno : ENOMEM;
    shim_closedir(directory);
    if (error) {
        found.discard();
        return failed(error);
    }
    errno = before;
    if (compare && found.count)
        qsort(found.entries, found.count, sizeof(dirent*),
              reinterpret_cast<int (*)(const void*, const void*)>(compare));
    *out = found.entries ? found.entries : static_cast<dirent**>(malloc(sizeof(dirent*)));
    return static_cast<int>(found.count);
}

}  // namespace

DIR* ours_opendir(Where& where, const char*) {
    int fd = open_at(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) return nullptr;
    DIR* made = stream_over(fd);
    if (!made) shim_close(fd);
    return made;
}

DIR* ours_fdopendir(Open& open, int fd) {
    if (!S_ISDIR(open.type) || (open.flags & O_PATH)) {
        errno = S_ISDIR(open.type) ? EBADF : ENOTDIR;
        return nullptr;
    }
    return stream_over(fd);
}

int shim_closedir(DIR* directory) {
    if (!is_ours(directory)) return real.closedir(directory);
    Stream& stream = stream_of(directory);
    int fd = stream.fd;
    __atomic_store_n(&stream.used, 0, __ATOMIC_RELEASE);
    return shim_close(fd);
}

dirent* shim_readdir(DIR* directory) {
    return is_ours(directory) ? next_entry(stream_of(directory)) : real.readdir(directory);
}

int shim_readdir_r(DIR* directory, dirent* entry, dirent** result) {
    if (!is_ours(directory)) return real.readdir_r(directory, entry, result);
    int before = errno;
    errno = 0;
    dirent* next = next_entry(stream_of(directory));
    int error = errno;
    errno = before;
    *result = next ? entry : nullptr;
    if (next) memcpy(entry, next, next->d_reclen);
    return next ? 0 : error;
}

void shim_rewinddir(DIR* directory) {
    if (is_ours(directory)) {
        shim_seekdir(directory, 0);
    } else {
        real.rewinddir(directory);
    }
}

void shim_seekdir(DIR* directory, long position) {
    if (!is_ours(directory)) return real.seekdir(directory, position);
    Stream& stream = stream_of(directory);
    stream.next = stream.position = static_cast<uint64_t>(position);
    stream.at = stream.size = 0;
    stream.end = false;
}

long shim_telldir(DIR* directory) {
    if (!is_ours(directory)) return real.telldir(directory);
    return static_cast<long>(stream_of(directory).position);
}

int shim_dirfd(DIR* directory) {
    return is_ours(directory) ? stream_of(directory).fd : real.dirfd(directory);
}

ssize_t ours_getdents64(Open& open, int, void* out, size_t room) {
    if (!S_ISDIR(open.type)) return failed(ENOTDIR);
    long size = fetch(open, shm::at_position, out, room);
    return size < 0 ? failed(static_cast<int>(-size)) : size;
}

ssize_t ours_getdirentries(Open& open, int fd, char* out, size_t room, off_t* base) {
    off_t before = base ? ours_lseek(open, fd, 0, SEEK_CUR) : 0;
    if (before < 0) return -1;
    if (base) *base = before;
    return ours_getdents64(open, fd, out, room);
}

int ours_scandir(Where& where, const char*, dirent*** out, int (*filter)(const dirent*),
                 Compare compare) {
    return scan(where, out, filter, compare);
}
int ours_scandirat(Where& where, int, const char*, dirent*** out, int (*filter)(const dirent*),
                   Compare compare) {
    return scan(where, out, filter, compare);
}

}  // namespace strait::preload
