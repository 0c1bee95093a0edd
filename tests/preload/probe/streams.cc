// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams, temporary names, asynchronous I/O, events.

#include <mntent.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>

#include "tests/preload/probe/probe.h"

namespace {

void read_line(FILE* stream) {
    char line[64] = {};
    if (!stream || !fgets(line, sizeof(line), stream)) return told(-1);
    line[strcspn(line, "\n")] = 0;
    say("%s", line);
}

}  // namespace

TEST(fopen) {
    put("file", "first\nsecond\n");
    FILE* stream = call("file", "r+");
    read_line(stream);
    say("%ld %d", ftell(stream), fseek(stream, 0, SEEK_END));
    say("%d %d", fprintf(stream, "third %d\n", 3), fflush(stream));
    rewind(stream);
    read_line(stream);
    say("%d", fileno(stream) > 2);
    told(fclose(stream));
    stream = call("file", "a");
    say("%d %ld", fputs("end\n", stream), ftell(stream));
    fclose(stream);
    stream = call("new", "wx");
    say("%d", dprintf(fileno(stream), "by number %d", 7));
    fclose(stream);
    say("%s %s", get("file").c_str(), get("new").c_str());
    told(call("new", "wx") ? 0 : -1);
    told(call("missing", "r") ? 0 : -1);
    told(call("file", "q") ? 0 : -1);
}
TEST(freopen) {
    put("one", "first\n");
    put("two", "second\n");
    FILE* stream = fopen("one", "r");
    read_line(stream);
    stream = call("two", "r+", stream);
    read_line(stream);
    fputs("more", stream);
    fclose(stream);
    say("%s", get("two").c_str());
    stream = fopen("one", "r");
    told(call("missing", "r", stream) ? 0 : -1);
}
TEST(fdopen) {
    put("file", "first\nsecond\n");
    FILE* stream = call(open("file", O_RDWR), "r+");
    read_line(stream);
    read_line(stream);
    fclose(stream);
    File only_in("file", O_RDONLY);
    told(call(only_in, "w") ? 0 : -1);
    stream = call(dup(File("file", O_RDWR)), "a");
    fputs("end", stream);
    fclose(stream);
    say("%s", get("file").c_str());
}
TEST(setmntent) {
    put("file", "what /where kind options 1 2\n");
    FILE* stream = call("file", "r");
    const mntent* entry = stream ? getmntent(stream) : nullptr;
    say("%s", entry ? entry->mnt_dir : "nothing");
    if (stream) endmntent(stream);
    told(call("missing", "r") ? 0 : -1);
}

// --- temporary names: the random letters are not printed

namespace {

// The template with what replaced the X in it as X again, when that is as it should be.
std::string masked(std::string made, const char* pattern) {
    for (size_t i = 0; pattern[i]; ++i)
        if (pattern[i] == 'X' && i < made.size() && made[i] != 'X') made[i] = 'X';
    return made;
}

template <class Make>
void try_file(const char* pattern, Make make) {
    char name[64];
    snprintf(name, sizeof(name), "%s", pattern);
    int fd = make(name);
    told(fd);
    if (fd < 0) return;
    struct stat found;
    say("%s %o", masked(name, pattern).c_str(), stat(name, &found) == 0 ? found.st_mode : 0);
    say("%zd %d", write(fd, "x", 1), fcntl(fd, F_GETFD));
    close(fd);
}

}  // namespace

TEST(mkstemp) {
    try_file("fileXXXXXX", call);
    try_file("fileXXX", call);
    try_file("missing/fileXXXXXX", call);
}
TEST(mkostemp) {
    try_file("fileXXXXXX", [&](char* name) { return call(name, O_CLOEXEC); });
}
TEST(mkstemps) {
    try_file("fileXXXXXX.txt", [&](char* name) { return call(name, 4); });
    try_file("fileXXXXXX.txt", [&](char* name) { return call(name, 5); });
}
TEST(mkostemps) {
    try_file("fileXXXXXX.txt", [&](char* name) { return call(name, 4, O_CLOEXEC); });
}
TEST(mkdtemp) {
    char name[] = "folderXXXXXX", bad[] = "folder";
    const char* made = call(name);
    struct stat found{};
    if (made) stat(made, &found);
    say("%s %o", masked(name, "folderXXXXXX").c_str(), found.st_mode);
    told(call(bad) ? 0 : -1);
}
TEST(mktemp) {
    char name[] = "fileXXXXXX", bad[] = "file";
    say("%s", masked(call(name), "fileXXXXXX").c_str());
    told(access(name, F_OK));
    say("[%s]", call(bad));
}
TEST(tempnam) {
    unsetenv("TMPDIR");
    if (mkdir("folder", 0755) != 0) say("no folder");
    char* name = call("folder", "begin-long");
    say("%s", name ? masked(name, "folder/beginXXXXXX").c_str() : "nothing");
    told(access(name, F_OK));
    free(name);
}
TEST(tmpnam) {
    char name[L_tmpnam];
    say("%d", call(name) == name && access(name, F_OK) != 0);
}
TEST(tmpnam_r) {
    char name[L_tmpnam];
    say("%d", call(name) == name && access(name, F_OK) != 0);
}
TEST(tmpfile) {
    FILE* stream = call();
    if (!stream) return told(-1);
    fputs("line\n", stream);
    rewind(stream);
    read_line(stream);
    fclose(stream);
}

// --- asynchronous I/O

namespace {

aiocb block_of(int fd, void* memory, size_t size, off_t offset, int code = LIO_NOP) {
    aiocb block{};
    block.aio_fildes = fd;
    block.aio_buf = memory;
    block.aio_nbytes = size;
    block.aio_offset = offset;
    block.aio_lio_opcode = code;
    block.aio_sigevent.sigev_notify = SIGEV_NONE;
    return block;
}
ssize_t result_of(aiocb& block) {
    const aiocb* one = &block;
    while (aio_error(one) == EINPROGRESS) aio_suspend(&one, 1, nullptr);
    int error = aio_error(one);
    ssize_t result = aio_return(&block);
    errno = error;
    return result;
}

}  // namespace

TEST(aio_read) {
    File file(std::string("hello world"));
    char text[16] = {};
    aiocb block = block_of(file, text, 5, 6);
    told(call(&block));
    say("%zd %s", result_of(block), text);
    block = block_of(File("file", O_WRONLY), text, 5, 0);
}
TEST(aio_write) {
    File file(std::string("hello world"));
    char text[] = "HELLO";
    aiocb block = block_of(file, text, 5, 6);
    told(call(&block));
    say("%zd %s", result_of(block), get("file").c_str());
}
TEST(aio_fsync) {
    File file(std::string("hello"));
    aiocb block = block_of(file, nullptr, 0, 0);
    told(call(O_SYNC, &block));
    say("%zd", result_of(block));
    told(call(77, &block));
}
TEST(aio_cancel) { say("%d", call(File("file"), nullptr) == AIO_ALLDONE); }
TEST(lio_listio) {
    File file(std::string("hello world"));
    char text[16] = {}, more[] = "MORE";
    aiocb first = block_of(file, text, 5, 6, LIO_READ),
          second = block_of(file, more, 4, 0, LIO_WRITE);
    aiocb* list[] = {&first, nullptr, &second};
    told(call(LIO_WAIT, list, 3, nullptr));
    say("%zd %zd %s %s", aio_return(&first), aio_return(&second), text, get("file").c_str());
}

// --- events

namespace {

// A file, and a pipe that has nothing to read.
struct Both {
    File file{std::string("hello")};
    int ends[2];
    pollfd fds[2];
    Both() {
        if (pipe(ends) != 0) say("no pipe");
        fds[0] = {file, POLLIN | POLLOUT, 0};
        fds[1] = {ends[0], POLLIN, 0};
    }
    ~Both() {
        close(ends[0]);
        close(ends[1]);
    }
    void tell(int result) {
        say("%d %x %x", result, static_cast<unsigned>(fds[0].revents),
            static_cast<unsigned>(fds[1].revents));
    }
};

}  // namespace

TEST(poll) {
    Both both;
    both.tell(call(both.fds, 2, 10'000));
}
TEST(__poll_chk) {
    Both both;
    both.tell(call(both.fds, 2, 10'000, sizeof(both.fds)));
}
TEST(ppoll) {
    Both both;
    both.tell(call(both.fds, 2, nullptr, nullptr));
}
TEST(__ppoll_chk) {
    Both both;
    both.tell(call(both.fds, 2, nullptr, nullptr, sizeof(both.fds)));
}
TEST(select) {
    Both both;
    fd_set in, out, except;
    FD_ZERO(&in);
    FD_SET(both.file, &in);
    FD_SET(both.ends[0], &in);
    out = except = in;
    FD_CLR(both.ends[0], &out);
    say("%d", call(100, &in, &out, &except, nullptr));
    say("%d %d %d %d", FD_ISSET(both.file, &in), FD_ISSET(both.ends[0], &in),
        FD_ISSET(both.file, &out), FD_ISSET(both.file, &except));
}
TEST(pselect) {
    Both both;
    fd_set in;
    FD_ZERO(&in);
    FD_SET(both.file, &in);
    say("%d", call(100, &in, nullptr, nullptr, nullptr, nullptr));
    say("%d", FD_ISSET(both.file, &in));
}
TEST(epoll_ctl) {
    Both both;
    int waits = epoll_create1(0);
    epoll_event event{};
    event.events = EPOLLIN;
    told(call(waits, EPOLL_CTL_ADD, both.file, &event));
    told(call(waits, EPOLL_CTL_ADD, both.ends[0], &event));
    close(waits);
}
TEST(inotify_add_watch) {
    int watch = inotify_init1(0);
    told(call(watch, "/missing", IN_CREATE));
    REFUSED_ON_MOUNT(call(watch, ".", IN_CREATE), EOPNOTSUPP);
    close(watch);
}
TEST(fanotify_mark) {
    REFUSED_ON_MOUNT(call(-1, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "."), EOPNOTSUPP);
}
