// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// MemoryStore: every step runs to its end at once under short mutexes, on whatever core it is
// called. Each step is a plain function returning Result; the Task form only wraps it.
//
// Lock order: tree, then one node, then the node table. Two nodes at once (copy, clone): by
// address.

#include <shared_mutex>

#include "backend/memory/node.h"
#include "backend/memory/node_table.h"
#include "backend/memory/options.h"

namespace strait::backend {

class MemoryStore final : public vfs::Store {
  public:
    explicit MemoryStore(const MemoryOptions& options);
    ~MemoryStore() override;

    static constexpr uint64_t max_file_size = INT64_MAX;
    static constexpr uint32_t max_link = INT32_MAX;
    static constexpr uint32_t max_xattr_size = 64u << 10;  // bytes of one value, as Linux has it

    vfs::Capabilities capabilities() const override;
    vfs::NodeRef root() override;
    Task<vfs::NodeRef> resolve(const vfs::Handle& handle) override;
    Result<vfs::Handle> handle_of(vfs::Node& node) override;
    Task<vfs::NodeRef> lookup(vfs::Node& directory, std::string_view name) override;
    Task<vfs::NodeRef> parent(vfs::Node& directory) override;
    Task<vfs::Attributes> getattr(vfs::Node& node, vfs::AttrMask mask) override;
    Task<> setattr(vfs::Node& node, const vfs::SetAttributes& attributes) override;
    Task<vfs::Made> create(vfs::Node& directory, std::string_view name,
                           const vfs::NewNode& what) override;
    Task<vfs::ChangeInfo> remove(vfs::Node& directory, std::string_view name,
                                 vfs::RemoveKind kind) override;
    Task<vfs::Rename::Result> rename(vfs::Node& from, std::string_view old_name, vfs::Node& to,
                                     std::string_view new_name, uint32_t flags) override;
    Task<vfs::ChangeInfo> link(vfs::Node& node, vfs::Node& directory,
                               std::string_view name) override;
    Task<Buffer> readlink(vfs::Node& node) override;
    Task<vfs::ReadDir::Result> readdir(vfs::Node& directory, const vfs::ReadDir& args) override;
    Task<vfs::Read::Result> read(vfs::Node& node, uint64_t offset, uint32_t count) override;
    Task<vfs::Write::Result> write(vfs::Node& node, uint64_t offset, const BufferChain& data,
                                   vfs::Stability stability) override;
    Task<vfs::Commit::Result> commit(vfs::Node& node, uint64_t offset, uint64_t count) override;
    Task<vfs::Seek::Result> seek(vfs::Node& node, bool hole, uint64_t offset) override;
    Task<> allocate(vfs::Node& node, uint64_t offset, uint64_t length) override;
    Task<> deallocate(vfs::Node& node, uint64_t offset, uint64_t length) override;
    Task<vfs::Copy::Result> copy(vfs::Node& from, uint64_t from_offset, vfs::Node& to,
                                 uint64_t to_offset, uint64_t length) override;
    Task<> clone(vfs::Node& from, uint64_t from_offset, vfs::Node& to, uint64_t to_offset,
                 uint64_t length) override;
    Task<Buffer> getxattr(vfs::Node& node, std::string_view name) override;
    Task<vfs::ChangeInfo> setxattr(vfs::Node& node, std::string_view name, Bytes value,
                                   vfs::SetXattr::Mode mode) override;
    Task<vfs::ListXattrs::Result> listxattrs(vfs::Node& node, uint64_t cookie,
                                             uint32_t max_bytes) override;
    Task<vfs::ChangeInfo> removexattr(vfs::Node& node, std::string_view name) override;

  private:
    struct RenameSides;

    // store.cc: identity and attributes
    Result<vfs::NodeRef> do_resolve(const vfs::Handle& handle);
    uint64_t generation(uint64_t fileid) const noexcept;
    vfs::Attributes attributes_of(MemoryNode& node, vfs::AttrMask mask);
    void space_attributes(vfs::Attributes& out) const;
    Result<void> do_setattr(MemoryNode& node, const vfs::SetAttributes& attributes);

    // names.cc
    Result<vfs::NodeRef> do_lookup(vfs::Node& directory, std::string_view name);
    Result<vfs::NodeRef> do_parent(vfs::Node& directory);
    Result<Ref<MemoryNode>> make_node(const vfs::NewNode& what);
    Result<vfs::Made> do_create(vfs::Node& directory, std::string_view name,
                                const vfs::NewNode& what);
    Result<vfs::ChangeInfo> do_remove(vfs::Node& directory, std::string_view name,
                                      vfs::RemoveKind kind);
    Result<vfs::ChangeInfo> do_link(vfs::Node& node, vfs::Node& directory, std::string_view name);
    Result<vfs::ReadDir::Result> do_readdir(vfs::Node& directory, const vfs::ReadDir& args);

    // rename.cc
    Result<vfs::Rename::Result> do_rename(vfs::Node& from, std::string_view old_name, vfs::Node& to,
                                          std::string_view new_name, uint32_t flags);

    // data.cc
    Result<vfs::Read::Result> do_read(FileNode& file, uint64_t offset, uint32_t count);
    Result<vfs::Write::Result> do_write(FileNode& file, uint64_t offset, const BufferChain& data);
    Result<void> resize(FileNode& file, uint64_t size);
    Result<void> grow_usage(uint64_t bytes);
    void settle_usage(FileNode& file, uint64_t before);
    Result<vfs::Seek::Result> do_seek(FileNode& file, bool hole, uint64_t offset);
    Result<void> do_allocate(FileNode& file, uint64_t offset, uint64_t length);
    Result<void> do_deallocate(FileNode& file, uint64_t offset, uint64_t length);
    Result<uint64_t> transfer(FileNode& from, uint64_t from_offset, FileNode& to,
                              uint64_t to_offset, uint64_t length);

    // xattrs.cc
    Result<Buffer> do_getxattr(MemoryNode& node, std::string_view name);
    Result<vfs::ChangeInfo> do_setxattr(MemoryNode& node, std::string_view name, Bytes value,
                                        vfs::SetXattr::Mode mode);
    Result<vfs::ListXattrs::Result> do_listxattrs(MemoryNode& node, uint64_t cookie,
                                                  uint32_t max_bytes);
    Result<vfs::ChangeInfo> do_removexattr(MemoryNode& node, std::string_view name);

    const MemoryOptions options_;
    const uint64_t instance_;  // random: handles of another run are stale; also the write verifier
    const uint64_t secret_;    // random: makes generations unguessable
    NodeTable table_;
    std::shared_mutex tree_;
    std::atomic<uint64_t> next_fileid_{2};
    Ref<DirectoryNode> root_;
};

inline MemoryNode& as_memory(vfs::Node& node) { return static_cast<MemoryNode&>(node); }
// Errc::notdir, or Errc::symlink when it is one.
Result<DirectoryNode*> as_directory(vfs::Node& node);
// Errc::isdir, Errc::badtype.
Result<FileNode*> as_file(vfs::Node& node);

}  // namespace strait::backend
