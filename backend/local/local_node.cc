// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/local_node.h"

#include <fcntl.h>

namespace strait::local {

Result<int> LocalNode::io_fd(bool write) {
    if (type() == vfs::FileType::directory) return fail(Errc::isdir);
    if (type() != vfs::FileType::regular) return fail(Errc::inval);
    std::lock_guard lock(mutex_);
    if (read_write_) return read_write_.get();
    if (!write && read_only_) return read_only_.get();
    constexpr int common = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = ::open(proc_path().c_str(), O_RDWR | common);
    if (fd >= 0) {
        read_write_ = Fd(fd);
        return fd;
    }
    if (write || (errno != EACCES && errno != EROFS && errno != ETXTBSY && errno != EPERM))
        return fail(last_error());
    fd = ::open(proc_path().c_str(), O_RDONLY | common);
    if (fd < 0) return fail(last_error());
    read_only_ = Fd(fd);
    return fd;
}

void LocalNode::drop_io() {
    std::lock_guard lock(mutex_);
    read_write_ = Fd();
    read_only_ = Fd();
}

}  // namespace strait::local
