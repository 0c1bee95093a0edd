// SPDX-License-Identifier: LGPL-2.1-or-later
// File I/O, foreign descriptors and futexes on io_uring: one operation each.
#include "reactor/uring_numbers.h"

#include <linux/futex.h>

#include <cerrno>
#include <climits>

#include "reactor/futex_thread.h"
#include "reactor/uring_backend.h"

namespace strait::reactor {

Task<short> UringBackend::poll_fd(int fd, short events) {
    io_uring_sqe entry{};
    io_uring_prep_poll_add(&entry, fd, static_cast<uint16_t>(events));
    Result<int> found = co_await UringCall(*this, entry);
    int value = co_await found;
    co_return static_cast<short>(value);
}

Task<> UringBackend::futex_wait(std::atomic<uint32_t>* word, uint32_t expected) {
    if (!has_futex_) {
        co_await futex_wait_on_thread(reactor_, word, expected);
        co_return;
    }
    io_uring_sqe entry{};
    constexpr int shared_32_bits = 2;  // FUTEX2_SIZE_U32
    io_uring_prep_rw(op_futex_wait, &entry, shared_32_bits, word, 0, expected);
    entry.addr3 = FUTEX_BITSET_MATCH_ANY;
    Result<int> woken = co_await UringCall(*this, entry);
    bool changed_before = !woken && woken.error().status == EAGAIN;
    if (!changed_before) co_await woken;
}

Task<size_t> UringBackend::read_file(int fd, uint64_t offset, std::span<const iovec> into) {
    io_uring_sqe entry{};
    auto count = static_cast<unsigned>(std::min<size_t>(into.size(), IOV_MAX));
    io_uring_prep_readv(&entry, fd, into.data(), count, offset);
    Result<int> done = co_await UringCall(*this, entry);
    int bytes = co_await done;
    co_return static_cast<size_t>(bytes);
}

Task<size_t> UringBackend::write_file(int fd, uint64_t offset, std::span<const iovec> from) {
    io_uring_sqe entry{};
    auto count = static_cast<unsigned>(std::min<size_t>(from.size(), IOV_MAX));
    io_uring_prep_writev(&entry, fd, from.data(), count, offset);
    Result<int> done = co_await UringCall(*this, entry);
    int bytes = co_await done;
    co_return static_cast<size_t>(bytes);
}

Task<> UringBackend::fsync(int fd, bool data_only) {
    io_uring_sqe entry{};
    io_uring_prep_fsync(&entry, fd, data_only ? IORING_FSYNC_DATASYNC : 0);
    Result<int> done = co_await UringCall(*this, entry);
    co_await done;
}

Task<> UringBackend::fallocate(int fd, int mode, uint64_t offset, uint64_t size) {
    io_uring_sqe entry{};
    io_uring_prep_fallocate(&entry, fd, mode, static_cast<off_t>(offset), static_cast<off_t>(size));
    Result<int> done = co_await UringCall(*this, entry);
    co_await done;
}

}  // namespace strait::reactor
