// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that move data without the program seeing it: copy_file_range, sendfile, splice, mmap.

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

uint64_t place(const off_t* offset) noexcept {
    return offset ? static_cast<uint64_t>(*offset) : shm::at_position;
}

// Through the program's memory, a piece at a time; what sendfile promises.
ssize_t pump(int out, int in, off_t* offset, size_t count) noexcept {
    char piece[32768];
    size_t all = 0;
    while (all < count) {
        size_t wanted = count - all < sizeof(piece) ? count - all : sizeof(piece);
        ssize_t got = offset ? pread(in, piece, wanted, *offset) : read(in, piece, wanted);
        if (got <= 0) return got < 0 && all == 0 ? -1 : static_cast<ssize_t>(all);
        ssize_t put = write(out, piece, static_cast<size_t>(got));
        if (put < 0) put = 0;
        if (offset) *offset += put;
        if (!offset && put < got) lseek(in, put - got, SEEK_CUR);
        all += static_cast<size_t>(put);
        if (put < got) return all ? static_cast<ssize_t>(all) : -1;
    }
    return static_cast<ssize_t>(all);
}

// A private copy of the file's bytes: what a mapping that the program does not write through may
// be.
void* map_copy(Open& open, void* at, size_t length, int protection, int flags,
               off_t offset) noexcept {
    if (length == 0 || offset < 0 || offset % 4096 != 0) {
        errno = EINVAL;
        return MAP_FAILED;
    }
    if ((open.flags & O_ACCMODE) == O_WRONLY) {
        errno = EACCES;
        return MAP_FAILED;
    }
    if (S_ISDIR(open.type)) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    int kept = flags & ~(MAP_SHARED | MAP_PRIVATE | MAP_SHARED_VALIDATE);
    void* mapped =
        real.mmap(at, length, PROT_READ | PROT_WRITE, kept | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return mapped;
    ssize_t got = read_open(open, mapped, length, static_cast<uint64_t>(offset));
    if (got < 0) {
        int error = errno;
        munmap(mapped, length);
        errno = error;
        return MAP_FAILED;
    }
    if (protection != (PROT_READ | PROT_WRITE)) mprotect(mapped, length, protection);
    return mapped;
}

}  // namespace

ssize_t shim_copy_file_range(int from, off_t* from_offset, int to, off_t* to_offset, size_t count,
                             unsigned flags) {
    Open* source = find(from);
    Open* target = find(to);
    if (!source && !target)
        return real.copy_file_range(from, from_offset, to, to_offset, count, flags);
    if (flags) return failed(EINVAL);
    if (!source || !target) return failed(EXDEV);
    if (S_ISDIR(source->type) || S_ISDIR(target->type)) return failed(EISDIR);
    if ((source->flags & O_ACCMODE) == O_WRONLY || (target->flags & O_ACCMODE) == O_RDONLY ||
        (target->flags & O_APPEND))
        return failed(EBADF);
    Call call(shm::Op::copy);
    call.on(*source).on2(*target);
    if (call.error()) return failed(call.error());
    call.request().offset = place(from_offset);
    call.request().offset2 = place(to_offset);
    call.request().count = count;
    target->written = 1;
    if (int error = call.run()) return failed(error);
    auto moved = static_cast<off_t>(call.reply().value);
    if (from_offset) *from_offset += moved;
    if (to_offset) *to_offset += moved;
    return moved;
}

ssize_t shim_sendfile(int out, int in, off_t* offset, size_t count) {
    if (!find(out) && !find(in)) return real.sendfile(out, in, offset, count);
    constexpr size_t most = 0x7ffff000;  // as the kernel limits it
    return pump(out, in, offset, count < most ? count : most);
}

// EINVAL is what the kernel says of files that cannot be spliced; callers copy then.
ssize_t shim_splice(int from, off_t* from_offset, int to, off_t* to_offset, size_t count,
                    unsigned flags) {
    if (!find(from) && !find(to))
        return real.splice(from, from_offset, to, to_offset, count, flags);
    return failed(EINVAL);
}

void* shim_mmap(void* at, size_t length, int protection, int flags, int fd, off_t offset) {
    Open* open = flags & MAP_ANONYMOUS ? nullptr : find(fd);
    if (!open) return real.mmap(at, length, protection, flags, fd, offset);
    bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;
    if (shared && (protection & PROT_WRITE)) {
        errno = uncovered("mmap(MAP_SHARED, PROT_WRITE)", ENODEV);
        return MAP_FAILED;
    }
    return map_copy(*open, at, length, protection, flags, offset);
}

}  // namespace strait::preload
