// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The operations of the low-level interface, each begun by a function of its name in ops_*.cc. Each
// makes a Request and a coroutine, and returns at once.

#include <utility>

#include "fuse/bridge.h"

namespace strait::fuse {

// The table for libfuse. Locks that the server is not to keep are left out: then the kernel keeps
// them.
fuse_lowlevel_ops operations(const BridgeOptions& options);

// --- ops_lookup.cc: names and attributes
void do_lookup(fuse_req_t raw, fuse_ino_t parent, const char* name);
void do_forget(fuse_req_t raw, fuse_ino_t number, uint64_t lookups);
void do_forget_multi(fuse_req_t raw, size_t count, fuse_forget_data* forgets);
void do_getattr(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info);
void do_readlink(fuse_req_t raw, fuse_ino_t number);
void do_access(fuse_req_t raw, fuse_ino_t number, int mask);
void do_statfs(fuse_req_t raw, fuse_ino_t number);
// --- ops_setattr.cc
void do_setattr(fuse_req_t raw, fuse_ino_t number, struct stat* attributes, int to_set,
                fuse_file_info* info);
// --- ops_make.cc: what makes names
void do_mknod(fuse_req_t raw, fuse_ino_t parent, const char* name, mode_t mode, dev_t device);
void do_mkdir(fuse_req_t raw, fuse_ino_t parent, const char* name, mode_t mode);
void do_symlink(fuse_req_t raw, const char* target, fuse_ino_t parent, const char* name);
void do_link(fuse_req_t raw, fuse_ino_t number, fuse_ino_t parent, const char* name);
// --- ops_remove.cc: what takes names away
void do_unlink(fuse_req_t raw, fuse_ino_t parent, const char* name);
void do_rmdir(fuse_req_t raw, fuse_ino_t parent, const char* name);
void do_rename(fuse_req_t raw, fuse_ino_t parent, const char* name, fuse_ino_t new_parent,
               const char* new_name, unsigned int flags);
// --- ops_open.cc
void do_open(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info);
void do_create(fuse_req_t raw, fuse_ino_t parent, const char* name, mode_t mode,
               fuse_file_info* info);
void do_flush(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info);
void do_release(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info);
// --- ops_data.cc
void do_read(fuse_req_t raw, fuse_ino_t number, size_t size, off_t offset, fuse_file_info* info);
void do_write(fuse_req_t raw, fuse_ino_t number, const char* data, size_t size, off_t offset,
              fuse_file_info* info);
void do_fsync(fuse_req_t raw, fuse_ino_t number, int data_only, fuse_file_info* info);
void do_fallocate(fuse_req_t raw, fuse_ino_t number, int mode, off_t offset, off_t length,
                  fuse_file_info* info);
void do_lseek(fuse_req_t raw, fuse_ino_t number, off_t offset, int whence, fuse_file_info* info);
void do_copy_file_range(fuse_req_t raw, fuse_ino_t from, off_t from_offset,
                        fuse_file_info* from_info, fuse_ino_t to, off_t to_offset,
                        fuse_file_info* to_info, size_t length, int flags);
// --- ops_directory.cc
void do_opendir(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info);
void do_readdirplus(fuse_req_t raw, fuse_ino_t number, size_t size, off_t offset,
                    fuse_file_info* info);
void do_releasedir(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info);
void do_fsyncdir(fuse_req_t raw, fuse_ino_t number, int data_only, fuse_file_info* info);
// --- ops_locks.cc
void do_getlk(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info, struct flock* lock);
void do_setlk(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info, struct flock* lock,
              int wait);
void do_flock(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info, int operation);
// Gives back the locks of one owner on a file, whichever of its opens took them.
Task<> unlock_owner(InodeRef inode, uint64_t owner);
// --- ops_xattrs.cc
void do_setxattr(fuse_req_t raw, fuse_ino_t number, const char* name, const char* value,
                 size_t size, int flags);
void do_getxattr(fuse_req_t raw, fuse_ino_t number, const char* name, size_t size);
void do_listxattr(fuse_req_t raw, fuse_ino_t number, size_t size);
void do_removexattr(fuse_req_t raw, fuse_ino_t number, const char* name);

// Bridge of a request, and the beginning of each operation: start(raw, coroutine, arguments...)
// where the coroutine takes a Request& first.
inline Bridge& bridge_of(fuse_req_t raw) { return *static_cast<Bridge*>(fuse_req_userdata(raw)); }

template <class F, class... Args>
void start(fuse_req_t raw, F operation, Args&&... arguments) {
    Bridge& bridge = bridge_of(raw);
    auto request = std::make_unique<Request>(bridge, raw);
    Task<> work = operation(*request, std::forward<Args>(arguments)...);
    bridge.start(std::move(request), std::move(work));
}

}  // namespace strait::fuse
