// SPDX-License-Identifier: LGPL-2.1-or-later
// poll and select: a Strait file is always ready, as a regular file is. epoll refuses it, likewise.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "preload/shim/ours.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

bool any_ours(const pollfd* fds, nfds_t count) noexcept {
    if (open_count() == 0) return false;
    for (nfds_t i = 0; i < count; ++i)
        if (find(fds[i].fd)) return true;
    return false;
}

// A negative number is passed over by the kernel; ours are turned into such and back.
int hidden(int fd) noexcept { return -2 - fd; }

struct HiddenFromPoll {
    pollfd* fds;
    nfds_t count;
    HiddenFromPoll(pollfd* all, nfds_t size) noexcept : fds(all), count(size) {
        for (nfds_t i = 0; i < count; ++i)
            if (find(fds[i].fd)) fds[i].fd = hidden(fds[i].fd);
    }
    // How many of ours are ready.
    int reveal() noexcept {
        constexpr short always =
            POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM | POLLRDBAND | POLLWRBAND;
        int ready = 0;
        for (nfds_t i = 0; i < count; ++i) {
            if (fds[i].fd > -2 || !find(hidden(fds[i].fd))) continue;
            fds[i].fd = hidden(fds[i].fd);
            fds[i].revents = static_cast<short>(fds[i].events & always);
            ready += fds[i].revents != 0;
        }
        return ready;
    }
};

// The sets of select(2) with ours taken out. What they held is put back as ready.
struct Sets {
    static constexpr int most = FD_SETSIZE;
    fd_set* sets[3];
    fd_set ours[3];
    int found = 0;
    Sets(int count, fd_set* read, fd_set* write, fd_set* except) noexcept
        : sets{read, write, except} {
        memset(ours, 0, sizeof(ours));
        for (int fd = next_ours(0); fd >= 0 && fd < count && fd < most; fd = next_ours(fd + 1))
            for (int i = 0; i < 3; ++i)
                if (sets[i] && FD_ISSET(fd, sets[i])) {
                    FD_CLR(fd, sets[i]);
                    if (i == 2) continue;  // nothing exceptional ever happens to a file
                    FD_SET(fd, &ours[i]);
                    ++found;
                }
    }
    int put_back() noexcept {
        for (int i = 0; i < 2; ++i)
            for (int fd = 0; sets[i] && found && fd < most; ++fd)
                if (FD_ISSET(fd, &ours[i])) FD_SET(fd, sets[i]);
        return found;
    }
};

}  // namespace

int shim_ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask) {
    if (!any_ours(fds, count)) return real.ppoll(fds, count, timeout, mask);
    constexpr timespec at_once{0, 0};
    HiddenFromPoll rest(fds, count);
    int ready = real.ppoll(fds, count, &at_once, mask);
    int ours = rest.reveal();
    return ready < 0 ? ready : ready + ours;
}

int shim_poll(pollfd* fds, nfds_t count, int timeout_ms) {
    if (!any_ours(fds, count)) return real.poll(fds, count, timeout_ms);
    return shim_ppoll(fds, count, nullptr, nullptr);
}

int shim___poll_chk(pollfd* fds, nfds_t count, int timeout_ms, size_t room) {
    if (count > room / sizeof(pollfd)) abort();
    return shim_poll(fds, count, timeout_ms);
}

int shim___ppoll_chk(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask,
                     size_t room) {
    if (count > room / sizeof(pollfd)) abort();
    return shim_ppoll(fds, count, timeout, mask);
}

int shim_select(int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) {
    if (open_count() == 0) return real.select(count, read, write, except, timeout);
    Sets sets(count, read, write, except);
    timeval at_once{0, 0};
    int ready = real.select(count, read, write, except, sets.found ? &at_once : timeout);
    return ready < 0 ? ready : ready + sets.put_back();
}

int shim_pselect(int count, fd_set* read, fd_set* write, fd_set* except, const timespec* timeout,
                 const sigset_t* mask) {
    if (open_count() == 0) return real.pselect(count, read, write, except, timeout, mask);
    Sets sets(count, read, write, except);
    constexpr timespec at_once{0, 0};
    int ready = real.pselect(count, read, write, except, sets.found ? &at_once : timeout, mask);
    return ready < 0 ? ready : ready + sets.put_back();
}

int shim_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
    return find(fd) ? failed(EPERM) : real.epoll_ctl(epoll, operation, fd, event);
}

// The server tells nobody of changes.
int ours_fanotify_mark(Where&, int, unsigned, uint64_t, int, const char*) {
    return failed(uncovered("fanotify_mark", EOPNOTSUPP));
}

}  // namespace strait::preload
