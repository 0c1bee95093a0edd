// SPDX-License-Identifier: LGPL-2.1-or-later
// The one table of operations, and what is agreed with the kernel at its first word.
#include "fuse/operations.h"

namespace strait::fuse {

namespace {

constexpr unsigned most_background =
    128;  // reads ahead and writes back that the kernel sends at once

void agree(void* user, fuse_conn_info* connection) {
    // Splicing pays for whole pages of a socket only; answers are gathered where they lie.
    connection->want &= ~static_cast<unsigned>(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
                                               FUSE_CAP_SPLICE_MOVE | FUSE_CAP_READDIRPLUS_AUTO);
    // Which pages are outdated is decided here, by the change counter; times say it too often.
    connection->want &= ~static_cast<unsigned>(FUSE_CAP_AUTO_INVAL_DATA);
    connection->want |=
        connection->capable & (FUSE_CAP_EXPLICIT_INVAL_DATA | FUSE_CAP_CACHE_SYMLINKS |
                               FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_HANDLE_KILLPRIV |
                               FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_ASYNC_DIO | FUSE_CAP_READDIRPLUS);
    connection->max_write = 1u << 20;
    connection->max_background = most_background;
    connection->congestion_threshold = most_background * 3 / 4;
    connection->time_gran = 1;
    static_cast<Bridge*>(user)->session().greet();
}

}  // namespace

fuse_lowlevel_ops operations(const BridgeOptions& options) {
    fuse_lowlevel_ops table{};
    table.init = agree;
    table.lookup = do_lookup;
    table.forget = do_forget;
    table.forget_multi = do_forget_multi;
    table.getattr = do_getattr;
    table.setattr = do_setattr;
    table.readlink = do_readlink;
    table.access = do_access;
    table.statfs = do_statfs;
    table.mknod = do_mknod;
    table.mkdir = do_mkdir;
    table.symlink = do_symlink;
    table.link = do_link;
    table.unlink = do_unlink;
    table.rmdir = do_rmdir;
    table.rename = do_rename;
    table.open = do_open;
    table.create = do_create;
    table.flush = do_flush;
    table.release = do_release;
    table.read = do_read;
    table.write = do_write;
    table.fsync = do_fsync;
    table.fallocate = do_fallocate;
    table.lseek = do_lseek;
    table.copy_file_range = do_copy_file_range;
    table.opendir = do_opendir;
    table.readdirplus = do_readdirplus;
    table.releasedir = do_releasedir;
    table.fsyncdir = do_fsyncdir;
    table.setxattr = do_setxattr;
    table.getxattr = do_getxattr;
    table.listxattr = do_listxattr;
    table.removexattr = do_removexattr;
    if (options.server_locks) {
        table.getlk = do_getlk;
        table.setlk = do_setlk;
    }
    if (options.server_flocks) table.flock = do_flock;
    return table;
}

}  // namespace strait::fuse
