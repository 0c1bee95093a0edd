// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/where.h"

#include <string.h>

#include "preload/shim/raw.h"

namespace strait::preload {

namespace {

// A decimal number that is all of `text`, or -1.
int number(const char* text) noexcept {
    if (!*text) return -1;
    int value = 0;
    for (; *text >= '0' && *text <= '9'; ++text) {
        if (value > 99'999'999) return -1;
        value = value * 10 + (*text - '0');
    }
    return *text ? -1 : value;
}

bool begins(const char* text, const char* with, const char*& rest) noexcept {
    size_t size = strlen(with);
    if (strncmp(text, with, size) != 0) return false;
    rest = text + size;
    return true;
}

int named_descriptor(const char* path) noexcept {
    const char* rest;
    if (begins(path, "/dev/", rest)) {
        if (strcmp(rest, "stdin") == 0) return 0;
        if (strcmp(rest, "stdout") == 0) return 1;
        if (strcmp(rest, "stderr") == 0) return 2;
        return begins(rest, "fd/", rest) ? number(rest) : -1;
    }
    return begins(path, "/proc/self/fd/", rest) ? number(rest) : -1;
}

// /dev/fd/N, /proc/self/fd/N and their like.
bool locate_device(Where& where, const char* path) noexcept {
    if (settings.executable && strcmp(path, "/proc/self/exe") == 0) {
        where.path = settings.executable;
        return where.executable = true;
    }
    Open* open = find(named_descriptor(path));
    if (!open) return false;
    where.open = open;
    where.token = open->token;
    where.instance = open->instance;
    return true;
}

bool locate_relative(Where& where, int dirfd, const char* path) noexcept {
    if (dirfd != AT_FDCWD) {
        Open* open = find(dirfd);
        where.token = open->token;
        where.instance = open->instance;
        where.path = path;
        if (!*path) where.open = open;
        return true;
    }
    if (!*path) {  // the kernel says ENOENT to it
        where.path = "";
        return true;
    }
    size_t base = strlen(settings.cwd), size = strlen(path);
    if (base + 1 + size >= sizeof(where.buffer)) {
        where.path = path;  // too long for anybody: the agent's side refuses it
        return true;
    }
    memcpy(where.buffer, settings.cwd, base);
    where.buffer[base] = '/';
    memcpy(where.buffer + base + 1, path, size + 1);
    where.path = where.buffer;
    where.from_cwd = true;
    return true;
}

// Where the kernel's directory `dirfd` lies, into `out`; its size, or 0.
size_t path_of(int dirfd, char* out, size_t room) noexcept {
    if (dirfd == AT_FDCWD) {
        long size = raw::call(SYS_getcwd, raw::as_long(out), static_cast<long>(room));
        return size > 1 && out[0] == '/' ? static_cast<size_t>(size) - 1 : 0;
    }
    char link[32] = "/proc/self/fd/";
    char* end = link + strlen(link);
    unsigned value = static_cast<unsigned>(dirfd), digits = 1;
    for (unsigned rest = value; rest > 9; rest /= 10) ++digits;
    for (char* at = end + digits; at-- > end; value /= 10)
        *at = static_cast<char>('0' + value % 10);
    end[digits] = 0;
    long size = raw::call(SYS_readlinkat, AT_FDCWD, raw::as_long(link), raw::as_long(out),
                          static_cast<long>(room));
    return size > 0 && size < static_cast<long>(room) && out[0] == '/' ? static_cast<size_t>(size)
                                                                       : 0;
}

// Appends `path` to the absolute path of `size` bytes in `out`, without "." and "..", as text.
bool append(char* out, size_t size, size_t room, const char* path) noexcept {
    if (size && out[size - 1] == '/') --size;
    while (*path) {
        size_t length = strcspn(path, "/");
        if (length == 2 && path[0] == '.' && path[1] == '.') {
            while (size && out[size - 1] != '/') --size;
            if (size) --size;
        } else if (length && !(length == 1 && path[0] == '.')) {
            if (size + length + 2 >= room) return false;
            out[size++] = '/';
            memcpy(out + size, path, length);
            size += length;
        } else if (length && !path[1] && size + 2 < room) {
            out[size++] = '/';  // "n/." means the directory, as "n/" does
        }
        path += length;
        if (*path == '/' && !*++path && size + 2 < room) out[size++] = '/';
    }
    out[size] = 0;
    return true;
}

// A way in from a place of the kernel's.
bool locate_from_outside(Where& where, int dirfd, const char* path) noexcept {
    if (!names_prefix(path)) return false;
    size_t size = 0;
    if (path[0] != '/') {
        size = path_of(dirfd, where.buffer, sizeof(where.buffer));
        if (size == 0) return false;
    }
    if (!append(where.buffer, size, sizeof(where.buffer), path) || !covered(where.buffer))
        return false;
    where.path = where.buffer;
    return true;
}

}  // namespace

// A plain loop: libc's functions would cost more than the few bytes there are to compare.
bool is_last_component(const char* text) noexcept {
    for (size_t i = 0; i < settings.prefix_count; ++i) {
        const Prefix& prefix = settings.prefixes[i];
        const char *last = prefix.last + 1, *end = prefix.text + prefix.size, *at = text;
        while (last != end && *at == *last) ++at, ++last;
        if (last == end && (*at == '/' || *at == 0)) return true;
    }
    return false;
}

bool locate(Where& where, int dirfd, const char* path) noexcept {
    if (!path) {
        where.open = find(dirfd);
        if (!where.open) return false;
        where.token = where.open->token;
        where.instance = where.open->instance;
        return true;
    }
    if (path[0] == '/') {
        if (!covered(path))
            return locate_device(where, path) || locate_from_outside(where, dirfd, path);
        where.path = path;
        return true;
    }
    if (dirfd == AT_FDCWD ? settings.cwd[0] == 0 : !find(dirfd))
        return locate_from_outside(where, dirfd, path);
    return locate_relative(where, dirfd, path);
}

}  // namespace strait::preload
