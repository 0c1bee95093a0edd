// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that move data without the program seeing it: copy_file_range, sendfile, splice.

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/known.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

uint64_t place(const off_t* offset) noexcept {
    return offset ? static_cast<uint64_t>(*offset) : shm::at_position;
}

constexpr size_t piece_bytes = 32768;
size_t at_most_piece(size_t count) noexcept { return count < piece_bytes ? count : piece_bytes; }

bool is_pipe(int fd) noexcept {
    struct stat found;
    return fstat(fd, &found) == 0 && S_ISFIFO(found.st_mode);
}

// Through the program's memory, a piece at a time; what sendfile promises.
ssize_t pump(int out, int in, off_t* offset, size_t count) noexcept {
    char piece[piece_bytes];
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
    if (!to_offset) tell_position(*target);
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
    Open* source = find(in);
    Open* target = find(out);
    if (source && (source->flags & O_ACCMODE) == O_WRONLY) return failed(EBADF);
    if (target && (target->flags & O_ACCMODE) == O_RDONLY) return failed(EBADF);
    if ((target && (target->flags & O_APPEND)) || (offset && *offset < 0)) return failed(EINVAL);
    if ((source && S_ISDIR(source->type)) || (target && S_ISDIR(target->type)))
        return failed(EINVAL);
    constexpr size_t most = 0x7ffff000;  // as the kernel limits it
    return pump(out, in, offset, count < most ? count : most);
}

// Between a file of ours and a pipe, as with any file. What a full pipe does not take is not read.
ssize_t shim_splice(int from, off_t* from_offset, int to, off_t* to_offset, size_t count,
                    unsigned flags) {
    if (!find(from) && !find(to))
        return real.splice(from, from_offset, to, to_offset, count, flags);
    if (find(from)) {
        if (!is_pipe(to)) return failed(EINVAL);
        return to_offset ? failed(ESPIPE) : pump(to, from, from_offset, at_most_piece(count));
    }
    if (!is_pipe(from) || (find(to)->flags & O_APPEND)) return failed(EINVAL);
    if (from_offset) return failed(ESPIPE);
    char piece[piece_bytes];
    ssize_t got = read(from, piece, at_most_piece(count));
    if (got <= 0) return got;
    ssize_t put = to_offset ? pwrite(to, piece, static_cast<size_t>(got), *to_offset)
                            : write(to, piece, static_cast<size_t>(got));
    if (put > 0 && to_offset) *to_offset += put;
    return put;
}

}  // namespace strait::preload
