// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/meeting.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/ours.h"
#include "preload/shim/raw.h"

namespace strait::preload {

namespace {

void put_hex(char*& at, uint64_t value) noexcept {
    for (int shift = 60; shift >= 0; shift -= 4) *at++ = "0123456789abcdef"[(value >> shift) & 15];
}

int wanted_access(int flags) noexcept {
    int access = flags & O_ACCMODE;
    return access == O_RDONLY ? R_OK : access == O_WRONLY ? W_OK : R_OK | W_OK;
}

}  // namespace

bool meeting_place(const struct stat& found, char* out, size_t room) noexcept {
    static constexpr char name[] = "/meet-";
    size_t size = strlen(settings.agent);
    if (size + sizeof(name) + 32 > room) return false;
    memcpy(out, settings.agent, size);
    memcpy(out + size, name, sizeof(name));
    char* at = out + size + sizeof(name) - 1;
    put_hex(at, found.st_dev);
    put_hex(at, found.st_ino);
    *at = 0;
    return true;
}

int open_fifo_instead(Where& where, int flags, int error) noexcept {
    struct stat found;
    if ((flags & O_PATH) || stat_at(where, &found, !(flags & O_NOFOLLOW)) != 0) return error;
    if (!S_ISFIFO(found.st_mode)) return error;
    if (ours_access(where, where.path, wanted_access(flags)) != 0) return errno;
    char path[sizeof(where.buffer)];
    if (!meeting_place(found, path, sizeof(path))) return error;
    long made = raw::call(SYS_mknodat, AT_FDCWD, raw::as_long(path), S_IFIFO | 0600, 0);
    if (made < 0 && made != -EEXIST) return static_cast<int>(-made);
    memcpy(where.buffer, path, sizeof(path));
    where.redirected = true;
    return 0;
}

}  // namespace strait::preload
