// SPDX-License-Identifier: LGPL-2.1-or-later
// A descriptor of a file over a socket: who receives it reads on where the sender stood.

#include <cstring>

#include "tests/preload/probe/probe.h"

namespace {

// One byte and one descriptor, to send or to receive into.
struct Parcel {
    char byte = 'x';
    iovec part{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    mmsghdr message{};
    Parcel() {
        message.msg_hdr.msg_iov = &part;
        message.msg_hdr.msg_iovlen = 1;
        message.msg_hdr.msg_control = control;
        message.msg_hdr.msg_controllen = sizeof(control);
    }
    explicit Parcel(int fd) : Parcel() {
        cmsghdr* head = CMSG_FIRSTHDR(&message.msg_hdr);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &fd, sizeof(int));
    }
    int received() {
        int fd = -1;
        cmsghdr* head = CMSG_FIRSTHDR(&message.msg_hdr);
        if (head) memcpy(&fd, CMSG_DATA(head), sizeof(int));
        return fd;
    }
};

// The receiver is another process, and takes it when the sender has closed the file.
template <class Send, class Receive>
void pass_on(Send send, Receive receive) {
    int ends[2], go[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0 || pipe(go) != 0) say("no sockets");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char byte = 0;
        Parcel parcel;
        bool came = read(go[0], &byte, 1) == 1 && receive(ends[1], parcel) > 0;
        _exit(came && read(parcel.received(), &byte, 1) == 1 ? byte : 1);
    }
    {
        File file(std::string("abc"));
        char byte;
        say("%zd", read(file, &byte, 1));
        Parcel parcel(file);
        say("%zd", static_cast<ssize_t>(send(ends[0], parcel)));
    }
    say("%zd", write(go[1], "g", 1));
    int status = -1;
    waitpid(child, &status, 0);
    say("%d", status >> 8);
    for (int fd : {ends[0], ends[1], go[0], go[1]}) close(fd);
}

ssize_t plain_send(int fd, Parcel& parcel) { return sendmsg(fd, &parcel.message.msg_hdr, 0); }
ssize_t plain_receive(int fd, Parcel& parcel) { return recvmsg(fd, &parcel.message.msg_hdr, 0); }

}  // namespace

TEST(sendmsg) {
    pass_on([&](int fd, Parcel& parcel) { return call(fd, &parcel.message.msg_hdr, 0); },
            plain_receive);
}
TEST(sendmmsg) {
    pass_on([&](int fd, Parcel& parcel) { return call(fd, &parcel.message, 1, 0); }, plain_receive);
}
TEST(recvmsg) {
    pass_on(plain_send,
            [&](int fd, Parcel& parcel) { return call(fd, &parcel.message.msg_hdr, 0); });
}
TEST(recvmmsg) {
    pass_on(plain_send,
            [&](int fd, Parcel& parcel) { return call(fd, &parcel.message, 1, 0, nullptr); });
}
