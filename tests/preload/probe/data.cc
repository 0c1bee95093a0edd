// SPDX-License-Identifier: LGPL-2.1-or-later
#include <execinfo.h>
#include <sys/syscall.h>

#include "tests/preload/probe/probe.h"

namespace {

// A local pipe, for what goes between one and a file.
struct Pipe {
    int ends[2];
    Pipe() {
        if (pipe(ends) != 0) say("no pipe: %m");
    }
    ~Pipe() {
        close(ends[0]);
        close(ends[1]);
    }
};

intmax_t place(int fd) { return static_cast<intmax_t>(lseek(fd, 0, SEEK_CUR)); }

intmax_t size_of(const char* path) {
    struct stat found;
    return stat(path, &found) == 0 ? static_cast<intmax_t>(found.st_size) : -1;
}

struct Parts {
    char first[3] = {}, second[5] = {};
    iovec parts[2] = {{first, 2}, {second, 4}};
};
struct Sent {
    char first[3] = "12", second[4] = "345";
    iovec parts[2] = {{first, 2}, {second, 3}};
};

}  // namespace

TEST(read) {
    File file(std::string("hello world"));
    char text[20] = {};
    say("%zd %s %jd", call(file, text, 5), text, place(file));
    say("%zd %zd", call(file, text, 20), call(file, text, 20));
    say("%zd", call(file, text, 0));
    File only_out("file", O_WRONLY);
    told(call(only_out, text, 1));
    File folder(".", O_RDONLY);
    told(call(folder, text, 1));
}
TEST(write) {
    File file("file");
    say("%zd %zd", call(file, "hello", 5), call(file, " you", 4));
    say("%s", get("file").c_str());
    File only_in("file", O_RDONLY);
    told(call(only_in, "x", 1));
    File end("file", O_WRONLY | O_APPEND);
    say("%zd %s", call(end, "!", 1), get("file").c_str());
}
TEST(pread) {
    File file(std::string("hello world"));
    char text[20] = {};
    say("%zd %s %jd", call(file, text, 5, 6), text, place(file));
    say("%zd", call(file, text, 5, 50));
    told(call(file, text, 5, -1));
}
TEST(pwrite) {
    File file(std::string("hello world"));
    say("%zd %s %jd", call(file, "HELLO", 5, 6), get("file").c_str(), place(file));
    say("%zd %s", call(file, "x", 1, 13), get("file").c_str());
    told(call(file, "x", 1, -1));
    File end("file", O_RDWR | O_APPEND);
    say("%zd %jd %s", call(end, "end", 3, 0), place(end), get("file").c_str());
}
TEST(readv) {
    File file(std::string("hello world"));
    Parts into;
    say("%zd %s %s", call(file, into.parts, 2), into.first, into.second);
    told(call(file, into.parts, -1));
}
TEST(writev) {
    File file("file");
    Sent from;
    say("%zd %s", call(file, from.parts, 2), get("file").c_str());
    told(call(file, from.parts, -1));
}
TEST(preadv) {
    File file(std::string("hello world"));
    Parts into;
    say("%zd %s %s %jd", call(file, into.parts, 2, 3), into.first, into.second, place(file));
}
TEST(pwritev) {
    File file(std::string("hello world"));
    Sent from;
    say("%zd %s %jd", call(file, from.parts, 2, 3), get("file").c_str(), place(file));
}
TEST(preadv2) {
    File file(std::string("hello world"));
    Parts into;
    say("%zd %s %s %jd", call(file, into.parts, 2, 3, 0), into.first, into.second, place(file));
    say("%zd %jd", call(file, into.parts, 2, -1, 0), place(file));
    told(call(file, into.parts, 2, 0, 0x4000'0000));
}
TEST(pwritev2) {
    File file(std::string("hello world"));
    Sent from;
    say("%zd %s %jd", call(file, from.parts, 2, 3, 0), get("file").c_str(), place(file));
    say("%zd %jd", call(file, from.parts, 2, -1, RWF_DSYNC), place(file));
    told(call(file, from.parts, 2, 0, 0x4000'0000));
}
TEST(__read_chk) {
    File file(std::string("hello world"));
    char text[20] = {};
    say("%zd %s", call(file, text, 5, sizeof(text)), text);
}
TEST(__pread_chk) {
    File file(std::string("hello world"));
    char text[20] = {};
    say("%zd %s", call(file, text, 5, 6, sizeof(text)), text);
}
TEST(lseek) {
    File file(std::string("hello world"));
    say("%jd", static_cast<intmax_t>(call(file, 3, SEEK_SET)));
    say("%jd", static_cast<intmax_t>(call(file, 3, SEEK_CUR)));
    say("%jd", static_cast<intmax_t>(call(file, -1, SEEK_END)));
    say("%jd", static_cast<intmax_t>(call(file, 5'000'000'000, SEEK_SET)));
    told(call(file, -1, SEEK_SET));
    told(call(file, 0, 77));
    told(call(1000, 0, SEEK_SET));
}
TEST(ftruncate) {
    File file(std::string("hello world"));
    told(call(file, 5));
    say("%s", get("file").c_str());
    told(call(file, 8));
    say("%s", get("file").c_str());
    told(call(file, -1));
    told(call(File("file", O_RDONLY), 0));
}
TEST(truncate) {
    put("file", "hello world");
    told(call("file", 5));
    say("%s", get("file").c_str());
    told(call("file", -1));
    told(call("missing", 5));
    told(call(".", 5));
}
TEST(fallocate) {
    File file(std::string("hello"));
    told(call(file, 0, 0, -1));
    told(call(file, 0x4000, 0, 10));
    told(call(File("file", O_RDONLY), 0, 0, 10));
}
TEST(posix_fallocate) {
    File file(std::string("hello"));
    say("%d %jd", call(file, 0, 100), size_of("file"));
    say("%d", call(file, 0, -1));
    say("%d", call(1000, 0, 10));
}
TEST(posix_fadvise) {
    say("%d", call(File("file"), 0, 0, POSIX_FADV_SEQUENTIAL));
    say("%d", call(1000, 0, 0, POSIX_FADV_SEQUENTIAL));
}
TEST(readahead) { told(call(File(std::string("hello")), 0, 5)); }
TEST(sync_file_range) { told(call(File(std::string("hello")), 0, 5, SYNC_FILE_RANGE_WRITE)); }
TEST(fsync) {
    told(call(File(std::string("hello"))));
    told(call(File(".", O_RDONLY)));
    told(call(1000));
}
TEST(fdatasync) { told(call(File(std::string("hello")))); }
TEST(syncfs) { told(call(File(std::string("hello")))); }
TEST(sync) {
    File file(std::string("hello"));
    call();
}
TEST(copy_file_range) {
    File from(std::string("hello world")), to("copy");
    off_t at = 6;
    say("%zd", call(from, &at, to, nullptr, 5, 0));
    say("%s %jd %jd", get("copy").c_str(), static_cast<intmax_t>(at), place(to));
    say("%zd %jd", call(from, nullptr, to, nullptr, 100, 0), place(from));
    say("%s", get("copy").c_str());
    told(call(from, nullptr, to, nullptr, 5, 77));
}
TEST(sendfile) {
    File from(std::string("hello world")), to("copy");
    off_t at = 6;
    say("%zd %jd", call(to, from, &at, 100), static_cast<intmax_t>(at));
    say("%zd %s %jd", call(to, from, nullptr, 5), get("copy").c_str(), place(from));
    Pipe pipe;
    char text[20] = {};
    say("%zd", call(pipe.ends[1], from, nullptr, 100));
    say("%zd %s", read(pipe.ends[0], text, 20), text);
}
TEST(splice) {
    File from(std::string("hello world")), to("copy");
    Pipe pipe;
    off_t at = 6;
    say("%zd %jd", call(from, &at, pipe.ends[1], nullptr, 5, 0), static_cast<intmax_t>(at));
    say("%zd %s", call(pipe.ends[0], nullptr, to, nullptr, 5, 0), get("copy").c_str());
    told(call(from, nullptr, to, nullptr, 5, 0));
}
TEST(tee) {
    Pipe pipe;
    told(call(File("file"), pipe.ends[1], 5, 0));
}
TEST(vmsplice) {
    Sent from;
    told(call(File("file"), from.parts, 2, 0));
}
TEST(backtrace_symbols_fd) {
    void* frames[4];
    int count = backtrace(frames, 4);
    {
        File file("file");
        call(frames, count, file);
    }
    say("%d", size_of("file") > 10);
}
namespace {

// The calls that programs make by number, each with an answer that a wrong one would not give.
using Syscall = long (*)(long, long, long, long, long, long, long);
long number_of(const void* pointer) { return reinterpret_cast<long>(pointer); }

void data_by_number(Syscall call) {
    int fd = static_cast<int>(call(SYS_openat, AT_FDCWD, number_of("file"), O_RDWR, 0, 0, 0));
    char text[16] = {};
    say("%ld %s", call(SYS_read, fd, number_of(text), 5, 0, 0, 0), text);
    say("%ld", call(SYS_pwrite64, fd, number_of("HE"), 2, 0, 0, 0));
    say("%ld %.2s", call(SYS_pread64, fd, number_of(text), 5, 0, 0, 0), text);
    Parts into;
    say("%ld %s", call(SYS_preadv, fd, number_of(into.parts), 2, 3, 0, 0), into.first);
    say("%ld %s", call(SYS_preadv2, fd, number_of(into.parts), 2, 4, 0, 0), into.first);
    say("%ld", call(SYS_lseek, fd, 0, SEEK_END, 0, 0, 0));
    say("%ld", call(SYS_ftruncate, fd, 8, 0, 0, 0, 0));
    say("%ld", call(SYS_fcntl, fd, F_GETFD, 0, 0, 0, 0));
    told(call(SYS_fsync, fd, 0, 0, 0, 0, 0));
    told(call(SYS_close_range, fd, fd, 0, 0, 0, 0));
    told(call(SYS_close, fd, 0, 0, 0, 0, 0));
}

void attributes_by_number(Syscall call) {
    struct stat found{};
    told(call(SYS_newfstatat, AT_FDCWD, number_of("file"), number_of(&found), 0, 0, 0));
    say("%jd", static_cast<intmax_t>(found.st_size));
    struct statx more{};
    told(call(SYS_statx, AT_FDCWD, number_of("file"), 0, STATX_SIZE, number_of(&more), 0));
    say("%llu", more.stx_size);
    told(call(SYS_faccessat2, AT_FDCWD, number_of("file"), R_OK, AT_EACCESS, 0, 0));
    told(call(SYS_faccessat, AT_FDCWD, number_of("missing"), R_OK, 0, 0, 0));
    told(call(SYS_fchmodat, AT_FDCWD, number_of("file"), 0600, 0, 0, 0));
    told(call(SYS_utimensat, AT_FDCWD, number_of("missing"), 0, 0, 0, 0));
}

void names_by_number(Syscall call) {
    told(call(SYS_mkdirat, AT_FDCWD, number_of("folder"), 0755, 0, 0, 0));
    told(call(SYS_renameat2, AT_FDCWD, number_of("file"), AT_FDCWD, number_of("new"), 0, 0));
    told(call(SYS_symlinkat, number_of("new"), AT_FDCWD, number_of("link"), 0, 0, 0));
    char text[16] = {};
    say("%ld %s", call(SYS_readlinkat, AT_FDCWD, number_of("link"), number_of(text), 15, 0, 0),
        text);
    struct {
        uint64_t flags, mode, resolve;
    } how{O_RDONLY, 0, 0};
    long fd = call(SYS_openat2, AT_FDCWD, number_of("new"), number_of(&how), sizeof(how), 0, 0);
    told(fd);
    close(static_cast<int>(fd));
    File folder(".", O_RDONLY | O_DIRECTORY);
    alignas(8) char entries[4096];
    say("%d", call(SYS_getdents64, folder, number_of(entries), sizeof(entries), 0, 0, 0) > 0);
    char before[4096], after[4096];
    long size = call(SYS_getcwd, number_of(before), sizeof(before), 0, 0, 0, 0);
    say("%d", size == static_cast<long>(strlen(before)) + 1 && getcwd(after, sizeof(after)) &&
                  strcmp(before, after) == 0);
    told(call(SYS_unlinkat, AT_FDCWD, number_of("folder"), AT_REMOVEDIR, 0, 0, 0));
}

}  // namespace

TEST(syscall) {
    put("file", "hello world");
    data_by_number(call);
    attributes_by_number(call);
    names_by_number(call);
    say("%d", call(SYS_getpid, 0, 0, 0, 0, 0, 0) == getpid());
    told(call(100'000, 0, 0, 0, 0, 0, 0));
    REFUSED_ON_MOUNT(call(SYS_io_uring_setup, 1, 0, 0, 0, 0, 0), ENOSYS);
}
