// SPDX-License-Identifier: LGPL-2.1-or-later
// Setting attributes, and extended attributes of the user name space.
#include <fcntl.h>
#include <sys/xattr.h>

#include <string>

#include "backend/local/local_store.h"
#include "backend/local/verifier.h"

namespace strait::local {

using namespace vfs;

namespace {

timespec spec_of(const std::optional<SetTime>& time) {
    if (!time) return {0, UTIME_OMIT};
    if (time->server_clock) return {0, UTIME_NOW};
    return {time->value.seconds, static_cast<long>(time->value.nanoseconds)};
}

std::string user_name(std::string_view name) { return "user." + std::string(name); }

ChangeInfo around(const struct statx& before, const Result<struct statx>& after) {
    return {false, change_of(before), after ? change_of(*after) : change_of(before) + 1};
}

// ENOTSUP where the object or file system keeps none.
Error xattr_error() { return errno == EPERM ? Error(Errc::notsup) : last_error(); }

}  // namespace

Task<> LocalStore::setattr(Node& node, const SetAttributes& attributes) {
    LocalNode& file = local(node);
    ProcPath path = file.proc_path();
    if (attributes.size) {
        if (node.is_directory()) co_await Errc::isdir;
        const LocalNode::Io io = co_await file.io(true);
        if (::ftruncate(io.get(), static_cast<off_t>(*attributes.size)) < 0) co_await last_error();
    }
    if (attributes.uid || attributes.gid) {
        uid_t uid = attributes.uid ? *attributes.uid : static_cast<uid_t>(-1);
        gid_t gid = attributes.gid ? *attributes.gid : static_cast<gid_t>(-1);
        if (::fchownat(file.path_fd(), "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0)
            co_await last_error();
    }
    // After the owner: chown clears setuid and setgid.
    if (attributes.mode && node.type() != FileType::symlink &&
        ::chmod(path.c_str(), *attributes.mode) < 0)
        co_await last_error();
    if (attributes.atime || attributes.mtime) {
        timespec times[2] = {spec_of(attributes.atime), spec_of(attributes.mtime)};
        if (::utimensat(file.path_fd(), "", times, AT_EMPTY_PATH) < 0) co_await last_error();
    }
}

Task<Buffer> LocalStore::getxattr(Node& node, std::string_view name) {
    ProcPath path = local(node).proc_path();
    std::string full = user_name(name);
    for (;;) {
        ssize_t size = ::getxattr(path.c_str(), full.c_str(), nullptr, 0);
        if (size < 0) co_return xattr_error();
        Buffer value = Buffer::allocate(static_cast<size_t>(size));
        if (size == 0) co_return value;
        ssize_t got = ::getxattr(path.c_str(), full.c_str(), value.data(), value.size());
        if (got < 0 && errno == ERANGE) continue;  // it grew meanwhile
        if (got < 0) co_return xattr_error();
        value.trim_to(static_cast<size_t>(got));
        co_return value;
    }
}

Task<ChangeInfo> LocalStore::setxattr(Node& node, std::string_view name, Bytes value,
                                      SetXattr::Mode mode) {
    LocalNode& file = local(node);
    struct statx before = co_await stat_fd(file.path_fd());
    int flags = mode == SetXattr::Mode::create    ? XATTR_CREATE
                : mode == SetXattr::Mode::replace ? XATTR_REPLACE
                                                  : 0;
    if (::setxattr(file.proc_path().c_str(), user_name(name).c_str(), value.data(), value.size(),
                   flags) < 0)
        co_return xattr_error();
    co_return around(before, stat_fd(file.path_fd()));
}

Task<ListXattrs::Result> LocalStore::listxattrs(Node& node, uint64_t cookie, uint32_t max_bytes) {
    ProcPath path = local(node).proc_path();
    std::string all(64 << 10, '\0');  // XATTR_LIST_MAX
    ssize_t size = ::listxattr(path.c_str(), all.data(), all.size());
    if (size < 0) co_return xattr_error();
    ListXattrs::Result out;
    Buffer kept = Buffer::copy_of(std::string_view(all.data(), static_cast<size_t>(size)));
    std::string_view rest = kept.text();
    uint64_t index = 0;
    uint32_t room = max_bytes;
    out.eof = true;
    while (!rest.empty()) {
        std::string_view name = rest.substr(0, rest.find('\0'));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        if (!name.starts_with("user.") || name == own_verifier_xattr) continue;
        if (index++ < cookie) continue;
        name.remove_prefix(5);
        uint32_t cost = static_cast<uint32_t>(name.size() + 8);
        if (cost > room) {
            if (out.names.empty()) co_return Errc::toosmall;
            out.eof = false;
            index--;
            break;
        }
        room -= cost;
        out.names.push_back(name);
    }
    out.cookie = index;
    out.storage.push_back(std::move(kept));
    co_return out;
}

Task<ChangeInfo> LocalStore::removexattr(Node& node, std::string_view name) {
    LocalNode& file = local(node);
    struct statx before = co_await stat_fd(file.path_fd());
    if (::removexattr(file.proc_path().c_str(), user_name(name).c_str()) < 0)
        co_return xattr_error();
    co_return around(before, stat_fd(file.path_fd()));
}

}  // namespace strait::local
