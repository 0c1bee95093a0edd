// SPDX-License-Identifier: LGPL-2.1-or-later
// Names and files for a while in folders that libc chooses itself: $TMPDIR, /tmp.

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/ours.h"

namespace strait::preload {

namespace {

bool is_folder(const char* path) noexcept {
    struct stat attributes;
    return path && *path && stat(path, &attributes) == 0 && S_ISDIR(attributes.st_mode);
}

bool ours(const char* path) noexcept { return path && maybe_ours(AT_FDCWD, path); }

}  // namespace

char* shim_tempnam(const char* folder, const char* prefix) {
    const char* wanted = secure_getenv("TMPDIR");
    if (!ours(wanted) && !ours(folder) && !ours(P_tmpdir)) return real.tempnam(folder, prefix);
    const char* chosen = is_folder(wanted) ? wanted : is_folder(folder) ? folder : P_tmpdir;
    if (!is_folder(chosen)) {
        errno = ENOENT;
        return nullptr;
    }
    if (!prefix || !*prefix) prefix = "file";
    size_t size = strlen(chosen), begin = strnlen(prefix, 5);
    while (size > 1 && chosen[size - 1] == '/') --size;
    auto* name = static_cast<char*>(malloc(size + begin + 8));
    if (!name) return nullptr;
    memcpy(name, chosen, size);
    name[size] = '/';
    memcpy(name + size + 1, prefix, begin);
    memcpy(name + size + 1 + begin, "XXXXXX", 7);
    mktemp(name);
    if (*name) return name;
    free(name);
    return nullptr;
}

char* shim_tmpnam_r(char* out) {
    if (!out || !ours(P_tmpdir)) return real.tmpnam_r(out);
    strcpy(out, P_tmpdir "/fileXXXXXX");
    mktemp(out);
    return *out ? out : nullptr;
}

char* shim_tmpnam(char* out) {
    static char own[L_tmpnam];
    return ours(P_tmpdir) ? shim_tmpnam_r(out ? out : own) : real.tmpnam(out);
}

FILE* shim_tmpfile() {
    if (!ours(P_tmpdir)) return real.tmpfile();
    char name[] = P_tmpdir "/tmpfXXXXXX";
    int fd = mkstemp(name);
    if (fd < 0) return nullptr;
    unlink(name);
    FILE* stream = fdopen(fd, "w+");
    if (!stream) close(fd);
    return stream;
}

}  // namespace strait::preload
