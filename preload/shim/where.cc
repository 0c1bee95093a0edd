// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/where.h"

#include <string.h>

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
    return true;
}

}  // namespace

bool locate(Where& where, int dirfd, const char* path) noexcept {
    if (!path) {
        where.open = find(dirfd);
        if (!where.open) return false;
        where.token = where.open->token;
        where.instance = where.open->instance;
        return true;
    }
    if (path[0] == '/') {
        if (!covered(path)) return locate_device(where, path);
        where.path = path;
        return true;
    }
    if (dirfd == AT_FDCWD ? settings.cwd[0] == 0 : !find(dirfd)) return false;
    return locate_relative(where, dirfd, path);
}

}  // namespace strait::preload
