// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/mirror.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preload/shim/elf_needs.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/text.h"

namespace strait::preload {

namespace {

uint64_t mix(uint64_t hash, uint64_t value) noexcept {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

// "AGENT/mirror/HASH-OF-THE-MOUNTS": the same path may lead elsewhere by other mounts.
Text base() noexcept {
    uint64_t hash = 1;
    for (const char* at = settings.mounts; *at; ++at)
        hash = mix(hash, static_cast<unsigned char>(*at));
    return Text().add(settings.agent).add(shm::mirror_name).add("/").add_hex(hash);
}

// What tells a file from what it was before, as a time that a copy can carry.
timespec stamp_of(const struct stat& file) noexcept {
    uint64_t hash = mix(mix(1, static_cast<uint64_t>(file.st_size)), file.st_ino);
    hash = mix(mix(hash, static_cast<uint64_t>(file.st_mtim.tv_sec)),
               static_cast<uint64_t>(file.st_mtim.tv_nsec));
    hash = mix(mix(hash, static_cast<uint64_t>(file.st_ctim.tv_sec)),
               static_cast<uint64_t>(file.st_ctim.tv_nsec));
    return {static_cast<time_t>(hash >> 34), static_cast<long>(hash % 1'000'000'000)};
}

bool is_current(const char* copy, const struct stat& file) noexcept {
    struct statx found;
    if (raw::call(SYS_statx, AT_FDCWD, raw::as_long(copy), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS,
                  raw::as_long(&found)) != 0)
        return false;
    timespec stamp = stamp_of(file);
    return S_ISREG(found.stx_mode) && found.stx_size == static_cast<uint64_t>(file.st_size) &&
           found.stx_mtime.tv_sec == stamp.tv_sec &&
           found.stx_mtime.tv_nsec == static_cast<uint32_t>(stamp.tv_nsec);
}

void make_folders(Text path) noexcept {
    for (char* at = path.text + 1; (at = strchr(at, '/')); ++at) {
        *at = 0;
        raw::call(SYS_mkdirat, AT_FDCWD, raw::as_long(path.text), 0700);
        *at = '/';
    }
}

int copy_bytes(Open& from, int to) noexcept {
    char piece[32768];
    for (uint64_t at = 0;;) {
        ssize_t got = read_open(from, piece, sizeof(piece), at);
        if (got < 0) return errno;
        if (got == 0) return 0;
        if (raw::write(to, piece, static_cast<size_t>(got)) != got) return ENOSPC;
        at += static_cast<uint64_t>(got);
    }
}

// Under a name of its own until it is whole: several programs may want it at once.
int make_copy(int fd, const char* copy, const struct stat& file) noexcept {
    Text whole = Text().add(copy);
    make_folders(whole);
    Text part = Text().add(copy).add(".").add_hex(static_cast<uint64_t>(raw::call(SYS_gettid)));
    int out = raw::open(part.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    if (out < 0) return -out;
    int error = copy_bytes(*find(fd), out);
    timespec stamp = stamp_of(file);
    const timespec times[2] = {stamp, stamp};
    if (!error) error = static_cast<int>(-raw::call(SYS_utimensat, out, 0, raw::as_long(times), 0));
    raw::close(out);
    if (!error)
        error = static_cast<int>(-raw::call(SYS_renameat2, AT_FDCWD, raw::as_long(part.text),
                                            AT_FDCWD, raw::as_long(copy), 0));
    if (error) raw::call(SYS_unlinkat, AT_FDCWD, raw::as_long(part.text), 0);
    return error;
}

int copy_file(const char* path, const char* copy) noexcept {
    Where where;
    if (!locate(where, AT_FDCWD, path)) return ENOENT;
    struct stat file;
    if (stat_at(where, &file, true) != 0) return where.redirected ? ENOENT : errno;
    if (!S_ISREG(file.st_mode)) return EACCES;
    if (is_current(copy, file)) return 0;
    int fd = open_at(where, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return errno;
    int error = make_copy(fd, copy, file);
    shim_close(fd);
    return error;
}

// One file and, before it is told of, all that it needs.
struct Walk {
    Mirrored& told;
    Text root = base();
    uint64_t seen[256];
    size_t seen_count = 0;
    int depth = 0;

    bool first_time(const char* path) noexcept {
        uint64_t hash = 1;
        for (; *path; ++path) hash = mix(hash, static_cast<unsigned char>(*path));
        for (size_t i = 0; i < seen_count; ++i)
            if (seen[i] == hash) return false;
        if (seen_count == 256) return false;
        seen[seen_count++] = hash;
        return true;
    }

    int visit(const char* path, char* copy, size_t room) noexcept {
        Text target = Text(root).add(path);
        if (target.full || target.size + 20 > room) return ENAMETOOLONG;
        memcpy(copy, target.text, target.size + 1);
        if (int error = copy_file(path, copy)) return error;
        if (++depth < 8) {
            ElfNeeds needs(copy);
            const char* search = needs.search();
            needs.each([&](const char* name) { need(path, search, name); });
        }
        --depth;
        return 0;
    }

    // As the loader searches: LD_LIBRARY_PATH, then DT_RUNPATH.
    void need(const char* user, const char* search, const char* name) noexcept {
        if (strchr(name, '/')) {
            take(Text().add(name), false);
            return;
        }
        const char* list = getenv("LD_LIBRARY_PATH");
        if (list && in_folders(user, list, name)) return;
        in_folders(user, search, name);
    }

    bool in_folders(const char* user, const char* list, const char* name) noexcept {
        for (;; ++list) {
            size_t size = strcspn(list, ":;");
            bool by_origin = false;
            Text folder = expand(user, list, size, by_origin);
            if (folder.size && take(folder.add("/").add(name), by_origin)) return true;
            list += size;
            if (!*list) return false;
        }
    }

    static Text expand(const char* user, const char* entry, size_t size, bool& by_origin) noexcept {
        Text folder;
        static constexpr const char* origins[] = {"$ORIGIN", "${ORIGIN}"};
        for (const char* name : origins) {
            size_t length = strlen(name);
            if (size < length || strncmp(entry, name, length) != 0) continue;
            by_origin = true;
            const char* slash = strrchr(user, '/');
            folder.add(user, static_cast<size_t>(slash - user));
            entry += length;
            size -= length;
            break;
        }
        return folder.add(entry, size);
    }

    bool take(const Text& path, bool by_origin) noexcept {
        if (path.full || !covered(path.text)) return false;
        Text plain = path.without_dots();
        char copy[shm::path_max];
        if (!first_time(plain.text)) return true;
        if (visit(plain.text, copy, sizeof(copy)) != 0) return false;
        told.library(copy, by_origin);
        return true;
    }
};

}  // namespace

int mirror(const char* path, char* copy, size_t room, Mirrored& needs) noexcept {
    Walk walk{needs};
    Text plain = Text().add(path).without_dots();
    if (plain.full || !covered(plain.text)) return ENOENT;
    walk.first_time(plain.text);
    return walk.visit(plain.text, copy, room);
}

const char* mirrored_from(const char* copy) noexcept {
    Text root = base();
    if (strncmp(copy, root.text, root.size) != 0 || copy[root.size] != '/') return nullptr;
    return copy + root.size;
}

}  // namespace strait::preload
