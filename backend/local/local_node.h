// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A file of the host that is known at the moment: a descriptor that pins it (O_PATH, or at first
// the one by which we made it, which is good for I/O), and those for I/O once they were asked for.
// None is open for writing once nobody has the file open: the host could not execute it (ETXTBSY).

#include <atomic>
#include <mutex>
#include <utility>

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

    // A descriptor that is good as long as this lives, which the node outlives.
    class Io {
      public:
        Io(LocalNode& node, int fd) noexcept : node_(&node), fd_(fd) {}
        Io(Io&& other) noexcept : node_(std::exchange(other.node_, nullptr)), fd_(other.fd_) {}
        Io& operator=(Io&&) = delete;
        ~Io() {
            if (node_) node_->end_io();
        }
        int get() const noexcept { return fd_; }

      private:
        LocalNode* node_;
        int fd_;
    };
    // For reading, or for both when `write`; opened at first use.
    Result<Io> io(bool write);
    void begin_open();
    void end_open();

    // Its handle, empty until keep_handle(): the same ever after.
    vfs::Handle handle() const;
    // False: it had one.
    bool keep_handle(const vfs::Handle& handle);

    std::atomic<bool> unlinked{
        false};  // its last name is gone: forget it as soon as nobody uses it

  private:
    void end_io();
    void leave_writing();
    Result<int> descriptor(bool write);

    const FileKey key_;
    mutable std::mutex mutex_;  // guards those below, of pin_ whether it is for I/O
    Pin pin_;                   // its descriptor keeps its number
    uint32_t opens_ = 0;
    uint32_t ios_ = 0;  // under way
    Fd read_only_;
    Fd read_write_;
    vfs::Handle handle_;
};
using LocalNodeRef = Ref<LocalNode>;

inline LocalNode& local(vfs::Node& node) { return static_cast<LocalNode&>(node); }

}  // namespace strait::local
