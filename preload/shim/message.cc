// SPDX-License-Identifier: LGPL-2.1-or-later
// Descriptors that go over sockets. The kernel passes ours on as any: the agent is told that one is
// on its way, for the sender may close at once, and the receiver looks at what came.

#include <string.h>
#include <sys/socket.h>

#include "preload/shim/ours.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

template <class Visit>
void each_descriptor(const msghdr& message, Visit visit) noexcept {
    auto* whole = const_cast<msghdr*>(&message);
    for (cmsghdr* head = CMSG_FIRSTHDR(whole); head; head = CMSG_NXTHDR(whole, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        if (head->cmsg_len < CMSG_LEN(0)) return;
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; ++i) {
            int fd;
            memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof(int));
            visit(fd);
        }
    }
}

void lend(const msghdr& message) noexcept {
    if (!message.msg_controllen || open_count() == 0) return;
    each_descriptor(message, [](int fd) {
        Open* open = find(fd);
        if (!open) return;
        Call call(shm::Op::lend);
        call.on(*open).run();
    });
}

// True: some of them are ours, and the agent must hear of it.
bool take(const msghdr& message) noexcept {
    bool any = false;
    if (message.msg_controllen)
        each_descriptor(message, [&any](int fd) {
            if (find(fd)) release(fd);  // closed by a call that slipped past
            any |= adopt(fd);
        });
    return any;
}

}  // namespace

ssize_t shim_sendmsg(int fd, const msghdr* message, int flags) {
    if (message && settings.prefix_count) lend(*message);
    return real.sendmsg(fd, message, flags);
}

int shim_sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) {
    for (unsigned i = 0; messages && settings.prefix_count && i < count; ++i)
        lend(messages[i].msg_hdr);
    return real.sendmmsg(fd, messages, count, flags);
}

ssize_t shim_recvmsg(int fd, msghdr* message, int flags) {
    ssize_t got = real.recvmsg(fd, message, flags);
    if (got >= 0 && settings.prefix_count && take(*message)) adopt_all();
    return got;
}

int shim_recvmmsg(int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
    int got = real.recvmmsg(fd, messages, count, flags, timeout);
    bool any = false;
    for (int i = 0; settings.prefix_count && i < got; ++i) any |= take(messages[i].msg_hdr);
    if (any) adopt_all();
    return got;
}

}  // namespace strait::preload
