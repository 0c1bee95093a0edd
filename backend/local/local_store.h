// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A directory of the host as a Store. Nothing outside of it is reachable: names are single
// components, symlinks are never followed here, other file systems mounted inside are not entered,
// and ".." stops at the root. Files are held by O_PATH descriptors of a bounded table. Steps are
// done inline (the page cache answers most); reads that would wait for a disk, and syncs, go
// through the core's reactor when there is one.

#include <memory>
#include <string_view>

#include "backend/local/handles.h"
#include "backend/local/node_table.h"
#include "vfs/store.h"

namespace strait::local {

struct LocalOptions {
    size_t known_files = 4096;  // nodes kept; each holds one descriptor, two once read or written
};

class LocalStore final : public vfs::Store {
  public:
    // `directory` must exist; Errc::notdir, Errc::noent, Errc::access otherwise. /proc must be
    // mounted (Errc::nosys).
    static Result<std::unique_ptr<LocalStore>> make(std::string_view directory,
                                                    LocalOptions options = {});

    vfs::Capabilities capabilities() const override;
    vfs::NodeRef root() override { return root_; }
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

    Task<> opened(vfs::Node& node, vfs::OpenAccess access) override;
    void closed(vfs::Node& node) override;

  private:
    LocalStore(Fd root, uint64_t root_device, uint64_t verifier, bool clones, LocalOptions options);
    // A file just made.
    struct Fresh {
        Pin pin;
        struct statx st;
    };
    Result<LocalNodeRef> known(Fd path) {
        return nodes_.intern({std::move(path), false}, root_device_);
    }
    Result<vfs::Handle> known_handle(LocalNode& node, const struct statx* st);
    Task<> sync_file(int fd, bool data_only) const;
    Result<LocalNodeRef> enter(LocalNode& directory, std::string_view name);
    Result<Fresh> make_entry(int directory, const char* name, const vfs::NewNode& what);
    Result<Pin> make_file(int directory, const char* name, const vfs::NewNode& what);
    bool ours_by_itself(const vfs::NewNode& what) const;
    Result<struct statx> dress(int fd, bool for_io, const vfs::NewNode& what);
    void fill(vfs::Attributes& out, const struct statx& st, vfs::AttrMask mask) const;
    void fill_file_system(vfs::Attributes& out, int fd) const;
    bool beneath_root(int fd) const;

    Fd root_fd_;
    uint64_t root_device_;
    uint64_t verifier_;  // of unstable writes: another one at each start
    bool clones_;        // the file system shares extents
    bool in_memory_;     // it is in memory alone: a sync waits for nothing
    bool chowns_;        // the process may give files away
    uid_t own_uid_;      // whose files are that the process makes
    gid_t own_gid_;
    SharedHandles handles_;
    SharedNodeTable nodes_;
    LocalNodeRef root_;
};

}  // namespace strait::local
