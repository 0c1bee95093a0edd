// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

#include "tests/preload/probe/probe.h"

namespace {
// open's fortified names take no mode.
bool creates(const char* as) { return !strstr(as, "_2"); }

void try_open(int fd) {
    told(fd);
    if (fd < 0) return;
    char text[8] = {};
    say("%zd %s", read(fd, text, 5), text);
    close(fd);
}
void status_of(int fd) {
    struct stat found;
    told(fstat(fd, &found));
    say("%jd", static_cast<intmax_t>(found.st_size));
}
}  // namespace

TEST(open) {
    put("file", "hello");
    try_open(call("file", O_RDONLY, 0));
    told(call("missing", O_RDONLY, 0));
    told(call("file/below", O_RDONLY, 0));
    if (!creates(as)) return;
    int fd = call("new", O_RDWR | O_CREAT | O_EXCL, 0640);
    status_of(fd);
    told(call("new", O_RDWR | O_CREAT | O_EXCL, 0640));
    close(fd);
}
TEST(openat) {
    put("file", "hello");
    File folder(".", O_RDONLY | O_DIRECTORY);
    try_open(call(folder, "file", O_RDONLY, 0));
    try_open(call(AT_FDCWD, "file", O_RDONLY, 0));
    told(call(folder, "missing", O_RDONLY, 0));
    File file("file");
    told(call(file, "below", O_RDONLY, 0));
    if (creates(as)) told(close(call(folder, "new", O_CREAT | O_WRONLY, 0600)));
}
TEST(umask) {
    mode_t before = call(077);
    close(open("file", O_CREAT | O_WRONLY, 0666));
    struct stat found;
    stat("file", &found);
    say("%o %o", found.st_mode, call(before));
}
TEST(creat) {
    put("file", "hello");
    int fd = call("file", 0600);
    status_of(fd);
    say("%d", fcntl(fd, F_GETFL) & O_ACCMODE);
    close(fd);
}
TEST(close) {
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    told(call(fd));
    told(call(fd));
    say("%d", open("file", O_RDWR) == fd);
    told(call(fd));
}
TEST(close_range) {
    File file("file");
    int high = fcntl(file, F_DUPFD, 100);
    told(call(100, 200, 0));
    told(fcntl(high, F_GETFD));
    told(fcntl(file, F_GETFD));
    high = fcntl(file, F_DUPFD, 100);
    told(call(100, 200, CLOSE_RANGE_CLOEXEC));
    say("%d", fcntl(high, F_GETFD));
    told(call(high, high, 0));
}
TEST(closefrom) {
    File file("file");
    int high = fcntl(file, F_DUPFD, 100);
    call(100);
    told(fcntl(high, F_GETFD));
    told(fcntl(file, F_GETFD));
}
TEST(dup) {
    File file(std::string("abcdef"));
    char text[4] = {};
    int other = call(file);
    say("%zd", read(file, text, 2));
    say("%zd %s", read(other, text, 2), text);
    close(other);
    told(call(1000));
}
TEST(dup2) {
    File file(std::string("abcdef"));
    char text[4] = {};
    say("%d", call(file, 77));
    say("%zd %s", read(77, text, 3), text);
    say("%d %d", call(77, 77), fcntl(77, F_GETFD));
    close(77);
    told(call(1000, 77));
}
TEST(dup3) {
    File file(std::string("abcdef"));
    say("%d", call(file, 78, O_CLOEXEC));
    say("%d", fcntl(78, F_GETFD));
    told(call(78, 78, 0));
    told(call(file, 79, O_APPEND));
    close(78);
}
TEST(fcntl) {
    File file(std::string("abcdef"));
    int other = call(file, F_DUPFD, 50);
    say("%d %d", other, call(file, F_DUPFD_CLOEXEC, 60));
    say("%d %d", call(60, F_GETFD, 0), call(60, F_SETFD, 0));
    say("%d", call(60, F_GETFD, 0));
    say("%x", call(file, F_GETFL, 0));
    told(call(file, F_SETFL, O_APPEND | O_NONBLOCK));
    say("%x", call(other, F_GETFL, 0));
    told(call(file, F_SETFL, 0));
    close(60);
    close(other);
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_len = 3;
    told(call(file, F_SETLK, reinterpret_cast<long>(&lock)));
    say("%d", in_child([&] {
                  struct flock asked{};
                  asked.l_type = F_RDLCK;
                  return call(file, F_GETLK, reinterpret_cast<long>(&asked)) * 10 + asked.l_type;
              }) >>
                  8);
    lock.l_type = F_UNLCK;
    told(call(file, F_SETLK, reinterpret_cast<long>(&lock)));
    lock.l_type = F_RDLCK;
    told(call(file, F_OFD_SETLK, reinterpret_cast<long>(&lock)));
    told(call(file, F_OFD_GETLK, reinterpret_cast<long>(&lock)));
    told(call(file, 9999, 0));
}
TEST(ioctl) {
    File file(std::string("abcdef"));
    int waiting = -1;
    told(call(file, FIONREAD, &waiting));
    say("%d", waiting);
    termios terminal;
    told(call(file, TCGETS, &terminal));
    told(call(file, TIOCGWINSZ, &terminal));
    told(call(file, FIOCLEX, nullptr));
    say("%d", fcntl(file, F_GETFD));
    told(call(file, FIONCLEX, nullptr));
    say("%d", fcntl(file, F_GETFD));
}
TEST(isatty) {
    say("%d", call(File("file")));
    told(-1);
}
TEST(ttyname_r) {
    char name[64];
    say("%s", strerrorname_np(call(File("file"), name, sizeof(name))));
}
TEST(__ttyname_r_chk) {
    char name[64];
    say("%s", strerrorname_np(call(File("file"), name, sizeof(name), sizeof(name))));
}
TEST(ttyname) {
    say("%d", call(File("file")) == nullptr);
    told(-1);
}
TEST(tcgetattr) {
    termios terminal;
    told(call(File("file"), &terminal));
}
TEST(tcsetattr) {
    termios terminal{};
    told(call(File("file"), TCSANOW, &terminal));
}
TEST(tcdrain) { told(call(File("file"))); }
TEST(tcflow) { told(call(File("file"), TCOON)); }
TEST(tcflush) { told(call(File("file"), TCIFLUSH)); }
TEST(tcsendbreak) { told(call(File("file"), 0)); }
TEST(tcgetpgrp) { told(call(File("file"))); }
TEST(tcsetpgrp) { told(call(File("file"), 1)); }
TEST(tcgetsid) { told(call(File("file"))); }
TEST(login_tty) {
    // On a local disk it would leave the session first.
    REFUSED_ON_MOUNT(call(File("file")), ENOTTY);
}
TEST(ptsname_r) {
    char name[64];
    say("%s", strerrorname_np(call(File("file"), name, sizeof(name))));
}
TEST(__ptsname_r_chk) {
    char name[64];
    say("%s", strerrorname_np(call(File("file"), name, sizeof(name), sizeof(name))));
}
TEST(ptsname) {
    say("%d", call(File("file")) == nullptr);
    told(-1);
}
TEST(grantpt) { told(call(File("file"))); }
TEST(unlockpt) { told(call(File("file"))); }
TEST(accept) { told(call(File("file"), nullptr, nullptr)); }
TEST(accept4) { told(call(File("file"), nullptr, nullptr, 0)); }
TEST(bind) {
    sockaddr address{};
    told(call(File("file"), &address, sizeof(address)));
}
TEST(connect) {
    sockaddr address{};
    told(call(File("file"), &address, sizeof(address)));
}
TEST(listen) { told(call(File("file"), 1)); }
TEST(shutdown) { told(call(File("file"), SHUT_RD)); }
TEST(getpeername) {
    sockaddr address{};
    socklen_t size = sizeof(address);
    told(call(File("file"), &address, &size));
}
TEST(getsockname) {
    sockaddr address{};
    socklen_t size = sizeof(address);
    told(call(File("file"), &address, &size));
}
TEST(getsockopt) {
    int value = 0;
    socklen_t size = sizeof(value);
    told(call(File("file"), SOL_SOCKET, SO_TYPE, &value, &size));
}
TEST(setsockopt) {
    int value = 0;
    told(call(File("file"), SOL_SOCKET, SO_KEEPALIVE, &value, sizeof(value)));
}
TEST(sockatmark) { told(call(File("file"))); }
TEST(send) { told(call(File("file"), "x", 1, 0)); }
TEST(sendto) { told(call(File("file"), "x", 1, 0, nullptr, 0)); }
TEST(recv) {
    char text[4];
    told(call(File("file"), text, sizeof(text), 0));
}
TEST(__recv_chk) {
    char text[4];
    told(call(File("file"), text, sizeof(text), sizeof(text), 0));
}
TEST(recvfrom) {
    char text[4];
    told(call(File("file"), text, sizeof(text), 0, nullptr, nullptr));
}
TEST(__recvfrom_chk) {
    char text[4];
    told(call(File("file"), text, sizeof(text), sizeof(text), 0, nullptr, nullptr));
}
TEST(flock) {
    File file("file"), other("file");
    told(call(file, LOCK_EX));
    told(call(other, LOCK_EX | LOCK_NB));
    told(call(file, LOCK_UN));
    told(call(other, LOCK_SH | LOCK_NB));
    told(call(file, LOCK_SH | LOCK_NB));
    told(call(file, 77));
}
TEST(lockf) {
    File file(std::string("abcdef"));
    told(call(file, F_TLOCK, 3));
    say("%d", in_child([&] { return call(file, F_TEST, 3) == 0 ? 0 : errno; }) >> 8);
    told(call(file, F_ULOCK, 3));
    say("%d", in_child([&] { return call(file, F_TEST, 3) == 0 ? 0 : errno; }) >> 8);
    told(call(file, F_LOCK, 0));
}
