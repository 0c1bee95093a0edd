// SPDX-License-Identifier: LGPL-2.1-or-later
// The working directory and real paths. While the working directory lies under a prefix the
// kernel's stands in an empty folder of the agent, so that a relative path that slips past the shim
// finds nothing.

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

// `size` bytes of the window as the new directory.
int move_to(const unsigned char* path, size_t size) noexcept {
    if (size == 0 || size >= sizeof(settings.cwd)) return ENAMETOOLONG;
    long moved = raw::call(SYS_chdir, raw::as_long(settings.placeholder));
    if (moved < 0) return static_cast<int>(-moved);
    memcpy(settings.cwd, path, size);
    settings.cwd[size] = 0;
    return 0;
}

int change_to(Where& where) noexcept {
    Call call(shm::Op::chdir);
    call.at(where, true);
    int error = call.error() ? call.error() : call.run(where);
    if (!error) error = move_to(call.window(), call.reply().data_bytes);
    return done(error);
}

char* copy_out(const char* text, size_t size, char* out, size_t room) noexcept {
    if (out && size + 1 > room) {
        errno = ERANGE;
        return nullptr;
    }
    if (!out) out = static_cast<char*>(malloc(room > size ? room : size + 1));
    if (!out) return nullptr;
    memcpy(out, text, size);
    out[size] = 0;
    return out;
}

// Another program may have renamed or removed it: the agent knows. Its name is kept all the same,
// for that is what the agent knows it by.
char* working_directory(char* out, size_t room) noexcept {
    Where where;
    where.path = settings.cwd;
    where.from_cwd = true;
    Call call(shm::Op::getcwd);
    call.at(where, true);
    const int error = call.error() ? call.error() : call.run();
    if (error == ENOENT) {
        errno = error;
        return nullptr;
    }
    if (error || call.reply().data_bytes == 0)
        return copy_out(settings.cwd, strlen(settings.cwd), out, room);
    return copy_out(reinterpret_cast<const char*>(call.window()), call.reply().data_bytes, out,
                    room);
}

char* real_path(Where& where, char* out, size_t room) noexcept {
    Call call(shm::Op::realpath);
    call.at(where, true);
    if (int error = call.error() ? call.error() : call.run(where)) {
        errno = error;
        return nullptr;
    }
    return copy_out(reinterpret_cast<const char*>(call.window()), call.reply().data_bytes, out,
                    out ? room : 0);
}

}  // namespace

int shim_chdir(const char* path) {
    const char* local = path;
    Where where;
    if (path && maybe_ours(AT_FDCWD, path) && locate(where, AT_FDCWD, path)) {
        int result = change_to(where);
        if (!where.redirected) return result;
        local = where.buffer;
    }
    int result = real.chdir(local);
    if (result == 0) settings.cwd[0] = 0;
    return result;
}

int shim_fchdir(int fd) {
    Where where;
    if (locate(where, fd, nullptr)) return change_to(where);
    int result = real.fchdir(fd);
    if (result == 0) settings.cwd[0] = 0;
    return result;
}

char* shim_getcwd(char* out, size_t room) {
    if (!settings.cwd[0]) return real.getcwd(out, room);
    if (out && room == 0) {
        errno = EINVAL;
        return nullptr;
    }
    return working_directory(out, room);
}

char* shim___getcwd_chk(char* out, size_t room, size_t have) {
    if (!settings.cwd[0]) return real.__getcwd_chk(out, room, have);
    if (room > have) abort();
    return shim_getcwd(out, room);
}

char* shim_getwd(char* out) {
    return settings.cwd[0] ? shim_getcwd(out, PATH_MAX) : real.getwd(out);
}

char* shim___getwd_chk(char* out, size_t have) {
    return settings.cwd[0] ? shim_getcwd(out, have) : real.__getwd_chk(out, have);
}

char* shim_get_current_dir_name() {
    return settings.cwd[0] ? shim_getcwd(nullptr, 0) : real.get_current_dir_name();
}

char* ours_realpath(Where& where, const char*, char* out) {
    return real_path(where, out, PATH_MAX);
}
char* ours___realpath_chk(Where& where, const char*, char* out, size_t room) {
    return real_path(where, out, room);
}
char* ours_canonicalize_file_name(Where& where, const char*) {
    return real_path(where, nullptr, 0);
}

}  // namespace strait::preload
