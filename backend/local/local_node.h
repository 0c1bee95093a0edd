// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A file of the host that is known at the moment: a descriptor that pins it (O_PATH, or the one by
// which we made it, which is good for I/O), and one for I/O once that was asked for.

#include <atomic>
#include <mutex>
#include <optional>

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

// What holds a file.
struct Pin {
    Fd fd;
    bool for_io = false;  // open for reading and writing, not O_PATH
};

class LocalNode final : public vfs::Node {
  public:
    LocalNode(FileKey key, uint64_t fileid, vfs::FileType type, Pin pin)
        : Node(fileid, type), key_(key), pin_(std::move(pin)) {}

    const FileKey& key() const noexcept { return key_; }
    // For what an O_PATH descriptor is good for.
    int path_fd() const noexcept { return pin_.fd.get(); }
    ProcPath proc_path() const { return ProcPath(pin_.fd.get()); }
    // A descriptor for reading, or for both when `write`; opened at first use and kept with the
    // node.
    Result<int> io_fd(bool write);
    // Its handle, empty until keep_handle(): the same ever after.
    vfs::Handle handle() const;
    // False: it had one.
    bool keep_handle(const vfs::Handle& handle);

    std::atomic<bool> unlinked{
        false};  // its last name is gone: forget it as soon as nobody uses it
    std::atomic<uint32_t> opens{0};

  private:
    const FileKey key_;
    const Pin pin_;
    mutable std::mutex mutex_;  // guards those below; they stay once set
    Fd read_only_;
    Fd read_write_;
    vfs::Handle handle_;
};
using LocalNodeRef = Ref<LocalNode>;

inline LocalNode& local(vfs::Node& node) { return static_cast<LocalNode&>(node); }

}  // namespace strait::local
