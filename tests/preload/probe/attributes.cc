// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/ipc.h>
#include <sys/xattr.h>

#include "tests/preload/probe/probe.h"

namespace {

constexpr int old_version = 1;  // _STAT_VER of x86-64; aarch64's is 0

template <class Stat>
void tell(int result, const Stat& found) {
    told(result);
    if (result != 0) return;
    say("%o %u", found.st_mode, static_cast<unsigned>(found.st_nlink));
    if (!S_ISDIR(found.st_mode)) say("%jd", static_cast<intmax_t>(found.st_size));
}

// A file, a link to it, a link to nothing.
void set_up() {
    put("file", "hello");
    if (symlink("file", "link") != 0 || symlink("nothing", "broken") != 0) say("no links: %m");
}

void tell_modified(const char* path) {
    struct stat found;
    told(lstat(path, &found));
    say("%jd %ld %jd %ld", static_cast<intmax_t>(found.st_mtim.tv_sec), found.st_mtim.tv_nsec,
        static_cast<intmax_t>(found.st_atim.tv_sec), found.st_atim.tv_nsec);
}

const timeval micros[2] = {{1'000'000'001, 5}, {1'000'000'002, 7}};
const timespec nanos[2] = {{1'000'000'001, 1000}, {1'000'000'002, 3000}};

void tell_mode(const char* path) {
    struct stat found;
    stat(path, &found);
    say("%o", found.st_mode);
}

template <class StatFs>
void tell_system(int result, const StatFs& found) {
    told(result);
    say("%d %d", found.f_bsize > 0, found.f_blocks >= found.f_bfree);
}

}  // namespace

TEST(stat) {
    set_up();
    struct stat found{};
    for (const char* path : {"file", "link", ".", "broken", "missing", "file/", ""})
        tell(call(path, &found), found);
}
TEST(lstat) {
    set_up();
    struct stat found{};
    for (const char* path : {"file", "broken"}) tell(call(path, &found), found);
    told(call("missing", &found));
}
TEST(fstat) {
    struct stat found{};
    tell(call(File(std::string("hello")), &found), found);
    tell(call(1000, &found), found);
}
TEST(fstatat) {
    set_up();
    File folder(".", O_RDONLY | O_DIRECTORY), file("file");
    struct stat found{};
    tell(call(folder, "link", &found, 0), found);
    tell(call(folder, "broken", &found, AT_SYMLINK_NOFOLLOW), found);
    tell(call(file, "", &found, AT_EMPTY_PATH), found);
    tell(call(file, "", &found, 0), found);
    tell(call(AT_FDCWD, "missing", &found, 0), found);
}
TEST(__xstat) {
    set_up();
    struct stat found{};
    tell(call(old_version, "link", &found), found);
    tell(call(old_version, "missing", &found), found);
}
TEST(__lxstat) {
    set_up();
    struct stat found{};
    tell(call(old_version, "broken", &found), found);
}
TEST(__fxstat) {
    struct stat found{};
    tell(call(old_version, File(std::string("hello")), &found), found);
}
TEST(__fxstatat) {
    set_up();
    struct stat found{};
    tell(call(old_version, AT_FDCWD, "broken", &found, AT_SYMLINK_NOFOLLOW), found);
}
TEST(statx) {
    set_up();
    struct statx found{};
    told(call(AT_FDCWD, "link", 0, STATX_BASIC_STATS, &found));
    say("%o %llu", found.stx_mode, found.stx_size);
    told(call(AT_FDCWD, "broken", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &found));
    say("%o", found.stx_mode & S_IFMT);
    told(call(File("file"), "", AT_EMPTY_PATH, STATX_SIZE, &found));
    told(call(AT_FDCWD, "missing", 0, STATX_SIZE, &found));
}
TEST(statfs) {
    struct statfs found{};
    tell_system(call(".", &found), found);
    if (on_mount && found.f_type != 0x6969) say("not NFS");
    told(call("missing", &found));
}
TEST(fstatfs) {
    struct statfs found{};
    tell_system(call(File("file"), &found), found);
    if (on_mount && found.f_type != 0x6969) say("not NFS");
}
TEST(statvfs) {
    struct statvfs found{};
    tell_system(call(".", &found), found);
    say("%lu", found.f_namemax);
}
TEST(fstatvfs) {
    struct statvfs found{};
    tell_system(call(File("file"), &found), found);
}
TEST(pathconf) {
    say("%ld %ld", call(".", _PC_NAME_MAX), call(".", _PC_PATH_MAX));
    told(call("missing", _PC_NAME_MAX));
}
TEST(fpathconf) { say("%ld", call(File("file"), _PC_NAME_MAX)); }
TEST(isfdtype) {
    File file("file");
    say("%d %d", call(file, S_IFREG), call(file, S_IFSOCK));
}
TEST(access) {
    set_up();
    told(call("link", R_OK));
    told(call("missing", F_OK));
    told(call("broken", F_OK));
    told(call("file", 77));
}
TEST(euidaccess) {
    set_up();
    told(call("link", R_OK | W_OK));
    told(call("missing", F_OK));
}
TEST(faccessat) {
    set_up();
    told(call(AT_FDCWD, "broken", F_OK, AT_SYMLINK_NOFOLLOW));
    told(call(AT_FDCWD, "file", R_OK, AT_EACCESS));
    told(call(AT_FDCWD, "missing", R_OK, 0));
}
TEST(chmod) {
    set_up();
    told(call("link", 0640));
    tell_mode("file");
    told(call("missing", 0640));
}
TEST(lchmod) {
    set_up();
    told(call("file", 0640));
    tell_mode("file");
    told(call("missing", 0640));
}
TEST(fchmod) {
    told(call(File("file"), 0640));
    tell_mode("file");
}
TEST(fchmodat) {
    set_up();
    told(call(AT_FDCWD, "link", 0640, 0));
    tell_mode("file");
    told(call(AT_FDCWD, "missing", 0640, 0));
}
TEST(chown) {
    set_up();
    told(call("link", getuid(), getgid()));
    told(call("link", static_cast<uid_t>(-1), static_cast<gid_t>(-1)));
    told(call("missing", 0, 0));
}
TEST(lchown) {
    set_up();
    told(call("broken", getuid(), getgid()));
}
TEST(fchown) { told(call(File("file"), getuid(), getgid())); }
TEST(fchownat) {
    set_up();
    told(call(AT_FDCWD, "broken", getuid(), getgid(), AT_SYMLINK_NOFOLLOW));
    told(call(AT_FDCWD, "broken", getuid(), getgid(), 0));
}
TEST(utime) {
    put("file", "");
    utimbuf times{1'000'000'001, 1'000'000'002};
    told(call("file", &times));
    tell_modified("file");
    told(call("missing", &times));
}
TEST(utimes) {
    set_up();
    told(call("link", micros));
    tell_modified("file");
    told(call("file", nullptr));
}
TEST(lutimes) {
    set_up();
    told(call("broken", micros));
    tell_modified("broken");
}
TEST(futimes) {
    told(call(File("file"), micros));
    tell_modified("file");
}
TEST(futimesat) {
    set_up();
    told(call(AT_FDCWD, "link", micros));
    tell_modified("file");
}
TEST(futimens) {
    told(call(File("file"), nanos));
    tell_modified("file");
}
TEST(utimensat) {
    set_up();
    told(call(AT_FDCWD, "broken", nanos, AT_SYMLINK_NOFOLLOW));
    tell_modified("broken");
    told(call(AT_FDCWD, "file", nanos, 0));
    timespec left[2] = {{0, UTIME_OMIT}, {1'000'000'009, 0}};
    told(call(AT_FDCWD, "file", left, 0));
    tell_modified("file");
    left[0].tv_nsec = -5;
    told(call(AT_FDCWD, "file", left, 0));
}
TEST(name_to_handle_at) {
    put("file", "");
    struct {
        file_handle head;
        unsigned char bytes[128];
    } handle{};
    handle.head.handle_bytes = sizeof(handle.bytes);
    int mount;
    REFUSED_ON_MOUNT(call(AT_FDCWD, "file", &handle.head, &mount, 0), EOPNOTSUPP);
}
TEST(open_by_handle_at) {
    file_handle none{};
    REFUSED_ON_MOUNT(call(File("file"), &none, O_RDONLY), EOPNOTSUPP);
}
TEST(ftok) {
    put("file", "");
    struct stat found;
    stat("file", &found);
    unsigned number = static_cast<unsigned>(call("file", 'a'));
    say("%x %d", number >> 24, (number & 0xffff) == (found.st_ino & 0xffff));
    told(call("missing", 'a'));
}

// --- extended attributes: a file system without them says so to all

namespace {
bool has_none() {
    put("file", "");
    return setxattr("file", "user.first", "one", 3, 0) != 0;
}
void tell_value(ssize_t size, const char* value) {
    told(size);
    if (size >= 0) say("%zd %.*s", size, static_cast<int>(size), value);
}
}  // namespace

TEST(getxattr) {
    if (has_none()) return;
    char value[16] = {};
    tell_value(call("file", "user.first", value, sizeof(value)), value);
    say("%zd", call("file", "user.first", nullptr, 0));
    told(call("file", "user.none", value, sizeof(value)));
    told(call("file", "user.first", value, 1));
}
TEST(lgetxattr) {
    if (has_none()) return;
    char value[16] = {};
    tell_value(call("file", "user.first", value, sizeof(value)), value);
}
TEST(fgetxattr) {
    if (has_none()) return;
    char value[16] = {};
    tell_value(call(File("file"), "user.first", value, sizeof(value)), value);
}
TEST(listxattr) {
    if (has_none()) return;
    char names[64] = {};
    tell_value(call("file", names, sizeof(names)), names);
}
TEST(llistxattr) {
    if (has_none()) return;
    char names[64] = {};
    tell_value(call("file", names, sizeof(names)), names);
}
TEST(flistxattr) {
    if (has_none()) return;
    char names[64] = {};
    tell_value(call(File("file"), names, sizeof(names)), names);
}
TEST(setxattr) {
    if (has_none()) return;
    told(call("file", "user.first", "two", 3, XATTR_CREATE));
    told(call("file", "user.next", "two", 3, XATTR_REPLACE));
    told(call("file", "user.next", "two", 3, XATTR_CREATE));
}
TEST(lsetxattr) {
    if (has_none()) return;
    told(call("file", "user.next", "two", 3, 0));
}
TEST(fsetxattr) {
    if (has_none()) return;
    told(call(File("file"), "user.next", "two", 3, 0));
}
TEST(removexattr) {
    if (has_none()) return;
    told(call("file", "user.first"));
    told(call("file", "user.first"));
}
TEST(lremovexattr) {
    if (has_none()) return;
    told(call("file", "user.first"));
}
TEST(fremovexattr) {
    if (has_none()) return;
    told(call(File("file"), "user.first"));
}
