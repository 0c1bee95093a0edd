// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Handles of host files that survive a restart of the server.
//
// Kernel form, where open_by_handle_at is permitted (CAP_DAC_READ_SEARCH):  'K' type:le32 the
// kernel's bytes Search form, elsewhere:  'S' device:le64 inode:le64 birth seconds:le64 birth
// nanoseconds:le32 A search handle is found through the names seen so far, and after a restart by
// walking the tree once: right, but slow on a large tree. Shared by all cores.

#include <mutex>
#include <string>
#include <unordered_map>

#include "backend/local/local_node.h"

namespace strait::local {

class SharedHandles {
  public:
    // `root`: a descriptor (not O_PATH) of the exported directory; must outlive this.
    SharedHandles(int root, uint64_t root_device);

    bool by_kernel() const noexcept { return by_kernel_; }
    Result<vfs::Handle> of_fd(int path_fd, const struct statx* known = nullptr) const;
    Result<vfs::Handle> of_entry(int directory, const char* name, const struct statx& st) const;
    // An O_PATH descriptor of the file: Errc::stale when it is gone, Errc::badhandle when the bytes
    // are no handle of ours.
    Result<Fd> open(const vfs::Handle& handle);

    // The names seen, for search handles only.
    void seen(const FileKey& directory, std::string_view name, const FileKey& file);

  private:
    struct Place {
        FileKey directory;
        std::string name;
    };
    Result<vfs::Handle> kernel_handle(int directory, const char* name) const;
    Result<Fd> open_kernel(Bytes bytes) const;
    Result<Fd> open_search(Bytes bytes);
    Result<Fd> open_place(const FileKey& key, int depth);
    bool search_tree(const FileKey& wanted);

    int root_;
    FileKey root_key_;
    bool by_kernel_ = false;
    std::mutex mutex_;
    std::unordered_map<FileKey, Place, FileKeyHash> places_;
};

}  // namespace strait::local
