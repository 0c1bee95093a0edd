// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A call of every name in preload/shim/names.def through the symbol that the process sees. What is
// printed must be the same on a local disk and on a mount. TEST(name) is run once for the name and
// once for each alias, in an empty folder that is the working directory; a name without a TEST does
// not link.

#include <aio.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#include <wordexp.h>

#include <string>

using TreeVisit = int (*)(const char*, const struct stat*, int);
using TreeVisitFrom = int (*)(const char*, const struct stat*, int, struct FTW*);
using FtsCompare = int (*)(const FTSENT**, const FTSENT**);

// The types of the table's functions.
struct Types {
#define EACH(type, name, parameters, arguments) type(*name) parameters;
#include "preload/shim/names.def"
};
#define TEST(name) \
    void test_##name([[maybe_unused]] const char* as, [[maybe_unused]] decltype(Types::name) call)

extern bool on_mount;
// Adds to the line of the name under test.
void say(const char* format, ...) __attribute__((format(printf, 1, 2)));
// "ok" for 0 and more, else errno's name.
void told(long result);
// A file's content, by plain calls.
void put(const char* path, const std::string& content);
std::string get(const char* path);
// An open file that is closed when it leaves.
struct File {
    int fd;
    explicit File(const char* path, int flags = O_RDWR | O_CREAT) : fd(open(path, flags, 0644)) {}
    explicit File(const std::string& content) : File("file") {
        if (write(fd, content.data(), content.size()) < 0) say("no file: %m");
        lseek(fd, 0, SEEK_SET);
    }
    ~File() {
        if (fd >= 0) close(fd);
    }
    operator int() const { return fd; }
};
// Exit status of what ran in a child.
template <class Body>
int in_child(Body body) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) _exit(body());
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}
// A refusal that only files of ours get: not called where they are not.
#define REFUSED_ON_MOUNT(expression, error) \
    if (on_mount && !((expression) == -1 && errno == (error))) say("not refused: %m")
