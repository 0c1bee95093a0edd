// SPDX-License-Identifier: LGPL-2.1-or-later
// Names: create, remove, rename, link, readlink.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/sysmacros.h>

#include <string>

#include "backend/local/local_store.h"
#include "backend/local/verifier.h"
#include "vfs/file_mode.h"

namespace strait::local {

using namespace vfs;

namespace {

// A directory's change counter before an operation, and around it.
class Around {
  public:
    explicit Around(LocalNode& directory, const Attributes* before = nullptr)
        : directory_(directory), before_(before ? before->change : now()) {}
    ChangeInfo done() const { return {false, before_, now()}; }

  private:
    uint64_t now() const {
        auto st = stat_fd(directory_.path_fd());
        return st ? change_of(*st) : 0;
    }
    LocalNode& directory_;
    uint64_t before_;
};

Error directory_error(Node& directory) {
    return directory.type() == FileType::symlink ? Error(Errc::symlink) : Error(Errc::notdir);
}

}  // namespace

// The kernel gives a new file to this process, and to its group or to the directory's.
bool LocalStore::ours_by_itself(const NewNode& what) const {
    return what.uid == own_uid_ && what.gid == own_gid_ && what.directory &&
           what.directory->gid == own_gid_;
}

// Open for I/O at once: an owner needs no permission for that.
Result<Pin> LocalStore::make_file(int directory, const char* name, const NewNode& what) {
    const bool plain = ours_by_itself(what) && (what.mode & 07000) == 0;
    Fd file(::openat(directory, name, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | io_flags,
                     plain ? what.mode : 0600));
    if (!file) return fail(last_error());
    // At once: should the server end before it is dressed, the create sent again finds it.
    if (what.exclusive) keep_verifier(file.get(), what.verifier);
    return Pin{std::move(file), true};
}

// Made for its owner alone, as long as that is not who it is for; the rest is set before anybody
// can know the node.
Result<LocalStore::Fresh> LocalStore::make_entry(int directory, const char* name,
                                                 const NewNode& what) {
    Pin pin;
    int done = 0;
    switch (what.type) {
        case FileType::directory:
            done = ::mkdirat(directory, name, 0700);
            break;
        case FileType::symlink:
            done = ::symlinkat(std::string(what.target).c_str(), directory, name);
            break;
        case FileType::regular: {
            auto file = make_file(directory, name, what);
            if (!file) return fail(file.error());
            pin = std::move(*file);
            break;
        }
        case FileType::block:
        case FileType::character:
        case FileType::fifo:
        case FileType::socket:
            done = ::mknodat(directory, name, vfs::type_bits(what.type) | 0600,
                             ::makedev(what.device.major, what.device.minor));
            break;
        case FileType::none:
            return fail(Errc::badtype);
    }
    if (done < 0) return fail(last_error());
    if (!pin.fd) {
        auto path = open_entry(directory, name);
        if (!path) return fail(path.error());
        pin.fd = std::move(*path);
    }
    auto st = dress(pin.fd.get(), pin.for_io, what);
    if (!st) return fail(st.error());
    return Fresh{std::move(pin), *st};
}

// Owner and mode, where they are others. What statx said before.
Result<struct statx> LocalStore::dress(int fd, bool for_io, const NewNode& what) {
    auto st = stat_fd(fd);
    if (!st) return st;
    const bool given = st->stx_uid != what.uid || st->stx_gid != what.gid;
    // Without privilege every file belongs to the server's own user.
    if (given && ::fchownat(fd, "", what.uid, what.gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0 &&
        chowns_)
        return fail(last_error());
    // A new owner takes setuid and setgid away.
    const bool bare = (st->stx_mode & 07777) != what.mode || (given && (what.mode & 07000));
    if (what.type == FileType::symlink || !bare) return st;
    const int done = for_io ? ::fchmod(fd, what.mode) : ::chmod(ProcPath(fd).c_str(), what.mode);
    if (done < 0) return fail(last_error());
    return st;
}

Task<Made> LocalStore::create(Node& directory, std::string_view name, const NewNode& what) {
    if (!directory.is_directory()) co_return directory_error(directory);
    LocalNode& parent = local(directory);
    Around change(parent, what.directory);
    std::string text(name);
    auto fresh = make_entry(parent.path_fd(), text.c_str(), what);
    if (!fresh && fresh.error().code == Errc::exist && what.exclusive) {
        LocalNodeRef there = co_await enter(parent, name);
        if (!was_made_with(there->path_fd(), what.verifier)) co_return Errc::exist;
        co_await dress(there->path_fd(), false, what);
        co_return Made{NodeRef(there), false, change.done()};
    }
    if (!fresh) co_return fresh.error();
    LocalNodeRef node = co_await nodes_.intern(std::move(fresh->pin), root_device_, &fresh->st);
    handles_.seen(parent.key(), name, node->key());
    co_return Made{NodeRef(std::move(node)), true, change.done()};
}

Task<ChangeInfo> LocalStore::remove(Node& directory, std::string_view name, RemoveKind kind) {
    if (!directory.is_directory()) co_return directory_error(directory);
    LocalNode& parent = local(directory);
    std::string text(name);
    struct statx st = co_await stat_entry(parent.path_fd(), text.c_str());
    Around change(parent);
    bool rmdir = kind == RemoveKind::directory || (kind == RemoveKind::any && S_ISDIR(st.stx_mode));
    if (::unlinkat(parent.path_fd(), text.c_str(), rmdir ? AT_REMOVEDIR : 0) < 0)
        co_return last_error();
    nodes_.name_removed({device_of(st), st.stx_ino});
    co_return change.done();
}

Task<Rename::Result> LocalStore::rename(Node& from, std::string_view old_name, Node& to,
                                        std::string_view new_name, uint32_t flags) {
    if (!from.is_directory()) co_return directory_error(from);
    if (!to.is_directory()) co_return directory_error(to);
    std::string source(old_name);
    std::string target(new_name);
    LocalNode& source_directory = local(from);
    LocalNode& target_directory = local(to);
    auto moved = stat_entry(source_directory.path_fd(), source.c_str());
    auto replaced = stat_entry(target_directory.path_fd(), target.c_str());
    Around source_change(source_directory);
    Around target_change(target_directory);
    unsigned native = (flags & rename_noreplace ? RENAME_NOREPLACE : 0) |
                      (flags & rename_exchange ? RENAME_EXCHANGE : 0);
    if (::renameat2(source_directory.path_fd(), source.c_str(), target_directory.path_fd(),
                    target.c_str(), native) < 0)
        co_return last_error();
    if (moved) handles_.seen(target_directory.key(), new_name, {device_of(*moved), moved->stx_ino});
    if (replaced && (flags & rename_exchange))
        handles_.seen(source_directory.key(), old_name, {device_of(*replaced), replaced->stx_ino});
    else if (replaced)
        nodes_.name_removed({device_of(*replaced), replaced->stx_ino});
    co_return Rename::Result{source_change.done(), target_change.done()};
}

Task<ChangeInfo> LocalStore::link(Node& node, Node& directory, std::string_view name) {
    if (node.is_directory()) co_return Errc::isdir;
    if (!directory.is_directory()) co_return directory_error(directory);
    LocalNode& parent = local(directory);
    Around change(parent);
    std::string text(name);
    if (::linkat(AT_FDCWD, local(node).proc_path().c_str(), parent.path_fd(), text.c_str(),
                 AT_SYMLINK_FOLLOW) < 0)
        co_return last_error();
    handles_.seen(parent.key(), name, local(node).key());
    co_return change.done();
}

Task<Buffer> LocalStore::readlink(Node& node) {
    if (node.type() != FileType::symlink) co_return Errc::inval;
    Buffer target = Buffer::allocate(PATH_MAX);
    ssize_t size = ::readlinkat(local(node).path_fd(), "", reinterpret_cast<char*>(target.data()),
                                target.size());
    if (size < 0) co_return last_error();
    target.trim_to(static_cast<size_t>(size));
    co_return target;
}

}  // namespace strait::local
