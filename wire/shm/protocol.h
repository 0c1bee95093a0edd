// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What the shim and the agent say to each other: plain structs in shared memory and, once, on the
// agent's socket. No pointers, no types that differ between builds. Either side copies what it
// reads and checks the copy: the other may be broken or hostile.

#include <cstddef>
#include <cstdint>

namespace strait::shm {

inline constexpr uint32_t magic = 0x53545254;  // "STRT"
inline constexpr uint32_t version = 4;

inline constexpr size_t path_max = 4096;  // with its NUL; two paths a request
inline constexpr uint64_t at_position = ~uint64_t{0};

// X(name). The order is the wire number.
#define STRAIT_SHM_OPS(X)                                                                        \
    X(none)                                                                                      \
    X(adopt)        /* window: uint64 tokens; this process holds exactly these */                \
    X(fork_prepare) /* -> value: ticket under which a child may claim what we hold */            \
    X(fork_bind)    /* count: ticket, arg: the child's pid (0: there is none) */                 \
    X(open)         /* flags, mode -> value: token, stat (its type alone, unless reply_known) */ \
    X(close)        /* flags: written -> errors of write-back */                                 \
    X(read)         /* offset or at_position, count -> data in the window */                     \
    X(write)        /* offset or at_position, data in the window -> value: bytes */              \
    X(seek)         /* offset (signed), arg: Whence -> value */                                  \
    X(stat)                                                                                      \
    X(statfs)                                                                                    \
    X(access)   /* arg: R_OK | W_OK | X_OK */                                                    \
    X(readlink) /* -> window */                                                                  \
    X(realpath) /* -> window */                                                                  \
    X(chdir)    /* a directory that may be searched -> window: its real path */                  \
    X(getcwd)   /* path: what the program calls it -> window: its path; "": the same */          \
    X(mkdir)                                                                                     \
    X(mknod)                                                                                     \
    X(symlink) /* path2: the target's text */                                                    \
    X(link)                                                                                      \
    X(rename) /* arg: RENAME_* */                                                                \
    X(remove) /* arg: 1: directory */                                                            \
    X(setattr)                                                                                   \
    X(getxattr)                                                                                  \
    X(setxattr)                                                                                  \
    X(listxattr)                                                                                 \
    X(removexattr)                                                                               \
    X(readdir) /* offset: cookie or at_position -> window: linux_dirent64 */                     \
    X(fsync)   /* arg: 1: data only */                                                           \
    X(flush)   /* all that this process wrote */                                                 \
    X(allocate)                                                                                  \
    X(deallocate)                                                                                \
    X(copy)  /* token -> token2, offset -> offset2 or at_position, count -> value */             \
    X(clone) /* token -> token2 */                                                               \
    X(lock)  /* offset, count, arg: LockArg */                                                   \
    X(unlock)                                                                                    \
    X(test_lock)                                                                                 \
    X(set_append)   /* arg: 0 or 1 */                                                            \
    X(map)          /* offset, count, arg: 1: stores -> value: the mapping's number */           \
    X(map_fill)     /* token2: mapping; offset, count: it reaches there now */                   \
    X(map_writable) /* token2: mapping that the program may store into from now on */            \
    X(map_sync)     /* token2: mapping; offset, count; arg: 1: stable when answered */           \
    X(unmap)        /* token2: mapping */                                                        \
    X(lend)         /* token: its descriptor is on its way to another program */

enum class Op : uint16_t {
#define X(name) name,
    STRAIT_SHM_OPS(X)
#undef X
        count_
};

// Request::flags.
enum : uint32_t {
    flag_follow = 1,      // a symlink at the end (of path)
    flag_follow2 = 2,     // of path2
    flag_no_reply = 4,    // nobody waits
    flag_read = 8,        // open
    flag_write = 16,      // open
    flag_create = 32,     // open
    flag_exclusive = 64,  // open
    flag_truncate = 128,
    flag_append = 256,  // open; write: at the end, the position stays
    flag_directory = 512,
    flag_no_follow = 1024,
    flag_path_only = 2048,
    flag_sync = 4096,
    flag_written = 8192,  // close
    // The path begins with the program's name for its working directory, which stands for the
    // directory itself: it may have another name by now.
    flag_from_cwd = 1u << 14,
    flag_from_cwd2 = 1u << 15,
    // setattr
    flag_mode = 1u << 16,
    flag_uid = 1u << 17,
    flag_gid = 1u << 18,
    flag_size = 1u << 19,
    flag_atime = 1u << 20,
    flag_mtime = 1u << 21,
    flag_atime_now = 1u << 22,
    flag_mtime_now = 1u << 23,
    // The open's position is `position`, unless it has been told before.
    flag_position = 1u << 25,
};
// Request::arg of locks.
enum : uint32_t {
    lock_shared = 0,
    lock_exclusive = 1,
    lock_wait = 2,
    lock_process = 4,  // owned by the process (fcntl), else by the open (flock, OFD)
};

struct Request {
    uint16_t op;
    uint16_t reserved;
    uint32_t flags;
    uint64_t token;   // the open acted on, or the directory that `path` starts at; 0: none
    uint64_t token2;  // likewise of the second path, or the target open
    uint64_t offset;
    uint64_t offset2;
    uint64_t count;
    uint32_t mode;
    uint32_t arg;
    uint32_t path_bytes;  // without the NUL
    uint32_t path2_bytes;
    uint32_t data_bytes;  // in the window
    uint32_t uid;
    uint32_t gid;
    uint32_t atime_ns;
    uint32_t mtime_ns;
    uint32_t rdev_major;
    uint32_t rdev_minor;
    uint32_t reserved2;
    int64_t atime_s;
    int64_t mtime_s;
    uint64_t position;
};

struct Stat {
    uint32_t mode;  // with the type's bits, S_IF*
    uint32_t nlink;
    uint32_t uid, gid;
    uint32_t rdev_major, rdev_minor;
    uint32_t dev_major, dev_minor;
    uint64_t ino;
    uint64_t size;    // bytes
    uint64_t blocks;  // of 512 bytes
    uint64_t change;
    int64_t atime_s, mtime_s, ctime_s, btime_s;
    uint32_t atime_ns, mtime_ns, ctime_ns, btime_ns;
    uint32_t block_bytes;  // preferred size of I/O
    uint32_t has_btime;
};

struct StatFs {
    uint64_t fsid;
    uint64_t total, free, available;  // bytes
    uint64_t files, files_free;
    uint32_t name_max;
    uint32_t block_bytes;
};

// Reply::flags.
enum : uint32_t {
    reply_redirected = 1,  // the path leads out of all mounts: go on at the local path in the names
    // open: the client may answer for the agent while Doorbell::changes is as_of, until value2
    // (CLOCK_MONOTONIC, ns): `stat` is whole.
    reply_known = 2,
    reply_whole = 4,  // with it: the window holds all of the file
};

struct Reply {
    int32_t error;  // an errno value, 0: done
    uint32_t flags;
    uint64_t value;
    uint64_t value2;
    uint32_t data_bytes;  // in the window, or of the path in the names when redirected
    uint32_t reserved;
    uint64_t as_of;
    union {
        Stat stat;
        StatFs statfs;
    };
};

// --- the agent's socket

enum class Kind : uint32_t { ring = 1, control = 2, pages = 3 };

// The first message. ring: one descriptor comes with it, the ring's memfd, sealed against
// shrinking and growing; `text` is the mounts' specification. control: `text` is a line, the
// answer is text up to the end of the stream. pages: `ticket` is a mapping's number; its memfd
// comes with the HelloReply, one that can be written when `holds` is 1.
struct Hello {
    uint32_t magic;
    uint32_t version;
    uint32_t kind;
    uint32_t text_bytes;  // follow
    uint64_t ticket;      // 0: none
    uint32_t holds;       // how many tokens an adopt will name: 0: drop what this pid held
    uint32_t parent;      // its pid: a new program's working directory is its parent's
};
inline constexpr size_t hello_text_max = 16384;

// With it comes the doorbell's memfd, when error is 0.
struct HelloReply {
    uint32_t magic;
    uint32_t version;
    int32_t error;
    uint32_t ring;  // the ring's bit in the doorbell
};

// --- what a placeholder stands for: told by its memfd's name (preload/shim/table.cc)

struct OpenRecord {
    uint32_t version;
    uint64_t instance;  // of the agent
    uint64_t token;
    uint32_t flags;  // as open(2) was asked
    uint32_t mode;   // S_IF* type
};

// Environment of a program under the shim.
inline constexpr char env_mounts[] = "STRAIT_MOUNTS";    // /prefix=URL;/prefix2=URL2
inline constexpr char env_agent[] = "STRAIT_AGENT";      // the agent's folder
inline constexpr char env_cwd[] = "STRAIT_CWD";          // the virtual working directory
inline constexpr char env_report[] = "STRAIT_REPORT";    // a local file, by its absolute path
inline constexpr char env_strict[] = "STRAIT_STRICT";    // 1: see docs/strait-run.md
inline constexpr char env_explain[] = "STRAIT_EXPLAIN";  // 1: likewise
inline constexpr char mirror_name[] = "/mirror";         // copies of programs and libraries
inline constexpr char cwd_name[] = "/cwd";  // where the kernel's working directory stands meanwhile

}  // namespace strait::shm
