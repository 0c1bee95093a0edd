// SPDX-License-Identifier: LGPL-2.1-or-later
// fts(3) over Strait directories: libc's own makes calls that pass no hook. As with FTS_NOCHDIR
// always: each entry's access path is its path. libc's manual page fts(3) is what it follows.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "preload/shim/ours.h"

namespace strait::preload {

namespace {

// A walk of ours is known by its address.
constexpr size_t walk_limit = 64;
FTS* walks[walk_limit];

bool is_ours(const FTS* walk) noexcept {
    for (FTS* const& each : walks)
        if (__atomic_load_n(&each, __ATOMIC_ACQUIRE) == walk) return walk;
    return false;
}
bool replace_walk(FTS* from, FTS* to) noexcept {
    for (FTS*& each : walks) {
        FTS* expected = from;
        if (__atomic_compare_exchange_n(&each, &expected, to, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

bool is_dot(const char* name) noexcept { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

// One block: the entry with its name, its attributes, its path.
FTSENT* make_entry(const char* above, const char* name) noexcept {
    size_t named = strlen(name), before = above ? strlen(above) : 0;
    bool slash = before && above[before - 1] != '/';
    size_t head = (sizeof(FTSENT) + named + 15) / 16 * 16;
    size_t path = before + slash + named + 1;
    auto* memory = static_cast<char*>(calloc(1, head + sizeof(struct stat) + path));
    if (!memory) return nullptr;
    auto* entry = reinterpret_cast<FTSENT*>(memory);
    memcpy(entry->fts_name, name, named + 1);
    entry->fts_namelen = static_cast<unsigned short>(named);
    entry->fts_statp = reinterpret_cast<struct stat*>(memory + head);
    entry->fts_path = entry->fts_accpath = memory + head + sizeof(struct stat);
    if (before) memcpy(entry->fts_path, above, before);
    if (slash) entry->fts_path[before] = '/';
    memcpy(entry->fts_path + before + slash, name, named + 1);
    entry->fts_pathlen = static_cast<unsigned short>(path - 1);
    entry->fts_instr = FTS_NOINSTR;
    return entry;
}

void free_list(FTSENT* entry) noexcept {
    while (entry) {
        FTSENT* next = entry->fts_link;
        free(entry);
        entry = next;
    }
}

unsigned short kind_of(const FTSENT& entry) noexcept {
    switch (entry.fts_statp->st_mode & S_IFMT) {
        case S_IFDIR:
            return FTS_D;
        case S_IFLNK:
            return FTS_SL;
        case S_IFREG:
            return FTS_F;
        default:
            return FTS_DEFAULT;
    }
}

unsigned short look(const FTS& walk, FTSENT& entry, bool follow) noexcept {
    struct stat& found = *entry.fts_statp;
    follow |= (walk.fts_options & FTS_LOGICAL) != 0;
    if ((follow ? stat(entry.fts_accpath, &found) : lstat(entry.fts_accpath, &found)) != 0) {
        int error = errno;
        if (follow && lstat(entry.fts_accpath, &found) == 0) {
            errno = 0;
            return FTS_SLNONE;
        }
        entry.fts_errno = error;
        memset(&found, 0, sizeof(found));
        return FTS_NS;
    }
    unsigned short kind = kind_of(entry);
    if (kind != FTS_D) return kind;
    entry.fts_dev = found.st_dev;
    entry.fts_ino = found.st_ino;
    entry.fts_nlink = found.st_nlink;
    if (is_dot(entry.fts_name)) return FTS_DOT;
    for (FTSENT* up = entry.fts_parent; up && up->fts_level >= FTS_ROOTLEVEL; up = up->fts_parent)
        if (up->fts_ino == entry.fts_ino && up->fts_dev == entry.fts_dev) {
            entry.fts_cycle = up;
            return FTS_DC;
        }
    return FTS_D;
}

FTSENT* sorted(const FTS& walk, FTSENT* list, int count) noexcept {
    if (!walk.fts_compar || count < 2) return list;
    auto** array = static_cast<FTSENT**>(malloc(static_cast<size_t>(count) * sizeof(FTSENT*)));
    if (!array) return list;
    int at = 0;
    for (FTSENT* entry = list; entry; entry = entry->fts_link) array[at++] = entry;
    qsort(array, static_cast<size_t>(count), sizeof(FTSENT*), walk.fts_compar);
    for (at = 0; at < count; ++at) array[at]->fts_link = at + 1 < count ? array[at + 1] : nullptr;
    list = array[0];
    free(array);
    return list;
}

// FTS_NOSTAT: only what may be a directory is looked at.
bool must_look(const FTS& walk, const dirent& entry, bool names_only) noexcept {
    if (names_only) return false;
    if (!(walk.fts_options & FTS_NOSTAT)) return true;
    return entry.d_type == DT_DIR || entry.d_type == DT_UNKNOWN ||
           (entry.d_type == DT_LNK && (walk.fts_options & FTS_LOGICAL));
}

FTSENT* stop(FTS& walk, FTSENT* list) noexcept {
    int error = errno;
    free_list(list);
    walk.fts_options |= FTS_STOP;
    errno = error;
    return nullptr;
}

// The entries of a directory. Null: it is empty, or fts_errno of it says why not.
FTSENT* build(FTS& walk, FTSENT& folder, bool names_only) noexcept {
    DIR* stream = opendir(folder.fts_accpath);
    if (!stream) {
        folder.fts_info = FTS_DNR;
        folder.fts_errno = errno;
        return nullptr;
    }
    FTSENT *first = nullptr, **last = &first;
    int count = 0;
    bool enough = true;
    while (dirent* found = enough ? readdir(stream) : nullptr) {
        if (!(walk.fts_options & FTS_SEEDOT) && is_dot(found->d_name)) continue;
        FTSENT* entry = make_entry(folder.fts_path, found->d_name);
        enough = entry != nullptr;
        if (!enough) break;
        entry->fts_parent = &folder;
        entry->fts_level = static_cast<short>(folder.fts_level + 1);
        entry->fts_ino = found->d_ino;
        bool looked = must_look(walk, *found, names_only);
        entry->fts_info = looked ? look(walk, *entry, false) : FTS_NSOK;
        *last = entry;
        last = &entry->fts_link;
        ++count;
    }
    closedir(stream);
    return enough ? sorted(walk, first, count) : stop(walk, first);
}

// A root's name is its last component once it is visited.
void shorten_name(FTSENT& root) noexcept {
    char* slash = strrchr(root.fts_name, '/');
    if (!slash || (slash == root.fts_name && !slash[1])) return;
    root.fts_namelen = static_cast<unsigned short>(strlen(slash + 1));
    memmove(root.fts_name, slash + 1, root.fts_namelen + size_t{1});
}

FTSENT* arrive(FTS& walk, FTSENT* entry) noexcept {
    if (entry->fts_level == FTS_ROOTLEVEL) {
        shorten_name(*entry);
        walk.fts_dev = entry->fts_dev;
    }
    return walk.fts_cur = entry;
}

FTSENT* roots(FTS& walk, char* const* paths, FTSENT* above) noexcept {
    FTSENT *first = nullptr, **last = &first;
    int count = 0;
    for (; *paths; ++paths, ++count) {
        FTSENT* root = **paths ? make_entry(nullptr, *paths) : nullptr;
        if (!root) {
            if (!**paths) errno = ENOENT;
            return stop(walk, first);
        }
        root->fts_level = FTS_ROOTLEVEL;
        root->fts_parent = above;
        root->fts_info = look(walk, *root, walk.fts_options & FTS_COMFOLLOW);
        if (root->fts_info == FTS_DOT) root->fts_info = FTS_D;
        *last = root;
        last = &root->fts_link;
    }
    return sorted(walk, first, count);
}

bool any_ours(char* const* paths) noexcept {
    for (; *paths; ++paths)
        if (maybe_ours(AT_FDCWD, *paths)) return true;
    return false;
}

// Into a directory that was told before its entries; null: go on after it.
FTSENT* descend(FTS& walk, FTSENT* folder, int instruction) noexcept {
    bool elsewhere = (walk.fts_options & FTS_XDEV) && folder->fts_dev != walk.fts_dev;
    if (instruction == FTS_SKIP || elsewhere) {
        free_list(walk.fts_child);
        walk.fts_child = nullptr;
        folder->fts_info = FTS_DP;
        return folder;
    }
    if (walk.fts_child && (walk.fts_options & FTS_NAMEONLY)) {
        walk.fts_options &= ~FTS_NAMEONLY;
        free_list(walk.fts_child);
        walk.fts_child = nullptr;
    }
    FTSENT* child = walk.fts_child ? walk.fts_child : build(walk, *folder, false);
    walk.fts_child = nullptr;
    if (walk.fts_options & FTS_STOP) return nullptr;
    if (child) return arrive(walk, child);
    if (folder->fts_info != FTS_DNR) folder->fts_info = FTS_DP;
    return folder;
}

}  // namespace

FTS* shim_fts_open(char* const* paths, int options, FtsCompare compare) {
    if (!any_ours(paths)) return real.fts_open(paths, options, compare);
    auto* walk = (options & ~FTS_OPTIONMASK) ? nullptr : static_cast<FTS*>(calloc(1, sizeof(FTS)));
    FTSENT* start = walk ? make_entry(nullptr, "") : nullptr;
    FTSENT* above = start ? make_entry(nullptr, "") : nullptr;
    if (options & ~FTS_OPTIONMASK) errno = EINVAL;
    if (above) {
        walk->fts_options = options | FTS_NOCHDIR;
        walk->fts_compar = reinterpret_cast<int (*)(const void*, const void*)>(compare);
        walk->fts_rfd = -1;
        above->fts_level = FTS_ROOTPARENTLEVEL;
        start->fts_parent = above;
        start->fts_info = FTS_INIT;
        start->fts_link = roots(*walk, paths, above);
        walk->fts_cur = start;
        if (!(walk->fts_options & FTS_STOP) && replace_walk(nullptr, walk)) return walk;
        if (!(walk->fts_options & FTS_STOP)) errno = EMFILE;
        free_list(start);
    } else {
        free(start);
    }
    free(above);
    free(walk);
    return nullptr;
}

FTSENT* shim_fts_read(FTS* walk) {
    if (!is_ours(walk)) return real.fts_read(walk);
    FTSENT* entry = walk->fts_cur;
    if (!entry || (walk->fts_options & FTS_STOP)) return nullptr;
    int instruction = entry->fts_instr;
    entry->fts_instr = FTS_NOINSTR;
    bool link = entry->fts_info == FTS_SL || entry->fts_info == FTS_SLNONE;
    if (instruction == FTS_AGAIN || (instruction == FTS_FOLLOW && link)) {
        entry->fts_info = look(*walk, *entry, instruction == FTS_FOLLOW);
        return entry;
    }
    if (entry->fts_info == FTS_D) return descend(*walk, entry, instruction);
    while (FTSENT* next = entry->fts_link) {
        free(entry);
        entry = next;
        walk->fts_cur = next;
        if (next->fts_instr == FTS_SKIP) continue;
        if (next->fts_instr == FTS_FOLLOW) {
            next->fts_info = look(*walk, *next, true);
            next->fts_instr = FTS_NOINSTR;
        }
        return arrive(*walk, next);
    }
    FTSENT* parent = entry->fts_parent;
    free(entry);
    if (parent->fts_level == FTS_ROOTPARENTLEVEL) {
        free(parent);
        errno = 0;
        return walk->fts_cur = nullptr;
    }
    parent->fts_info = parent->fts_errno ? FTS_ERR : FTS_DP;
    return walk->fts_cur = parent;
}

FTSENT* shim_fts_children(FTS* walk, int options) {
    if (!is_ours(walk)) return real.fts_children(walk, options);
    if (options != 0 && options != FTS_NAMEONLY) {
        errno = EINVAL;
        return nullptr;
    }
    FTSENT* entry = walk->fts_cur;
    errno = 0;
    if (!entry || (walk->fts_options & FTS_STOP)) return nullptr;
    if (entry->fts_info == FTS_INIT) return entry->fts_link;
    if (entry->fts_info != FTS_D) return nullptr;
    free_list(walk->fts_child);
    if (options == FTS_NAMEONLY) walk->fts_options |= FTS_NAMEONLY;
    return walk->fts_child = build(*walk, *entry, options == FTS_NAMEONLY);
}

int shim_fts_set(FTS* walk, FTSENT* entry, int instruction) {
    if (!is_ours(walk)) return real.fts_set(walk, entry, instruction);
    if (instruction < 0 || instruction > FTS_SKIP) {
        errno = EINVAL;
        return 1;
    }
    entry->fts_instr = static_cast<unsigned short>(instruction);
    return 0;
}

int shim_fts_close(FTS* walk) {
    if (!is_ours(walk)) return real.fts_close(walk);
    replace_walk(walk, nullptr);
    free_list(walk->fts_child);
    for (FTSENT* entry = walk->fts_cur; entry;) {
        FTSENT* parent = entry->fts_parent;
        free_list(entry);
        entry = parent;
    }
    free(walk);
    return 0;
}

}  // namespace strait::preload
