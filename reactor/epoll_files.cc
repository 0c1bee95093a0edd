// SPDX-License-Identifier: LGPL-2.1-or-later
// File I/O and futex waits without io_uring: on helper threads.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "reactor/epoll_backend.h"
#include "reactor/futex_thread.h"

namespace strait::reactor {

namespace {

struct Outcome {
    ssize_t value = 0;
    int problem = 0;
};

// Runs `call` (which answers as a system call does) until it is not interrupted.
template <class F>
void run_call(Outcome& outcome, F call) {
    do {
        outcome.value = call();
        outcome.problem = outcome.value < 0 ? errno : 0;
    } while (outcome.problem == EINTR);
}

Result<size_t> as_result(const Outcome& outcome) {
    if (outcome.problem != 0) return fail_errno(outcome.problem);
    return static_cast<size_t>(outcome.value);
}

}  // namespace

Task<size_t> EpollBackend::read_file(int fd, uint64_t offset, std::span<const iovec> into) {
    Outcome outcome;
    co_await reactor_.run_blocking([&outcome, fd, offset, into] {
        int count = static_cast<int>(std::min<size_t>(into.size(), IOV_MAX));
        run_call(outcome,
                 [&] { return ::preadv(fd, into.data(), count, static_cast<off_t>(offset)); });
    });
    co_return as_result(outcome);
}

Task<size_t> EpollBackend::write_file(int fd, uint64_t offset, std::span<const iovec> from) {
    Outcome outcome;
    co_await reactor_.run_blocking([&outcome, fd, offset, from] {
        int count = static_cast<int>(std::min<size_t>(from.size(), IOV_MAX));
        run_call(outcome,
                 [&] { return ::pwritev(fd, from.data(), count, static_cast<off_t>(offset)); });
    });
    co_return as_result(outcome);
}

Task<> EpollBackend::fsync(int fd, bool data_only) {
    Outcome outcome;
    co_await reactor_.run_blocking([&outcome, fd, data_only] {
        run_call(outcome, [&]() -> ssize_t { return data_only ? ::fdatasync(fd) : ::fsync(fd); });
    });
    co_await as_result(outcome);
}

Task<> EpollBackend::fallocate(int fd, int mode, uint64_t offset, uint64_t size) {
    Outcome outcome;
    co_await reactor_.run_blocking([&outcome, fd, mode, offset, size] {
        run_call(outcome, [&]() -> ssize_t {
            return ::fallocate(fd, mode, static_cast<off_t>(offset), static_cast<off_t>(size));
        });
    });
    co_await as_result(outcome);
}

Task<> EpollBackend::futex_wait(std::atomic<uint32_t>* word, uint32_t expected) {
    return futex_wait_on_thread(reactor_, word, expected);
}

}  // namespace strait::reactor
