// SPDX-License-Identifier: LGPL-2.1-or-later
// stdio on Strait files. libc's FILE reaches its descriptor through five entries of a table that it
// exports (_IO_file_jumps); ours take their place there, so streams that libc opened itself and
// the inherited standard ones work too. fopen makes a real FILE over /dev/null and then changes its
// descriptor: libc has read the mode by then and will not look at the kernel's flags.

#include "preload/shim/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

// The entries of glibc's struct _IO_jump_t, the same since 2.1.
enum : size_t { jump_read = 14, jump_write = 15, jump_seek = 16, jump_close = 17, jump_stat = 18 };

struct Jumps {
    ssize_t (*read)(FILE*, void*, ssize_t);
    ssize_t (*write)(FILE*, const void*, ssize_t);
    off64_t (*seek)(FILE*, off64_t, int);
    int (*close)(FILE*);
    int (*stat)(FILE*, void*);
};
Jumps libc;  // what stood there before

ssize_t jump_to_read(FILE* stream, void* out, ssize_t count) {
    Open* open = find(stream->_fileno);
    if (!open) return libc.read(stream, out, count);
    return read_open(*open, out, static_cast<size_t>(count), shm::at_position);
}

ssize_t jump_to_write(FILE* stream, const void* in, ssize_t count) {
    Open* open = find(stream->_fileno);
    if (!open) return libc.write(stream, in, count);
    ssize_t put = write_open(*open, in, static_cast<size_t>(count), shm::at_position);
    constexpr int error_seen = 0x20;  // _IO_ERR_SEEN
    if (put < count) stream->_flags |= error_seen;
    if (put < 0) return 0;  // libc's own counts what was written, errno tells the rest
    if (stream->_offset >= 0) stream->_offset += put;
    return put;
}

off64_t jump_to_seek(FILE* stream, off64_t offset, int whence) {
    Open* open = find(stream->_fileno);
    return open ? ours_lseek(*open, stream->_fileno, offset, whence)
                : libc.seek(stream, offset, whence);
}

int jump_to_close(FILE* stream) {
    return find(stream->_fileno) ? shim_close(stream->_fileno) : libc.close(stream);
}

int jump_to_stat(FILE* stream, void* out) {
    Open* open = find(stream->_fileno);
    return open ? stat_open(*open, static_cast<struct stat*>(out)) : libc.stat(stream, out);
}

// Replaces the entry when it is what libc exports under `name`.
template <class Function>
bool replace(void** table, size_t index, const char* name, Function& before,
             Function with) noexcept {
    void* expected = next_symbol(name);
    if (!expected || table[index] != expected) return false;
    before = reinterpret_cast<Function>(expected);
    __atomic_store_n(&table[index], reinterpret_cast<void*>(with), __ATOMIC_RELEASE);
    return true;
}

bool patch(const char* table_name) noexcept {
    auto** table = static_cast<void**>(next_symbol(table_name));
    if (!table) return false;
    constexpr uintptr_t page = 4096;
    uintptr_t begin = reinterpret_cast<uintptr_t>(table + jump_read) & ~(page - 1);
    uintptr_t end = reinterpret_cast<uintptr_t>(table + jump_stat + 1);
    long size = static_cast<long>((end - begin + page - 1) & ~(page - 1));
    auto at = static_cast<long>(begin);
    if (raw::call(SYS_mprotect, at, size, PROT_READ | PROT_WRITE) != 0) return false;
    bool whole = replace(table, jump_read, "_IO_file_read", libc.read, jump_to_read) &&
                 replace(table, jump_write, "_IO_file_write", libc.write, jump_to_write) &&
                 replace(table, jump_seek, "_IO_file_seek", libc.seek, jump_to_seek) &&
                 replace(table, jump_close, "_IO_file_close", libc.close, jump_to_close) &&
                 replace(table, jump_stat, "_IO_file_stat", libc.stat, jump_to_stat);
    raw::call(SYS_mprotect, at, size, PROT_READ);
    return whole;
}

// --- opening

// fopen's mode as open(2)'s flags; -1: libc refuses it.
int flags_of(const char* mode) noexcept {
    int flags;
    switch (*mode) {
        case 'r':
            flags = O_RDONLY;
            break;
        case 'w':
            flags = O_WRONLY | O_CREAT | O_TRUNC;
            break;
        case 'a':
            flags = O_WRONLY | O_CREAT | O_APPEND;
            break;
        default:
            return -1;
    }
    for (const char* at = mode + 1; *at && *at != ','; ++at) {
        if (*at == '+') flags = (flags & ~O_ACCMODE) | O_RDWR;
        if (*at == 'x') flags |= O_EXCL;
        if (*at == 'e') flags |= O_CLOEXEC;
    }
    return flags;
}

// The mode for /dev/null: without what would fail there (x) or take another table (m).
struct NullMode {
    char text[64];
    explicit NullMode(const char* mode) noexcept {
        size_t size = 0;
        bool options = false;
        for (; *mode && size < sizeof(text) - 1; ++mode) {
            options |= *mode == ',';
            if (options || (*mode != 'x' && *mode != 'm')) text[size++] = *mode;
        }
        text[size] = 0;
    }
};

void to_end(int fd) noexcept {
    if (Open* open = find(fd)) ours_lseek(*open, fd, 0, SEEK_END);
}

// A stream over `fd`, which stays the caller's when there is none.
FILE* stream_over(int fd, const char* mode) noexcept {
    FILE* stream = real.fopen("/dev/null", NullMode(mode).text);
    if (!stream) return nullptr;
    raw::close(stream->_fileno);
    stream->_fileno = fd;
    stream->_offset = -1;  // not known
    return stream;
}

int open_place(Where& where, const char* mode) noexcept {
    int flags = flags_of(mode);
    return flags < 0 ? failed(EINVAL) : open_at(where, flags, 0666);
}

}  // namespace

void patch_streams() noexcept {
    if (!patch("_IO_file_jumps") || !patch("_IO_wfile_jumps"))
        report_failure("cannot follow", "libc's streams", ENOTSUP);
}

FILE* shim_fopen(const char* path, const char* mode) {
    Where where;
    if (!path || !maybe_ours(AT_FDCWD, path) || !locate(where, AT_FDCWD, path))
        return real.fopen(path, mode);
    int fd = open_place(where, mode);
    if (where.redirected) return real.fopen(where.buffer, mode);
    if (fd < 0) return nullptr;
    FILE* stream = stream_over(fd, mode);
    if (!stream) shim_close(fd);
    if (stream && *mode == 'a') to_end(fd);
    return stream;
}

FILE* ours_fdopen(Open& open, int fd, const char* mode) {
    int wanted = flags_of(mode), access = static_cast<int>(open.flags & O_ACCMODE);
    if (wanted < 0 || (access != O_RDWR && access != (wanted & O_ACCMODE))) {
        errno = EINVAL;
        return nullptr;
    }
    if ((wanted & O_APPEND) && !(open.flags & O_APPEND) &&
        shim_fcntl(fd, F_SETFL, static_cast<long>(open.flags | O_APPEND)) != 0)
        return nullptr;
    return stream_over(fd, mode);
}

FILE* ours_setmntent(Where&, const char* path, const char* mode) { return shim_fopen(path, mode); }

FILE* shim_freopen(const char* path, const char* mode, FILE* stream) {
    int before = stream->_fileno;
    Where where;
    // No path means the same file again, in another mode.
    bool same = !path && find(before);
    bool ours = same ? locate(where, before, nullptr)
                     : path && maybe_ours(AT_FDCWD, path) && locate(where, AT_FDCWD, path);
    int fd = -1;
    if (ours) {
        fflush(stream);
        fd = open_place(where, mode);
        ours = !where.redirected;
        if (ours && fd < 0) {
            int error = errno;
            fclose(stream);
            errno = error;
            return nullptr;
        }
    }
    const char* local = where.redirected ? where.buffer : path;
    FILE* result =
        real.freopen(ours ? "/dev/null" : local, ours ? NullMode(mode).text : mode, stream);
    if (find(before)) release(before);  // libc has closed or replaced it by itself
    if (!ours) return result;
    if (result) {
        shim_dup3(fd, result->_fileno, flags_of(mode) & O_CLOEXEC);
        result->_offset = -1;
        if (*mode == 'a') to_end(fd);
    }
    shim_close(fd);
    return result;
}

}  // namespace strait::preload
