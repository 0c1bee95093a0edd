// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The one flat list of what can go wrong. Each protocol maps to and from it in one total switch.

#include <cstdint>
#include <string_view>

namespace strait {

// X(name, errno, text). The order is free: numbers never leave the process.
#define STRAIT_ERRC_LIST(X)                                         \
    X(perm, EPERM, "operation not permitted")                       \
    X(noent, ENOENT, "no such file or directory")                   \
    X(io, EIO, "input/output error")                                \
    X(nxio, ENXIO, "no such device or address")                     \
    X(badf, EBADF, "bad file descriptor")                           \
    X(again, EAGAIN, "resource temporarily unavailable")            \
    X(nomem, ENOMEM, "cannot allocate memory")                      \
    X(access, EACCES, "permission denied")                          \
    X(exist, EEXIST, "file exists")                                 \
    X(xdev, EXDEV, "invalid cross-device link")                     \
    X(nodev, ENODEV, "no such device")                              \
    X(notdir, ENOTDIR, "not a directory")                           \
    X(isdir, EISDIR, "is a directory")                              \
    X(inval, EINVAL, "invalid argument")                            \
    X(mfile, EMFILE, "too many open files")                         \
    X(txtbsy, ETXTBSY, "text file busy")                            \
    X(fbig, EFBIG, "file too large")                                \
    X(nospc, ENOSPC, "no space left on device")                     \
    X(spipe, ESPIPE, "illegal seek")                                \
    X(rofs, EROFS, "read-only file system")                         \
    X(mlink, EMLINK, "too many links")                              \
    X(range, ERANGE, "numerical result out of range")               \
    X(deadlk, EDEADLK, "resource deadlock avoided")                 \
    X(nametoolong, ENAMETOOLONG, "file name too long")              \
    X(nolck, ENOLCK, "no locks available")                          \
    X(notempty, ENOTEMPTY, "directory not empty")                   \
    X(loop, ELOOP, "too many levels of symbolic links")             \
    X(nodata, ENODATA, "no such attribute")                         \
    X(overflow, EOVERFLOW, "value too large for defined data type") \
    X(notsup, EOPNOTSUPP, "operation not supported")                \
    X(nosys, ENOSYS, "function not implemented")                    \
    X(dquot, EDQUOT, "disk quota exceeded")                         \
    X(stale, ESTALE, "stale file handle")                           \
    X(badhandle, ESTALE, "bad file handle")                         \
    X(badname, EINVAL, "invalid file name")                         \
    X(badchar, EILSEQ, "invalid character in file name")            \
    X(badtype, EINVAL, "wrong object type")                         \
    X(symlink, ELOOP, "object is a symbolic link")                  \
    X(badcookie, EINVAL, "stale directory cookie")                  \
    X(toosmall, EINVAL, "buffer too small")                         \
    X(toobig, E2BIG, "too big")                                     \
    X(notsame, EAGAIN, "attributes differ")                         \
    X(same, EAGAIN, "attributes are the same")                      \
    X(badowner, EINVAL, "unknown owner")                            \
    X(attrnotsup, EINVAL, "attribute not supported")                \
    X(delay, EAGAIN, "server asks to try later")                    \
    X(grace, EAGAIN, "server is in its grace period")               \
    X(no_grace, EIO, "reclaim outside of the grace period")         \
    X(reclaim_bad, EIO, "reclaim refused")                          \
    X(share_denied, EACCES, "denied by another open's share mode")  \
    X(denied, EAGAIN, "denied by a conflicting lock")               \
    X(locks_held, EBUSY, "locks are held")                          \
    X(openmode, EBADF, "not opened for this access")                \
    X(bad_stateid, EIO, "server does not know this open or lock")   \
    X(old_stateid, EIO, "outdated state id")                        \
    X(expired, EIO, "lease expired")                                \
    X(revoked, EIO, "state was revoked")                            \
    X(badsession, EIO, "server does not know this session")         \
    X(stale_clientid, EIO, "server does not know this client")      \
    X(wrongsec, EPERM, "server asks for another security flavour")  \
    X(moved, EREMOTE, "file system moved")                          \
    X(auth, EACCES, "credential refused by the server")             \
    X(protocol, EPROTO, "malformed message from peer")              \
    X(busy, EBUSY, "device or resource busy")                       \
    X(interrupted, EINTR, "interrupted")                            \
    X(timedout, ETIMEDOUT, "timed out")                             \
    X(cancelled, ECANCELED, "cancelled")                            \
    X(connrefused, ECONNREFUSED, "connection refused")              \
    X(connreset, ECONNRESET, "connection lost")                     \
    X(hostunreach, EHOSTUNREACH, "host unreachable")                \
    X(closed, EPIPE, "closed")                                      \
    X(serverfault, EREMOTEIO, "server fault")

enum class Errc : uint16_t {
    ok = 0,
#define X(name, number, text) name,
    STRAIT_ERRC_LIST(X)
#undef X
};

// The identifier, as in the list: "noent".
std::string_view errc_name(Errc code) noexcept;
// A sentence part for people: "no such file or directory".
std::string_view errc_text(Errc code) noexcept;
// The errno value that POSIX callers see; 0 for ok.
int to_errno(Errc code) noexcept;
// The nearest Errc of an errno value; unknown ones become io.
Errc from_errno(int number) noexcept;

}  // namespace strait
