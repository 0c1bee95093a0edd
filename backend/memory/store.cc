// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/store.h"

#include <random>

#include "backend/memory/memory.h"

namespace strait::backend {

using namespace vfs;

namespace {
constexpr uint64_t directory_size = 4096;  // bytes

uint64_t random_number() {
    std::random_device source;
    return (uint64_t{source()} << 32) | source();
}

// The form of a handle.
struct HandleBytes {
    uint64_t instance, fileid, generation;
};

}  // namespace

Result<std::unique_ptr<Store>> make_memory_store(std::string_view options) {
    auto parsed = MemoryOptions::parse(options);
    if (!parsed) return fail(parsed.error());
    return std::make_unique<MemoryStore>(*parsed);
}

Result<DirectoryNode*> as_directory(Node& node) {
    if (node.type() == FileType::symlink) return fail(Errc::symlink);
    if (!node.is_directory()) return fail(Errc::notdir);
    return static_cast<DirectoryNode*>(&node);
}

Result<FileNode*> as_file(Node& node) {
    if (node.is_directory()) return fail(Errc::isdir);
    if (node.type() != FileType::regular) return fail(Errc::badtype);
    return static_cast<FileNode*>(&node);
}

MemoryStore::MemoryStore(const MemoryOptions& options)
    : options_(options), instance_(random_number()), secret_(random_number()) {
    NewNode what{.type = FileType::directory,
                 .mode = options.root_mode,
                 .uid = options.root_uid,
                 .gid = options.root_gid};
    root_ = make_ref<DirectoryNode>(table_, next_fileid_++, what);
    root_->nlink = 2;
    root_->parent = root_.get();
    table_.usage.files++;
    table_.insert(*root_);
}

// Takes the tree apart flat: a chain of nested directories would destroy itself by recursion.
MemoryStore::~MemoryStore() {
    std::vector<Ref<DirectoryNode>> directories = table_.directories();
    for (auto& directory : directories) directory->take_entries();
}

Capabilities MemoryStore::capabilities() const {
    return {.any_thread = true,
            .xattrs = true,
            .seek = true,
            .allocate = true,
            .copy = true,
            .clone = true,
            .rename_flags = true};
}

NodeRef MemoryStore::root() { return root_; }

uint64_t MemoryStore::generation(uint64_t fileid) const noexcept {
    uint64_t mixed = (fileid ^ secret_) * 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 29)) * 0xbf58476d1ce4e5b9u;
    return mixed ^ (mixed >> 32);
}

Result<Handle> MemoryStore::handle_of(Node& node) {
    HandleBytes raw{instance_, node.fileid(), generation(node.fileid())};
    return Handle::from(std::as_bytes(std::span(&raw, 1)));
}

Result<NodeRef> MemoryStore::do_resolve(const Handle& handle) {
    HandleBytes raw;
    if (handle.size() != sizeof raw) return fail(Errc::badhandle);
    std::memcpy(&raw, handle.bytes().data(), sizeof raw);
    if (raw.instance != instance_) return fail(Errc::stale);
    if (raw.generation != generation(raw.fileid)) return fail(Errc::badhandle);
    Ref<MemoryNode> found = table_.find(raw.fileid);
    if (!found) return fail(Errc::stale);
    return NodeRef(std::move(found));
}

Task<NodeRef> MemoryStore::resolve(const Handle& handle) { co_return do_resolve(handle); }

Task<Attributes> MemoryStore::getattr(Node& node, AttrMask mask) {
    co_return attributes_of(as_memory(node), mask);
}

Task<> MemoryStore::setattr(Node& node, const SetAttributes& attributes) {
    co_await do_setattr(as_memory(node), attributes);
}

Attributes MemoryStore::attributes_of(MemoryNode& node, AttrMask mask) {
    static constexpr AttrMask known =
        stat_mask | statfs_mask | AttrMask{Attr::handle,           Attr::mounted_on_fileid,
                                           Attr::max_read,         Attr::max_write,
                                           Attr::max_link,         Attr::max_file_size,
                                           Attr::clone_block_size, Attr::xattr_support};
    Attributes out;
    out.valid = mask & known;
    out.type = node.type();
    out.fileid = out.mounted_on_fileid = node.fileid();
    out.fsid = {instance_, 0};
    out.rdev = node.rdev;
    if (mask.has(Attr::handle)) out.handle = *handle_of(node);
    if (!(mask & (statfs_mask - Attr::fsid)).empty()) space_attributes(out);
    out.max_read = capabilities().max_read;
    out.max_write = capabilities().max_write;
    out.max_link = max_link;
    out.max_file_size = max_file_size;
    out.clone_block_size = ExtentMap::page;
    out.xattr_support = true;

    std::lock_guard hold(node.mutex);
    out.mode = node.mode;
    out.uid = node.uid;
    out.gid = node.gid;
    out.nlink = node.nlink;
    out.size = node.size;
    // As on most disks: programs ask "test -s" of directories, too.
    if (node.type() == FileType::directory) out.size = directory_size;
    if (node.type() == FileType::regular)
        out.space_used = static_cast<FileNode&>(node).data.allocated();
    out.change = node.change;
    out.atime = node.atime;
    out.mtime = node.mtime;
    out.ctime = node.ctime;
    out.btime = node.btime;
    return out;
}

void MemoryStore::space_attributes(Attributes& out) const {
    uint64_t bytes = std::min(table_.usage.bytes.load(), options_.size_bytes);
    uint64_t files = std::min(table_.usage.files.load(), options_.files);
    out.space_total = options_.size_bytes;
    out.space_free = out.space_available = options_.size_bytes - bytes;
    out.files_total = options_.files;
    out.files_free = out.files_available = options_.files - files;
    out.max_name = 255;
}

Result<void> MemoryStore::do_setattr(MemoryNode& node, const SetAttributes& wanted) {
    if (wanted.size) {
        if (node.is_directory()) return fail(Errc::isdir);
        if (node.type() != FileType::regular) return fail(Errc::inval);
        if (*wanted.size > max_file_size) return fail(Errc::fbig);
    }
    std::lock_guard hold(node.mutex);
    if (wanted.size)
        if (auto done = resize(static_cast<FileNode&>(node), *wanted.size); !done) return done;
    if (wanted.mode) node.mode = *wanted.mode & 07777;
    if (wanted.uid) node.uid = *wanted.uid;
    if (wanted.gid) node.gid = *wanted.gid;
    if (!wanted.empty()) node.changed();
    if (wanted.size) node.mtime = node.ctime;
    if (wanted.atime) node.atime = wanted.atime->server_clock ? node.ctime : wanted.atime->value;
    if (wanted.mtime) node.mtime = wanted.mtime->server_clock ? node.ctime : wanted.mtime->value;
    return {};
}

}  // namespace strait::backend
