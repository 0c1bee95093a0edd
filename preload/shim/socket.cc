// SPDX-License-Identifier: LGPL-2.1-or-later
// Unix sockets whose names lie on a server: the name is the server's, the socket the kernel's.

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "preload/shim/meeting.h"
#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

// The path that a Unix address names; "" for any other, and for one without a name.
struct UnixPath {
    char text[sizeof(sockaddr_un::sun_path) + 1] = "";

    UnixPath(const void* address, unsigned size) noexcept {
        constexpr unsigned head = offsetof(sockaddr_un, sun_path);
        if (!address || size <= head || size > sizeof(sockaddr_un)) return;
        const auto* given = static_cast<const sockaddr_un*>(address);
        if (given->sun_family != AF_UNIX) return;
        memcpy(text, given->sun_path, size - head);
    }
};

struct LocalAddress {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};

    int set(const char* path) noexcept {
        size_t size = strlen(path);
        if (size >= sizeof(address.sun_path)) return ENAMETOOLONG;
        memcpy(address.sun_path, path, size + 1);
        return 0;
    }
    // The place that stands for the server's socket at `where`, or an errno value.
    int meet(Where& where) noexcept {
        struct stat found;
        if (stat_at(where, &found, true) != 0) return where.redirected ? set(where.buffer) : errno;
        if (!S_ISSOCK(found.st_mode)) return ECONNREFUSED;
        if (!meeting_place(found, address.sun_path, sizeof(address.sun_path))) return ENAMETOOLONG;
        return 0;
    }
};

bool on_server(Where& where, const UnixPath& path) noexcept {
    return path.text[0] && maybe_ours(AT_FDCWD, path.text) && locate(where, AT_FDCWD, path.text);
}

// To whom a call with this address goes: an errno value, or 0 and `local`.
int answered_by(Where& where, LocalAddress& local, const UnixPath& path) noexcept {
    int error = local.meet(where);
    if (!error && !where.redirected && ours_access(where, path.text, W_OK) != 0) error = errno;
    return error;
}

// Nobody listens where there is no local socket: the name outlived who made it.
ssize_t told(ssize_t result) noexcept {
    if (result < 0 && errno == ENOENT) errno = ECONNREFUSED;
    return result;
}

}  // namespace

int shim_bind(int fd, const void* address, unsigned size) {
    if (find(fd)) return failed(ENOTSOCK);
    UnixPath path(address, size);
    Where where;
    if (!on_server(where, path)) return real.bind(fd, address, size);
    LocalAddress local;
    if (ours_mknod(where, path.text, S_IFSOCK | 0777, 0) != 0) {
        if (!where.redirected) return failed(errno == EEXIST ? EADDRINUSE : errno);
        if (int error = local.set(where.buffer)) return failed(error);
        return real.bind(fd, &local.address, sizeof(local.address));
    }
    int error = local.meet(where);
    if (!error) {
        raw::call(SYS_unlinkat, AT_FDCWD, raw::as_long(local.address.sun_path), 0);
        if (real.bind(fd, &local.address, sizeof(local.address)) == 0) return 0;
        error = errno;
    }
    ours_unlink(where, path.text);
    return failed(error);
}

int shim_connect(int fd, const void* address, unsigned size) {
    if (find(fd)) return failed(ENOTSOCK);
    UnixPath path(address, size);
    Where where;
    if (!on_server(where, path)) return real.connect(fd, address, size);
    LocalAddress local;
    if (int error = answered_by(where, local, path)) return failed(error);
    return static_cast<int>(told(real.connect(fd, &local.address, sizeof(local.address))));
}

ssize_t shim_sendto(int fd, const void* in, size_t count, int flags, const void* address,
                    unsigned size) {
    if (find(fd)) return failed(ENOTSOCK);
    UnixPath path(address, size);
    Where where;
    if (!on_server(where, path)) return real.sendto(fd, in, count, flags, address, size);
    LocalAddress local;
    if (int error = answered_by(where, local, path)) return failed(error);
    return told(real.sendto(fd, in, count, flags, &local.address, sizeof(local.address)));
}

}  // namespace strait::preload
