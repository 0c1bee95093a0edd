// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/local_node.h"

#include <fcntl.h>

namespace strait::local {

Result<int> LocalNode::io_fd(bool write) {
    if (type() == vfs::FileType::directory) return fail(Errc::isdir);
    if (type() != vfs::FileType::regular) return fail(Errc::inval);
    if (pin_.for_io) return pin_.fd.get();
    std::lock_guard lock(mutex_);
    if (read_write_) return read_write_.get();
    if (!write && read_only_) return read_only_.get();
    int fd = ::open(proc_path().c_str(), O_RDWR | io_flags);
    if (fd >= 0) {
        read_write_ = Fd(fd);
        return fd;
    }
    if (write || (errno != EACCES && errno != EROFS && errno != ETXTBSY && errno != EPERM))
        return fail(last_error());
    fd = ::open(proc_path().c_str(), O_RDONLY | io_flags);
    if (fd < 0) return fail(last_error());
    read_only_ = Fd(fd);
    return fd;
}

vfs::Handle LocalNode::handle() const {
    std::lock_guard lock(mutex_);
    return handle_;
}

bool LocalNode::keep_handle(const vfs::Handle& handle) {
    std::lock_guard lock(mutex_);
    if (!handle_.empty()) return false;
    handle_ = handle;
    return true;
}

}  // namespace strait::local
