// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a storage backend offers: single steps. StepBackend makes compounds of them and adds, once
// for all, the access decision, share modes, locks, setgid inheritance and clearing of setuid bits.
// So a Store checks types and names (noent, exist, notdir, isdir, notempty, ...) but no permission
// and no lease. Every step may be called on any core, concurrently.

#include "base/task.h"
#include "vfs/backend.h"
#include "vfs/compound.h"

namespace strait::vfs {

// A file that is known at the moment. Canonical: at most one live Node of a Store for one file, so
// its address is its identity. A Node that is referenced stays readable and writable after its last
// name is gone.
class Node : public RefCounted {
  public:
    Node(uint64_t fileid, FileType type) noexcept : fileid_(fileid), type_(type) {}
    uint64_t fileid() const noexcept { return fileid_; }
    FileType type() const noexcept { return type_; }
    bool is_directory() const noexcept { return type_ == FileType::directory; }

  private:
    const uint64_t fileid_;
    const FileType type_;
};
using NodeRef = Ref<Node>;

// A new object as StepBackend wants it: owner and mode are final (umask, setgid and squash are
// done).
struct NewNode {
    FileType type = FileType::regular;
    uint32_t mode = 0;
    uint32_t uid = 0;
    uint32_t gid = 0;
    std::string_view target;
    Device device;
    std::array<std::byte, 8> verifier{};  // exclusive create: kept with it, not in its times
    bool exclusive = false;
    // The directory as it was just before: access_mask and its change counter.
    const Attributes* directory = nullptr;
};
struct Made {
    NodeRef node;
    bool created = true;  // false: the exclusive create was done before with this verifier
    ChangeInfo directory;
};

class Store {
  public:
    virtual ~Store() = default;

    virtual Capabilities capabilities() const = 0;
    virtual NodeRef root() = 0;
    virtual Task<NodeRef> resolve(const Handle& handle) = 0;  // stale, badhandle
    virtual Result<Handle> handle_of(Node& node) = 0;
    virtual Task<NodeRef> lookup(
        Node& directory, std::string_view name) = 0;    // noent, notdir, symlink (directory is one)
    virtual Task<NodeRef> parent(Node& directory) = 0;  // the root's parent is the root
    virtual Task<Attributes> getattr(Node& node,
                                     AttrMask mask) = 0;  // answers at least what it knows of mask
    virtual Task<> setattr(
        Node& node, const SetAttributes& attributes) = 0;  // size of a non-file: isdir, inval

    virtual Task<Made> create(Node& directory, std::string_view name,
                              const NewNode& what) = 0;  // exist
    virtual Task<ChangeInfo> remove(Node& directory, std::string_view name,
                                    RemoveKind kind) = 0;  // noent, isdir, notdir, notempty
    virtual Task<Rename::Result> rename(Node& from, std::string_view old_name, Node& to,
                                        std::string_view new_name, uint32_t flags) = 0;
    virtual Task<ChangeInfo> link(Node& node, Node& directory,
                                  std::string_view name) = 0;  // exist, mlink, isdir
    virtual Task<Buffer> readlink(Node& node) = 0;             // inval
    virtual Task<ReadDir::Result> readdir(Node& directory, const ReadDir& args) = 0;  // badcookie

    // Data. Offsets and counts are checked against overflow by the caller. Reading past the end
    // gives no bytes and eof.
    virtual Task<Read::Result> read(Node& node, uint64_t offset, uint32_t count) = 0;
    virtual Task<Write::Result> write(Node& node, uint64_t offset, const BufferChain& data,
                                      Stability stability) = 0;
    virtual Task<Commit::Result> commit(Node& node, uint64_t offset, uint64_t count) = 0;
    virtual Task<Seek::Result> seek(Node& node, bool hole,
                                    uint64_t offset) = 0;  // nxio past the end
    virtual Task<> allocate(Node& node, uint64_t offset, uint64_t length) = 0;
    virtual Task<> deallocate(Node& node, uint64_t offset, uint64_t length) = 0;
    virtual Task<Copy::Result> copy(Node& from, uint64_t from_offset, Node& to, uint64_t to_offset,
                                    uint64_t length) = 0;
    virtual Task<> clone(Node& from, uint64_t from_offset, Node& to, uint64_t to_offset,
                         uint64_t length) = 0;

    // Extended attributes of the user namespace, names without prefix.
    virtual Task<Buffer> getxattr(Node& node, std::string_view name) = 0;  // nodata
    virtual Task<ChangeInfo> setxattr(Node& node, std::string_view name, Bytes value,
                                      SetXattr::Mode mode) = 0;
    virtual Task<ListXattrs::Result> listxattrs(Node& node, uint64_t cookie,
                                                uint32_t max_bytes) = 0;
    virtual Task<ChangeInfo> removexattr(Node& node, std::string_view name) = 0;  // nodata

    // The first open of a node began / its last one ended: a store may keep what makes I/O quick.
    virtual Task<> opened(Node& node, OpenAccess access) {
        (void)node;
        (void)access;
        co_return;
    }
    virtual void closed(Node& node) { (void)node; }
};

}  // namespace strait::vfs
