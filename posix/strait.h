/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The C API of Strait: the calls of <unistd.h> and its neighbours with a prefix, on files of
 * network servers. C99 and C++.
 *
 * A path is a URL ("nfs://host/export/a", "host:/export/a") or lies below a prefix that
 * strait_mount() gave. Calls return -1 and set errno as their namesakes do; strait_error() has the
 * sentence. Any thread may call; a call blocks its thread only, and no thread is started: a waiting
 * thread does the work (for all that wait, see posix/README.md). After fork() the child begins
 * anew, without the parent's descriptors. Descriptors are numbers of this library, not the
 * kernel's.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Paths below `prefix` ("/data") mean what is below `url`. Connects. */
int strait_mount(const char* prefix, const char* url);
/* What the last failed call of this thread met, in one line for people. */
const char* strait_error(void);
/* Writes back, closes and disconnects everything. Done at exit() too. */
int strait_shutdown(void);

int strait_open(const char* path, int flags, ... /* mode_t mode */);
int strait_close(int fd);
ssize_t strait_read(int fd, void* into, size_t count);
ssize_t strait_pread(int fd, void* into, size_t count, off_t offset);
ssize_t strait_write(int fd, const void* from, size_t count);
ssize_t strait_pwrite(int fd, const void* from, size_t count, off_t offset);
off_t strait_lseek(int fd, off_t offset, int whence); /* SEEK_DATA and SEEK_HOLE, too */
int strait_ftruncate(int fd, off_t size);
int strait_fsync(int fd);
int strait_fdatasync(int fd);
int strait_fallocate(int fd, int mode, off_t offset, off_t size); /* 0, or PUNCH_HOLE|KEEP_SIZE */
ssize_t strait_copy_file_range(int from, off_t* from_offset, int to, off_t* to_offset, size_t count,
                               unsigned flags);
/* Byte-range locks as fcntl's F_SETLK, F_SETLKW, F_GETLK, but each open file is its own owner
 * (as with F_OFD_SETLK). `l_whence` SEEK_SET only. */
int strait_fcntl_lock(int fd, int command, struct flock* lock);

int strait_stat(const char* path, struct stat* into);
int strait_lstat(const char* path, struct stat* into);
int strait_fstat(int fd, struct stat* into);
int strait_statvfs(const char* path, struct statvfs* into);
int strait_fstatvfs(int fd, struct statvfs* into);
int strait_access(const char* path, int mode);
int strait_chmod(const char* path, mode_t mode);
int strait_fchmod(int fd, mode_t mode);
int strait_chown(const char* path, uid_t uid, gid_t gid);
int strait_lchown(const char* path, uid_t uid, gid_t gid);
int strait_fchown(int fd, uid_t uid, gid_t gid);
int strait_truncate(const char* path, off_t size);
int strait_utimens(const char* path, const struct timespec times[2], int flags);
int strait_futimens(int fd, const struct timespec times[2]);

int strait_mkdir(const char* path, mode_t mode);
int strait_rmdir(const char* path);
int strait_unlink(const char* path);
int strait_rename(const char* from, const char* to);
int strait_link(const char* existing, const char* made);
int strait_symlink(const char* target, const char* made);
ssize_t strait_readlink(const char* path, char* into, size_t size);

typedef struct strait_dir strait_DIR;
strait_DIR* strait_opendir(const char* path);
struct dirent* strait_readdir(strait_DIR* directory); /* valid until the next call on it */
void strait_rewinddir(strait_DIR* directory);
long strait_telldir(strait_DIR* directory);
void strait_seekdir(strait_DIR* directory, long position);
int strait_closedir(strait_DIR* directory);

struct strait_stats {
    uint64_t rpcs, connects, round_trips, resends;
    uint64_t request_bytes, reply_bytes;
};
int strait_get_stats(struct strait_stats* into);

#ifdef __cplusplus
}
#endif
