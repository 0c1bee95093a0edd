// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What all open files share: the node they are open on. By itself it is an O_PATH open.

#include "vfs/mount.h"

namespace strait::vfs {

class OpenNode : public OpenFile {
  public:
    struct Opened {
        MountRef mount;
        Handle handle;
        FileType type;
        OpenFlags flags;
        std::string path;      // as asked for
        std::string physical;  // within the mount
        CredentialRef as;      // on whose behalf; null: the mount's user
    };
    explicit OpenNode(Opened opened);
    ~OpenNode() override;

    Mount& mount() const { return *node_.mount; }
    const Handle& handle() const { return node_.handle; }
    const CredentialRef& as() const { return node_.as; }
    const std::string& physical() const { return node_.physical; }
    // This node, or a directory above it, has a new name.
    void moved_to(std::string physical) {
        node_.physical = std::move(physical);
        moved_at_ = mount().hold().now();
        if (named_ != Named::removed) named_ = Named::moved;
    }
    // What is held of changes below it since then goes by its new name only.
    Hold::Tick moved_at() const { return moved_at_; }
    void was_removed() { named_ = Named::removed; }
    // After it was removed itself: its ".." has no name either.
    void parent_was_removed() { orphan_ = true; }
    bool orphan() const { return orphan_; }

    Named named() const override { return named_; }
    FileType type() const override { return node_.type; }
    OpenFlags flags() const override { return node_.flags; }
    void set_append(bool append) override { node_.flags.append = append; }
    std::string_view path() const override { return node_.path; }
    Known known() const override;

    Task<BufferChain> read(size_t count) override;
    Task<BufferChain> read_at(uint64_t offset, size_t count) override;
    Task<size_t> write(BufferChain data) override;
    Task<size_t> write_at(uint64_t offset, BufferChain data) override;
    Task<uint64_t> seek(int64_t offset, Whence whence) override;
    // One that was removed meanwhile has no links, and what was known of it last.
    Task<Attributes> stat(AttrMask mask) override;
    Task<Attributes> statfs() override;
    Task<> setattr(const SetAttributes& attributes) override;
    Task<> fsync(bool data_only) override;
    Task<> flush() override;
    Task<> allocate(uint64_t offset, uint64_t length) override;
    Task<> deallocate(uint64_t offset, uint64_t length) override;
    Task<uint64_t> copy_to(OpenFile& target, uint64_t from, uint64_t to, uint64_t count) override;
    Task<> clone_to(OpenFile& target, uint64_t from, uint64_t to, uint64_t count) override;
    Task<> lock(LockKind kind, uint64_t offset, uint64_t length, uint64_t owner,
                bool wait) override;
    Task<> unlock(uint64_t offset, uint64_t length, uint64_t owner) override;
    Task<std::optional<LockConflict>> test_lock(LockKind kind, uint64_t offset, uint64_t length,
                                                uint64_t owner) override;
    Task<std::vector<DirEntry>> list(uint64_t cookie, uint32_t max_bytes,
                                     ReadDir::Result& storage) override;
    Task<> close() override;

  protected:
    // A program that begins at this node.
    Compound at_node() const {
        Compound made = node_.mount->program(node_.as);
        made.put(node_.handle);
        return made;
    }
    // Errors of data calls on what has no data: badf (O_PATH), isdir.
    Errc no_data() const;

    Opened node_;

  private:
    Named named_ = Named::as_opened;
    bool orphan_ = false;
    Hold::Tick moved_at_ = 0;
};

// Asks for the attributes of one node and takes them into the hold.
Task<Attributes> fetch_attributes(Mount& mount, Handle handle, AttrMask mask);

}  // namespace strait::vfs
