// SPDX-License-Identifier: LGPL-2.1-or-later
// ftw(3) and nftw(3) over Strait directories: libc's own make calls that pass no hook. One
// descriptor at a time, whatever the depth: a folder's names are read before any is visited.

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/ours.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

// A folder's entries but . and .., each ended by its NUL.
class Names {
  public:
    ~Names() { free(text_); }
    // 0 or an errno value.
    int read(const char* path) noexcept {
        DIR* folder = opendir(path);
        if (!folder) return errno;
        errno = 0;
        int error = 0;
        while (dirent* entry = error ? nullptr : readdir(folder)) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
            error = add(entry->d_name);
        }
        if (!error) error = errno;
        closedir(folder);
        return error;
    }
    const char* begin() const noexcept { return text_; }
    const char* end() const noexcept { return text_ + size_; }

  private:
    int add(const char* name) noexcept {
        size_t size = strlen(name) + 1;
        if (size_ + size > room_) {
            size_t more = room_ * 2 + size + 1024;
            auto* grown = static_cast<char*>(realloc(text_, more));
            if (!grown) return ENOMEM;
            text_ = grown;
            room_ = more;
        }
        memcpy(text_ + size_, name, size);
        size_ += size;
        return 0;
    }
    char* text_ = nullptr;
    size_t size_ = 0, room_ = 0;
};

struct Folder {
    const Folder* above;
    dev_t device;
    ino_t number;
};

struct Walk {
    TreeVisit plain = nullptr;  // ftw's
    TreeVisitFrom full = nullptr;
    int flags = 0;
    dev_t device = 0;
    struct FTW place{};
    char path[shm::path_max];
    char base[shm::path_max];  // the working directory that a relative path is from

    int tell(const struct stat& attributes, int kind) noexcept {
        if (full) return full(path, &attributes, kind, &place);
        if (kind == FTW_SL) kind = FTW_F;
        if (kind == FTW_SLN) kind = FTW_NS;
        return plain(path, &attributes, kind);
    }
    bool follows() const noexcept { return !(flags & FTW_PHYS); }
    bool changes() const noexcept { return flags & FTW_CHDIR; }
    // To the first `size` bytes of the path.
    int change_to(size_t size) noexcept {
        char target[2 * shm::path_max];
        size_t at = 0;
        if (path[0] != '/') {
            at = strlen(base);
            memcpy(target, base, at);
            target[at++] = '/';
        }
        memcpy(target + at, path, size);
        target[at + size] = 0;
        return at + size ? chdir(target) : 0;
    }
    int look(struct stat& attributes, int& kind) noexcept;
    int enter(const struct stat& attributes, const Folder* above) noexcept;
    int visit(const Folder* above) noexcept;
    int visit_entries(const Names& names, const Folder& here) noexcept;
};

// As libc's: a missing or forbidden entry is told of, any other failure ends the walk.
int Walk::look(struct stat& attributes, int& kind) noexcept {
    char full_path[2 * shm::path_max];
    const char* at = path;
    if (changes() && path[0] != '/') {  // the working directory has moved since
        stpcpy(stpcpy(stpcpy(full_path, base), "/"), path);
        at = full_path;
    }
    if ((follows() ? stat(at, &attributes) : lstat(at, &attributes)) == 0) {
        kind = S_ISDIR(attributes.st_mode) ? FTW_D : S_ISLNK(attributes.st_mode) ? FTW_SL : FTW_F;
        return 0;
    }
    if (errno != EACCES && errno != ENOENT) return -1;
    kind = FTW_NS;
    if (follows() && lstat(at, &attributes) == 0 && S_ISLNK(attributes.st_mode)) kind = FTW_SLN;
    return 0;
}

int Walk::visit(const Folder* above) noexcept {
    struct stat attributes{};
    int kind = FTW_NS;
    if (look(attributes, kind) != 0) return -1;
    if (kind != FTW_NS && (flags & FTW_MOUNT) && attributes.st_dev != device) return 0;
    int result = kind == FTW_D ? enter(attributes, above) : tell(attributes, kind);
    return (flags & FTW_ACTIONRETVAL) && result == FTW_SKIP_SUBTREE ? 0 : result;
}

int Walk::visit_entries(const Names& names, const Folder& here) noexcept {
    size_t size = strlen(path);
    int base_before = place.base, result = 0;
    bool slash = size && path[size - 1] == '/';
    if (!slash) path[size] = '/';
    size_t at = size + !slash;
    place.base = static_cast<int>(at);
    ++place.level;
    for (const char* name = names.begin(); name != names.end() && result == 0;) {
        size_t length = strlen(name) + 1;
        if (at + length > sizeof(path)) {
            errno = ENAMETOOLONG;
            result = -1;
            break;
        }
        memcpy(path + at, name, length);
        result = visit(&here);
        name += length;
    }
    if ((flags & FTW_ACTIONRETVAL) && result == FTW_SKIP_SIBLINGS) result = 0;
    path[size] = 0;
    --place.level;
    place.base = base_before;
    return result;
}

int Walk::enter(const struct stat& attributes, const Folder* above) noexcept {
    const Folder here{above, attributes.st_dev, attributes.st_ino};
    for (const Folder* up = follows() ? above : nullptr; up; up = up->above)
        if (up->device == here.device && up->number == here.number) return 0;
    Names names;
    char full_path[2 * shm::path_max];
    const char* at = path;
    if (changes() && path[0] != '/') {
        stpcpy(stpcpy(stpcpy(full_path, base), "/"), path);
        at = full_path;
    }
    int error = names.read(at);
    if (error == EACCES) return tell(attributes, FTW_DNR);
    if (error) return failed(error);
    int result = flags & FTW_DEPTH ? 0 : tell(attributes, FTW_D);
    if (result) return result;
    if (changes() && change_to(strlen(path)) != 0) return -1;
    result = visit_entries(names, here);
    if (changes() && place.base >= 0 && change_to(static_cast<size_t>(place.base)) != 0) return -1;
    if (result == 0 && (flags & FTW_DEPTH)) result = tell(attributes, full ? FTW_DP : FTW_D);
    return result;
}

int walk_tree(Walk& walk, const char* path) noexcept {
    size_t size = strlen(path);
    if (size == 0) return failed(ENOENT);
    if (size >= sizeof(walk.path)) return failed(ENAMETOOLONG);
    memcpy(walk.path, path, size + 1);
    while (size > 1 && walk.path[size - 1] == '/') walk.path[--size] = 0;
    const char* name = strrchr(walk.path, '/');
    walk.place.base = name && name[1] ? static_cast<int>(name + 1 - walk.path) : 0;
    if (walk.changes() && !getcwd(walk.base, sizeof(walk.base))) return -1;
    struct stat attributes{};
    int kind = FTW_NS, result = walk.look(attributes, kind);
    if (result != 0 || kind == FTW_NS) return -1;
    walk.device = attributes.st_dev;
    if (walk.changes() && walk.place.base &&
        walk.change_to(static_cast<size_t>(walk.place.base)) != 0)
        return -1;
    result = kind == FTW_D ? walk.enter(attributes, nullptr) : walk.tell(attributes, kind);
    if ((walk.flags & FTW_ACTIONRETVAL) &&
        (result == FTW_SKIP_SUBTREE || result == FTW_SKIP_SIBLINGS))
        result = 0;
    int error = errno;
    if (walk.changes()) (void)!chdir(walk.base);
    errno = error;
    return result;
}

}  // namespace

int shim_ftw(const char* path, TreeVisit visit, int most) {
    if (!path || !maybe_ours(AT_FDCWD, path)) return real.ftw(path, visit, most);
    Walk walk;
    walk.plain = visit;
    return walk_tree(walk, path);
}

int shim_nftw(const char* path, TreeVisitFrom visit, int most, int flags) {
    if (!path || !maybe_ours(AT_FDCWD, path)) return real.nftw(path, visit, most, flags);
    constexpr int known = FTW_PHYS | FTW_MOUNT | FTW_CHDIR | FTW_DEPTH | FTW_ACTIONRETVAL;
    if (flags & ~known) return failed(EINVAL);
    Walk walk;
    walk.full = visit;
    walk.flags = flags;
    return walk_tree(walk, path);
}

}  // namespace strait::preload
