// SPDX-License-Identifier: LGPL-2.1-or-later
// Making the store, finding nodes, attributes of files and of the file system.
#include "backend/local/local_store.h"
#include "vfs/file_mode.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <string>

namespace strait::local {

using namespace vfs;

namespace {

// Whether files of this directory's file system can share extents: tried once, with a file that has
// no name.
bool probe_clone(int directory) {
    Fd a(::openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    Fd b(::openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!a || !b) return false;
    char block[4096] = {1};
    if (::pwrite(a.get(), block, sizeof block, 0) != sizeof block) return false;
    return ::ioctl(b.get(), FICLONE, a.get()) == 0;
}

bool is_in_memory(int directory) {
    struct statfs fs;
    if (::fstatfs(directory, &fs) < 0) return false;
    return fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC;
}

size_t bounded_by_descriptors(size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return 256;
    return std::clamp<size_t>(limit.rlim_cur / 4, 64, wanted);
}

constexpr AttrMask of_statx = stat_mask | Attr::mounted_on_fileid;
constexpr AttrMask of_file_system{Attr::space_total,     Attr::space_free, Attr::space_available,
                                  Attr::files_total,     Attr::files_free, Attr::files_available,
                                  Attr::max_name,        Attr::max_link,   Attr::max_file_size,
                                  Attr::max_read,        Attr::max_write,  Attr::xattr_support,
                                  Attr::clone_block_size};

}  // namespace

Result<std::unique_ptr<LocalStore>> LocalStore::make(std::string_view directory,
                                                     LocalOptions options) {
    Fd root(::open(std::string(directory).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return fail(last_error());
    auto st = stat_fd(root.get());
    if (!st) return fail(st.error());
    if (::access("/proc/self/fd", X_OK) < 0) return fail(Errc::nosys);
    uint64_t verifier = 0;
    if (::getrandom(&verifier, sizeof verifier, 0) != sizeof verifier) return fail(last_error());
    options.known_files = bounded_by_descriptors(options.known_files);
    bool clones = probe_clone(root.get());
    std::unique_ptr<LocalStore> made(
        new LocalStore(std::move(root), device_of(*st), verifier, clones, options));
    auto path = open_entry(made->root_fd_.get(), ".");
    if (!path) return fail(path.error());
    auto node = made->known(std::move(*path));
    if (!node) return fail(node.error());
    made->root_ = std::move(*node);
    return made;
}

LocalStore::LocalStore(Fd root, uint64_t root_device, uint64_t verifier, bool clones,
                       LocalOptions options)
    : root_fd_(std::move(root)),
      root_device_(root_device),
      verifier_(verifier),
      clones_(clones),
      in_memory_(is_in_memory(root_fd_.get())),
      chowns_(::geteuid() == 0),
      own_uid_(::geteuid()),
      own_gid_(::getegid()),
      handles_(root_fd_.get(), root_device),
      nodes_(options.known_files) {}

Capabilities LocalStore::capabilities() const {
    Capabilities all;
    all.any_thread = true;
    all.stable_handles = true;
    all.xattrs = true;
    all.seek = true;
    all.allocate = true;
    all.copy = true;
    all.clone = clones_;
    all.rename_flags = true;
    return all;
}

Task<NodeRef> LocalStore::resolve(const Handle& handle) {
    if (LocalNodeRef node = nodes_.find(handle)) co_return NodeRef(std::move(node));
    Fd path = co_await handles_.open(handle);
    LocalNodeRef node = co_await known(std::move(path));
    co_return NodeRef(std::move(node));
}

Result<Handle> LocalStore::handle_of(Node& node) { return known_handle(local(node), nullptr); }

Result<Handle> LocalStore::known_handle(LocalNode& node, const struct statx* st) {
    if (Handle kept = node.handle(); !kept.empty()) return kept;
    auto made = handles_.of_fd(node.path_fd(), st);
    if (made) nodes_.keep_handle(node, *made);
    return made;
}

Result<LocalNodeRef> LocalStore::enter(LocalNode& directory, std::string_view name) {
    std::string text(name);
    auto path = open_entry(directory.path_fd(), text.c_str());
    if (!path) {
        // A mount inside the export is not ours to show.
        return fail(path.error().code == Errc::xdev ? Error(Errc::access) : path.error());
    }
    auto node = known(std::move(*path));
    if (node) handles_.seen(directory.key(), name, (*node)->key());
    return node;
}

Task<NodeRef> LocalStore::lookup(Node& directory, std::string_view name) {
    if (directory.type() == FileType::symlink) co_return Errc::symlink;
    if (!directory.is_directory()) co_return Errc::notdir;
    LocalNodeRef node = co_await enter(local(directory), name);
    co_return NodeRef(std::move(node));
}

bool LocalStore::beneath_root(int fd) const {
    auto at = open_entry(fd, ".");
    for (int depth = 0; at && depth < 4096; depth++) {
        auto st = stat_fd(at->get());
        if (!st) return false;
        FileKey key{device_of(*st), st->stx_ino};
        if (key == root_->key()) return true;
        auto up = open_entry(at->get(), "..");
        if (!up) return false;
        auto above = stat_fd(up->get());
        if (!above || (above->stx_ino == st->stx_ino && device_of(*above) == key.device))
            return false;
        at = std::move(up);
    }
    return false;
}

Task<NodeRef> LocalStore::parent(Node& directory) {
    if (directory.type() == FileType::symlink) co_return Errc::symlink;
    if (!directory.is_directory()) co_return Errc::notdir;
    if (&directory == root_.get()) co_return NodeRef(root_);
    // Somebody on the host may have moved the directory out of the export: then it has no parent
    // here.
    if (!beneath_root(local(directory).path_fd())) co_return Errc::noent;
    Fd up = co_await open_entry(local(directory).path_fd(), "..");
    LocalNodeRef node = co_await known(std::move(up));
    co_return NodeRef(std::move(node));
}

void LocalStore::fill(Attributes& out, const struct statx& st, AttrMask mask) const {
    out.valid |= mask & of_statx;
    out.type = vfs::type_of(st.stx_mode);
    out.mode = st.stx_mode & 07777;
    out.uid = st.stx_uid;
    out.gid = st.stx_gid;
    out.size = st.stx_size;
    out.space_used = st.stx_blocks * 512;
    out.nlink = st.stx_nlink;
    out.fsid = {root_device_ >> 32, root_device_ & 0xffffffff};
    out.change = change_of(st);
    out.rdev = {st.stx_rdev_major, st.stx_rdev_minor};
    out.atime = time_of(st.stx_atime);
    out.mtime = time_of(st.stx_mtime);
    out.ctime = time_of(st.stx_ctime);
    out.btime = time_of(st.stx_btime);
    if (!(st.stx_mask & STATX_BTIME)) out.valid = out.valid - AttrMask(Attr::btime);
}

void LocalStore::fill_file_system(Attributes& out, int fd) const {
    struct statvfs fs;
    if (::fstatvfs(fd, &fs) < 0) return;
    out.space_total = fs.f_blocks * fs.f_frsize;
    out.space_free = fs.f_bfree * fs.f_frsize;
    out.space_available = fs.f_bavail * fs.f_frsize;
    out.files_total = fs.f_files;
    out.files_free = fs.f_ffree;
    out.files_available = fs.f_favail;
    out.max_name = static_cast<uint32_t>(fs.f_namemax);
    out.max_link = 32000;
    out.max_file_size = INT64_MAX;
    out.max_read = capabilities().max_read;
    out.max_write = capabilities().max_write;
    out.xattr_support = true;
    out.clone_block_size = clones_ ? static_cast<uint32_t>(fs.f_bsize) : 0;
    out.valid |= of_file_system;
}

Task<Attributes> LocalStore::getattr(Node& node, AttrMask mask) {
    LocalNode& file = local(node);
    Attributes out;
    struct statx st = co_await stat_fd(file.path_fd());
    fill(out, st, mask);
    out.fileid = out.mounted_on_fileid = file.fileid();
    if (!(mask & of_file_system).empty()) fill_file_system(out, file.path_fd());
    if (mask.has(Attr::handle)) {
        out.handle = co_await known_handle(file, &st);
        out.valid |= Attr::handle;
    }
    co_return out;
}

Task<> LocalStore::opened(Node& node, OpenAccess access) {
    LocalNode& file = local(node);
    file.begin_open();
    if (node.type() != FileType::regular) co_return;
    const bool write = (static_cast<int>(access) & static_cast<int>(OpenAccess::write)) != 0;
    const auto io = file.io(write);
    if (io) co_return;
    file.end_open();
    co_await io.error();
}

void LocalStore::closed(Node& node) {
    local(node).end_open();
    nodes_.release(local(node));
}

}  // namespace strait::local
