// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/local_node.h"

#include <fcntl.h>

namespace strait::local {

Result<LocalNode::Io> LocalNode::io(bool write) {
    if (type() == vfs::FileType::directory) return fail(Errc::isdir);
    if (type() != vfs::FileType::regular) return fail(Errc::inval);
    std::lock_guard lock(mutex_);
    auto fd = descriptor(write);
    if (!fd) return fail(fd.error());
    ios_++;
    return Io(*this, *fd);
}

Result<int> LocalNode::descriptor(bool write) {
    if (pin_.for_io) return pin_.fd.get();
    if (read_write_) return read_write_.get();
    if (!write && read_only_) return read_only_.get();
    Fd opened(::open(proc_path().c_str(), (write ? O_RDWR : O_RDONLY) | io_flags));
    if (!opened) return fail(last_error());
    Fd& kept = write ? read_write_ : read_only_;
    kept = std::move(opened);
    return kept.get();
}

void LocalNode::begin_open() {
    std::lock_guard lock(mutex_);
    opens_++;
}

void LocalNode::end_open() {
    std::lock_guard lock(mutex_);
    if (--opens_ == 0 && ios_ == 0) leave_writing();
}

void LocalNode::end_io() {
    std::lock_guard lock(mutex_);
    if (--ios_ == 0 && opens_ == 0) leave_writing();
}

void LocalNode::leave_writing() {
    read_write_ = Fd();
    if (!pin_.for_io) return;
    Fd path(::open(proc_path().c_str(), O_PATH | O_CLOEXEC));
    // In place: others use its number as that of a path.
    if (path && ::dup3(path.get(), pin_.fd.get(), O_CLOEXEC) >= 0) pin_.for_io = false;
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
