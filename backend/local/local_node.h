// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A file of the host that is known at the moment: an O_PATH descriptor that pins it, and one for
// I/O once that was asked for.

#include <atomic>
#include <mutex>

#include "backend/local/sys.h"
#include "vfs/store.h"

namespace strait::local {

struct FileKey {
    uint64_t device = 0;
    uint64_t inode = 0;
    friend bool operator==(const FileKey&, const FileKey&) = default;
};
struct FileKeyHash {
    size_t operator()(const FileKey& key) const noexcept {
        return std::hash<uint64_t>()(key.inode * 0x9e3779b97f4a7c15u ^ key.device);
    }
};

// Subvolumes repeat inode numbers under other device numbers: mix the device in unless it is the
// root's own.
inline uint64_t fileid_of(const FileKey& key, uint64_t root_device) {
    if (key.device == root_device) return key.inode;
    return key.inode ^ (key.device * 0x9e3779b97f4a7c15u | (uint64_t{1} << 63));
}

class LocalNode final : public vfs::Node {
  public:
    LocalNode(FileKey key, Timestamp birth, uint64_t fileid, vfs::FileType type, Fd path)
        : Node(fileid, type), key_(key), birth_(birth), path_(std::move(path)) {}

    const FileKey& key() const noexcept { return key_; }
    // Birth time, where the file system keeps one: tells a reused inode number from the old file.
    Timestamp birth() const noexcept { return birth_; }
    int path_fd() const noexcept { return path_.get(); }
    ProcPath proc_path() const { return ProcPath(path_.get()); }
    // A descriptor for reading, or for both when `write`; opened at first use and kept with the
    // node.
    Result<int> io_fd(bool write);
    // Closes what io_fd() keeps; the caller knows that no I/O is under way.
    void drop_io();

    std::atomic<bool> unlinked{
        false};  // its last name is gone: forget it as soon as nobody uses it
    std::atomic<uint32_t> opens{0};

  private:
    const FileKey key_;
    const Timestamp birth_;
    Fd path_;
    std::mutex mutex_;  // guards the opening of the two below; they stay once set, until drop_io
    Fd read_only_;
    Fd read_write_;
};
using LocalNodeRef = Ref<LocalNode>;

inline LocalNode& local(vfs::Node& node) { return static_cast<LocalNode&>(node); }

}  // namespace strait::local
