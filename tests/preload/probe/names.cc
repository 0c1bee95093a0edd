// SPDX-License-Identifier: LGPL-2.1-or-later
#include <limits.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "tests/preload/probe/probe.h"

namespace {

void tell_kind(const char* path) {
    struct stat found;
    if (lstat(path, &found) != 0) return told(-1);
    say("%o", found.st_mode);
}

// file, link, broken, folder/inside.
void set_up() {
    put("file", "hello");
    if (symlink("file", "link") != 0 || symlink("nothing", "broken") != 0 ||
        mkdir("folder", 0755) != 0)
        say("not set up: %m");
    put("folder/inside", "inside");
}

// What lies below the folder that the test runs in.
std::string below(const char* path) {
    char here[PATH_MAX];
    if (!path) return strerrorname_np(errno);
    if (!getcwd(here, sizeof(here))) return "no directory";
    size_t size = strlen(here);
    return strncmp(path, here, size) == 0 ? std::string(".") + (path + size) : "elsewhere";
}

const char* last_of(const char* path) {
    const char* slash = path ? strrchr(path, '/') : nullptr;
    return slash ? slash + 1 : "nothing";
}

void tell_sorted(std::vector<std::string> names) {
    std::ranges::sort(names);
    for (const std::string& name : names) say("%s", name.c_str());
}

}  // namespace

TEST(mkdir) {
    told(call("new", 0751));
    tell_kind("new");
    told(call("new", 0755));
    told(call("missing/new", 0755));
}
TEST(mkdirat) {
    File folder(".", O_RDONLY | O_DIRECTORY);
    told(call(folder, "new", 0751));
    tell_kind("new");
}
TEST(mknod) {
    told(call("new", S_IFREG | 0640, 0));
    told(call("pipe", S_IFIFO | 0640, 0));
    tell_kind("new");
    tell_kind("pipe");
    told(call("new", S_IFREG | 0640, 0));
}
TEST(mknodat) {
    told(call(AT_FDCWD, "new", S_IFREG | 0640, 0));
    tell_kind("new");
}
TEST(__xmknod) {
    dev_t none = 0;
    told(call(0, "pipe", S_IFIFO | 0640, &none));
    tell_kind("pipe");
}
TEST(__xmknodat) {
    dev_t none = 0;
    told(call(0, AT_FDCWD, "new", S_IFREG | 0640, &none));
    tell_kind("new");
}
TEST(mkfifo) {
    told(call("pipe", 0640));
    tell_kind("pipe");
}
TEST(mkfifoat) {
    told(call(AT_FDCWD, "pipe", 0640));
    tell_kind("pipe");
}
TEST(rmdir) {
    set_up();
    told(call("folder"));
    told(call("file"));
    told(call("missing"));
    unlink("folder/inside");
    told(call("folder"));
    told(call("."));
}
TEST(unlink) {
    set_up();
    told(call("link"));
    told(call("file"));
    told(call("file"));
    told(call("folder"));
}
TEST(unlinkat) {
    set_up();
    File folder("folder", O_RDONLY | O_DIRECTORY);
    told(call(folder, "inside", 0));
    told(call(AT_FDCWD, "folder", AT_REMOVEDIR));
    told(call(AT_FDCWD, "missing", 0));
}
TEST(remove) {
    set_up();
    told(call("file"));
    told(call("folder"));
    told(call("folder/inside"));
    told(call("folder"));
}
TEST(rename) {
    set_up();
    told(call("file", "folder/inside"));
    say("%s", get("folder/inside").c_str());
    told(call("missing", "new"));
    told(call("folder", "folder/below"));
    told(call("link", "folder"));
}
TEST(renameat) {
    set_up();
    File folder("folder", O_RDONLY | O_DIRECTORY);
    told(call(AT_FDCWD, "file", folder, "new"));
    say("%s", get("folder/new").c_str());
}
TEST(renameat2) {
    set_up();
    told(call(AT_FDCWD, "file", AT_FDCWD, "folder/inside", RENAME_NOREPLACE));
    told(call(AT_FDCWD, "file", AT_FDCWD, "new", RENAME_NOREPLACE));
    told(call(AT_FDCWD, "new", AT_FDCWD, "newer", 0));
    say("%s", get("newer").c_str());
    told(call(AT_FDCWD, "newer", AT_FDCWD, "x", 77));
}
TEST(link) {
    set_up();
    told(call("file", "other"));
    struct stat found;
    stat("other", &found);
    say("%u", static_cast<unsigned>(found.st_nlink));
    told(call("file", "other"));
    told(call("folder", "linked"));
}
TEST(linkat) {
    set_up();
    told(call(AT_FDCWD, "link", AT_FDCWD, "other", AT_SYMLINK_FOLLOW));
    tell_kind("other");
    told(call(AT_FDCWD, "missing", AT_FDCWD, "x", 0));
}
TEST(symlink) {
    told(call("target", "new"));
    tell_kind("new");
    told(call("target", "new"));
    told(call("", "empty"));
}
TEST(symlinkat) {
    told(call("target", AT_FDCWD, "new"));
    tell_kind("new");
}
TEST(readlink) {
    set_up();
    char text[16] = {};
    say("%zd %s", call("broken", text, sizeof(text)), text);
    say("%zd", call("broken", text, 3));
    told(call("file", text, sizeof(text)));
    told(call("missing", text, sizeof(text)));
}
TEST(__readlink_chk) {
    set_up();
    char text[16] = {};
    say("%zd %s", call("broken", text, sizeof(text), sizeof(text)), text);
}
TEST(readlinkat) {
    set_up();
    char text[16] = {};
    say("%zd %s", call(AT_FDCWD, "broken", text, sizeof(text)), text);
}
TEST(__readlinkat_chk) {
    set_up();
    char text[16] = {};
    say("%zd %s", call(AT_FDCWD, "broken", text, sizeof(text), sizeof(text)), text);
}

// --- the working directory and real paths

namespace {
// Runs with folder/ as the working directory.
template <class Body>
void inside(Body body) {
    if (mkdir("folder", 0755) != 0 || chdir("folder") != 0) say("not inside: %m");
    body();
    if (chdir("..") != 0) say("not back: %m");
}
}  // namespace

TEST(chdir) {
    set_up();
    told(call("folder"));
    say("%s", get("inside").c_str());
    told(call(".."));
    say("%s", get("file").c_str());
    told(call("file"));
    told(call("missing"));
}
TEST(fchdir) {
    set_up();
    File folder("folder", O_RDONLY | O_DIRECTORY), up(".", O_RDONLY | O_DIRECTORY), file("file");
    told(call(folder));
    say("%s", get("inside").c_str());
    told(call(up));
    told(call(file));
}
TEST(getcwd) {
    inside([&] {
        char text[PATH_MAX];
        say("%s", last_of(call(text, sizeof(text))));
        char* made = call(nullptr, 0);
        say("%s", last_of(made));
        free(made);
        told(call(text, 3) ? 0 : -1);
        told(call(text, 0) ? 0 : -1);
    });
}
TEST(__getcwd_chk) {
    inside([&] {
        char text[PATH_MAX];
        say("%s", last_of(call(text, sizeof(text), sizeof(text))));
    });
}
TEST(getwd) {
    inside([&] {
        char text[PATH_MAX];
        say("%s", last_of(call(text)));
    });
}
TEST(__getwd_chk) {
    inside([&] {
        char text[PATH_MAX];
        say("%s", last_of(call(text, sizeof(text))));
    });
}
TEST(get_current_dir_name) {
    inside([&] {
        unsetenv("PWD");
        char* made = call();
        say("%s", last_of(made));
        free(made);
    });
}
TEST(realpath) {
    set_up();
    char text[PATH_MAX];
    say("%s", below(call("folder/../link", text)).c_str());
    char* made = call("./folder/inside", nullptr);
    say("%s", below(made).c_str());
    free(made);
    say("%s", below(call("missing", text)).c_str());
    say("%s", below(call("file/below", text)).c_str());
}
TEST(__realpath_chk) {
    set_up();
    char text[PATH_MAX];
    say("%s", below(call("folder/../link", text, sizeof(text))).c_str());
}
TEST(canonicalize_file_name) {
    set_up();
    char* made = call("folder/../link");
    say("%s", below(made).c_str());
    free(made);
}
TEST(chroot) {
    set_up();
    REFUSED_ON_MOUNT(call("folder"), EOPNOTSUPP);
}
TEST(acct) {
    set_up();
    REFUSED_ON_MOUNT(call("file"), EOPNOTSUPP);
}

// --- directories

namespace {

std::string entry_text(const dirent* entry) {
    return std::string(entry->d_name) + "/" + std::to_string(entry->d_type);
}
std::vector<std::string> entries_of(DIR* folder) {
    std::vector<std::string> names;
    while (const dirent* entry = readdir(folder)) names.push_back(entry_text(entry));
    return names;
}
struct Folder {
    DIR* stream = opendir(".");
    ~Folder() { closedir(stream); }
    operator DIR*() const { return stream; }
};

}  // namespace

TEST(opendir) {
    set_up();
    DIR* folder = call(".");
    tell_sorted(entries_of(folder));
    closedir(folder);
    told(call("file") ? 0 : -1);
    told(call("missing") ? 0 : -1);
}
TEST(fdopendir) {
    set_up();
    DIR* folder = call(open("folder", O_RDONLY | O_DIRECTORY));
    tell_sorted(entries_of(folder));
    told(closedir(folder));
    told(call(File("file")) ? 0 : -1);
}
TEST(closedir) {
    DIR* folder = opendir(".");
    int fd = dirfd(folder);
    told(call(folder));
    told(fcntl(fd, F_GETFD));
}
TEST(readdir) {
    set_up();
    Folder folder;
    std::vector<std::string> names;
    while (const dirent* entry = call(folder)) names.push_back(entry_text(entry));
    tell_sorted(std::move(names));
}
TEST(readdir_r) {
    set_up();
    Folder folder;
    std::vector<std::string> names;
    dirent entry, *result = nullptr;
    while (call(folder, &entry, &result) == 0 && result) names.push_back(entry_text(result));
    tell_sorted(std::move(names));
}
TEST(rewinddir) {
    set_up();
    Folder folder;
    size_t count = entries_of(folder).size();
    call(folder);
    say("%d", entries_of(folder).size() == count);
}
TEST(seekdir) {
    set_up();
    Folder folder;
    readdir(folder);
    long place = telldir(folder);
    std::string second = readdir(folder)->d_name;
    entries_of(folder);
    call(folder, place);
    say("%d", second == readdir(folder)->d_name);
}
TEST(telldir) {
    set_up();
    Folder folder;
    long start = call(folder);
    std::string first = readdir(folder)->d_name;
    seekdir(folder, start);
    say("%d", first == readdir(folder)->d_name);
}
TEST(dirfd) {
    Folder folder;
    struct stat found;
    say("%d %o", fstat(call(folder), &found), found.st_mode);
}
TEST(getdents64) {
    set_up();
    File folder(".", O_RDONLY | O_DIRECTORY), file("file");
    alignas(dirent) char room[4096];
    std::vector<std::string> names;
    ssize_t size;
    while ((size = call(folder, room, sizeof(room))) > 0)
        for (ssize_t at = 0; at < size;) {
            auto* entry = reinterpret_cast<dirent*>(room + at);
            names.push_back(entry_text(entry));
            at += entry->d_reclen;
        }
    tell_sorted(std::move(names));
    told(call(file, room, sizeof(room)));
}
TEST(getdirentries) {
    set_up();
    File folder("folder", O_RDONLY | O_DIRECTORY);
    alignas(dirent) char room[4096];
    off_t base = -1;
    ssize_t size = call(folder, room, sizeof(room), &base);
    say("%d %jd", size > 0, static_cast<intmax_t>(base));
}

namespace {
int no_dots(const dirent* entry) { return entry->d_name[0] != '.'; }
void tell_scanned(int count, dirent** found) {
    say("%d", count);
    for (int i = 0; i < count; ++i) {
        say("%s", found[i]->d_name);
        free(found[i]);
    }
    if (count >= 0) free(found);
}
}  // namespace

TEST(scandirat) {
    set_up();
    dirent** found = nullptr;
    File folder("folder", O_RDONLY | O_DIRECTORY);
    tell_scanned(call(folder, ".", &found, no_dots, alphasort), found);
    tell_scanned(call(AT_FDCWD, ".", &found, nullptr, alphasort), found);
}
TEST(scandir) {
    set_up();
    dirent** found = nullptr;
    tell_scanned(call(".", &found, no_dots, alphasort), found);
    told(call("missing", &found, nullptr, alphasort));
}
TEST(glob) {
    set_up();
    glob_t found{};
    for (const char* pattern : {"*", "f*/*", "fold?r/in[a-k]*", "none*", "{file,link}"}) {
        say("%d", call(pattern, GLOB_BRACE | GLOB_MARK, nullptr, &found));
        for (size_t i = 0; i < found.gl_pathc; ++i) say("%s", found.gl_pathv[i]);
        globfree(&found);
    }
    char here[PATH_MAX];
    std::string pattern = std::string(getcwd(here, sizeof(here))) + "/fol*/*";
    say("%d", call(pattern.c_str(), 0, nullptr, &found));
    say("%s", below(found.gl_pathc ? found.gl_pathv[0] : nullptr).c_str());
    globfree(&found);
}
TEST(wordexp) {
    set_up();
    wordexp_t found{};
    setenv("STRAIT_PROBE_WORD", "one two", 1);
    say("%d", call("f* '*' \"l*\" \\* fol*/* $STRAIT_PROBE_WORD no*", &found, 0));
    for (size_t i = 0; i < found.we_wordc; ++i) say("%s", found.we_wordv[i]);
    wordfree(&found);
    say("%d", call("a | b", &found, 0));
}

namespace {

std::vector<std::string> walked;
int visit(const char* path, const struct stat*, int kind) {
    walked.push_back(std::string(path) + "/" + std::to_string(kind));
    return 0;
}
int visit_from(const char* path, const struct stat*, int kind, FTW* place) {
    walked.push_back(std::string(path) + "/" + std::to_string(kind) + "/" +
                     std::to_string(place->level) + "/" + (path + place->base));
    return 0;
}
int stop_at_folder(const char* path, const struct stat*, int, FTW*) {
    return strstr(path, "folder") ? 7 : 0;
}
int skip_folder(const char* path, const struct stat*, int, FTW*) {
    walked.push_back(path);
    return strstr(path, "folder") ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
}
int see_inside(const char* path, const struct stat*, int kind, FTW* place) {
    if (kind == FTW_F && access(path + place->base, F_OK) != 0) return 9;
    return 0;
}
void tell_walked() {
    tell_sorted(std::exchange(walked, {}));
    say(";");
}

}  // namespace

TEST(ftw) {
    set_up();
    told(call(".", visit, 5));
    tell_walked();
    told(call("file", visit, 5));
    tell_walked();
    told(call("missing", visit, 5));
}
TEST(nftw) {
    set_up();
    for (int flags : {0, int{FTW_PHYS}, int{FTW_DEPTH}, FTW_MOUNT | FTW_PHYS}) {
        say("%d", call(".", visit_from, 5, flags));
        tell_walked();
    }
    say("%d", call("folder/", visit_from, 1, FTW_PHYS));
    tell_walked();
    say("%d", call(".", stop_at_folder, 5, FTW_PHYS));
    say("%d", call(".", skip_folder, 5, FTW_ACTIONRETVAL | FTW_PHYS));
    tell_walked();
    say("%d", call(".", see_inside, 5, FTW_CHDIR | FTW_PHYS));
    say("%s", get("file").c_str());
    told(call(".", visit_from, 5, 4096));
}

namespace {

int by_name(const FTSENT** one, const FTSENT** other) {
    return strcmp((*one)->fts_name, (*other)->fts_name);
}
FTS* start(int options) {
    static char here[] = ".";
    static char* paths[] = {here, nullptr};
    return fts_open(paths, options, by_name);
}
void tell_entry(const FTSENT* entry) {
    say("%s/%d/%d/%s", entry->fts_path, entry->fts_info, entry->fts_level, entry->fts_name);
}

}  // namespace

TEST(fts_open) {
    set_up();
    char first[] = "folder", second[] = "broken", missing[] = "missing", none[] = "";
    char* paths[] = {first, second, missing, nullptr};
    for (int options : {FTS_PHYSICAL, FTS_LOGICAL, FTS_PHYSICAL | FTS_SEEDOT | FTS_NOCHDIR}) {
        FTS* walk = call(paths, options, by_name);
        while (const FTSENT* entry = fts_read(walk)) tell_entry(entry);
        say("%d;", fts_close(walk));
    }
    char* bad[] = {none, nullptr};
    told(call(bad, FTS_PHYSICAL, nullptr) ? 0 : -1);
    told(call(paths, 0x10000, nullptr) ? 0 : -1);
}
TEST(fts_read) {
    set_up();
    FTS* walk = start(FTS_PHYSICAL | FTS_NOCHDIR);
    while (const FTSENT* entry = call(walk)) tell_entry(entry);
    say("%d", errno);
    fts_close(walk);
}
TEST(fts_children) {
    set_up();
    FTS* walk = start(FTS_PHYSICAL | FTS_NOCHDIR);
    fts_read(walk);
    for (const FTSENT* child = call(walk, 0); child; child = child->fts_link)
        say("%s/%d/%d", child->fts_name, child->fts_info, child->fts_level);
    for (const FTSENT* child = call(walk, FTS_NAMEONLY); child; child = child->fts_link)
        say("%s", child->fts_name);
    while (const FTSENT* entry = fts_read(walk)) tell_entry(entry);
    fts_close(walk);
}
TEST(fts_set) {
    set_up();
    FTS* walk = start(FTS_PHYSICAL | FTS_NOCHDIR);
    while (FTSENT* entry = fts_read(walk)) {
        tell_entry(entry);
        if (entry->fts_info == FTS_D && entry->fts_level == 1) call(walk, entry, FTS_SKIP);
        if (entry->fts_info == FTS_SL) call(walk, entry, FTS_FOLLOW);
    }
    fts_close(walk);
}
TEST(fts_close) {
    set_up();
    FTS* walk = start(FTS_PHYSICAL | FTS_NOCHDIR);
    fts_read(walk);
    fts_read(walk);
    told(call(walk));
}
