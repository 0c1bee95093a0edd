// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Paths and open files over mounted backends: what POSIX programs, the C++ API, the ring door and
// FUSE stand on. It turns each intention into one compound, follows symlinks in the local
// namespace, keeps open files, and holds the rules of what may be answered without asking the
// server. One core: not thread-safe.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.h"
#include "vfs/backend.h"

namespace strait::vfs {

class OpenFile;
using OpenFileRef = Ref<OpenFile>;

// Where a path starts. Absolute paths are of the local namespace ("/n/a/b"). A relative one starts
// at `directory`.
struct At {
    OpenFile* directory = nullptr;
    std::string_view path;  // "" with a directory: that object itself (AT_EMPTY_PATH)
    bool follow = true;     // a symlink at the end
    // When ".." or an absolute symlink leads out of all mounts the operation fails with Errc::xdev
    // and the local path stands here.
    std::string* leads_out = nullptr;
};

struct OpenFlags {
    OpenAccess access = OpenAccess::read;
    bool create = false;
    bool exclusive = false;  // with create: O_EXCL, never follows a symlink at the end
    bool truncate = false;
    bool append = false;
    bool directory = false;  // O_DIRECTORY
    bool no_follow = false;  // O_NOFOLLOW: Errc::loop when the end is a symlink
    bool path_only = false;  // O_PATH
    bool sync = false;       // O_SYNC, O_DSYNC: every write is stable when it returns
    uint32_t mode = 0666;    // of a new file; the caller has applied its umask
};

// How a mount may answer from what it knows: nfs(5)'s names, seconds as durations.
struct MountPolicy {
    bool read_only = false;
    // The user that the server takes a request without a credential for; null: root.
    CredentialRef speaks_for;
    Duration acregmin = 3s, acregmax = 60s, acdirmin = 30s, acdirmax = 60s;
    // Which names are believed, for acdirmin: lookupcache. Of a name that is missing no longer than
    // acregmin: what another client has made shows soon.
    bool names = true, missing_names = true;
    bool close_to_open = true;         // an open of a file asks the server (nocto turns it off)
    uint32_t head_bytes = 128u << 10;  // an open for reading brings this much of the file with it
    uint32_t write_behind = 4u << 20;  // bytes of dirty data a file may hold before writers wait
    uint32_t readahead = 4u << 20;     // bytes asked for ahead of a sequential reader
    // Bytes that all files together may hold until they are stable; what one may hold alone at
    // least.
    uint32_t most_waiting = 64u << 20;
    // Bytes that reads of all files together may keep: what opens brought, what was read ahead.
    uint64_t most_kept = 256u << 20;
};

struct FileSystemOptions {
    // Waits between two tries for a lock: the event loop's sleep. Without it lock(wait) fails at
    // once like a lock that does not wait.
    std::function<Task<>(Duration)> sleep;
    // How long a CLOSE that nobody waits for may wait for others to travel with. Needs `sleep`, and
    // a loop that goes on when the caller is gone.
    Duration close_patience = 0ms;
};

class FileSystem {
  public:
    explicit FileSystem(FileSystemOptions options = {});
    // close() has ended, or nothing was opened.
    ~FileSystem();

    // `prefix`: an absolute local path. Errors: exist, inval. The backend lives until close().
    Result<> mount(std::string_view prefix, std::unique_ptr<Backend> backend,
                   MountPolicy policy = {}, CredentialRef credential = {});
    // Whether `path` (absolute, normalised or not) begins below a mount, lexically.
    bool covers(std::string_view path) const;
    // Writes back and closes everything.
    Task<> close();
    // Bytes that were written here and are not stable yet.
    size_t waiting_bytes() const;
    // Grows with each change of what is known that a call here may tell of.
    uint64_t news() const;

    Task<OpenFileRef> open(At at, OpenFlags flags);
    Task<Attributes> stat(At at, AttrMask mask = stat_mask);
    Task<Attributes> statfs(At at);
    Task<> access(At at, uint32_t wanted);  // access_* bits; Errc::access
    Task<Buffer> readlink(At at);
    Task<> mkdir(At at, uint32_t mode);
    Task<> mknod(At at, FileType type, uint32_t mode, Device device);
    Task<> symlink(std::string_view target, At at);
    Task<> link(At from, At to);
    Task<> rename(At from, At to, uint32_t flags = 0);  // xdev between mounts
    Task<> remove(At at, RemoveKind kind);              // file: unlink, directory: rmdir
    Task<> setattr(At at, const SetAttributes& attributes);
    Task<Buffer> getxattr(
        At at,
        std::string_view name);  // full names, "user.x"; other name spaces: notsup without asking
    Task<> setxattr(At at, std::string_view name, Bytes value, SetXattr::Mode mode);
    Task<std::vector<std::string>> listxattrs(At at);
    Task<> removexattr(At at, std::string_view name);
    Task<std::string> realpath(At at);  // the physical absolute local path

    // Whole small files in one compound each, the least round trips there are.
    Task<BufferChain> read_file(At at, uint64_t max_bytes = ~uint64_t{0});
    Task<> write_file(At at, BufferChain data, OpenFlags flags);

  private:
    friend class OpenFile;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// What became of the name that a directory was opened by, as far as we did it.
enum class Named : uint8_t { as_opened, moved, removed };

enum class Whence : uint8_t { set, current, end, data, hole };

// One open file description: handle, flags, position. Shared by all descriptors that were dup'ed
// from it. The last reference must call close() to learn about write errors; without it they go to
// the log.
class OpenFile : public RefCounted {
  public:
    virtual FileType type() const = 0;
    virtual OpenFlags flags() const = 0;
    virtual void set_append(bool append) = 0;
    virtual std::string_view path()
        const = 0;  // as it was opened, for messages and /proc-like answers
    virtual Named named() const { return Named::as_opened; }
    // The file itself: the same for all opens of one regular file through one FileSystem; "" for
    // what has no data.
    virtual std::string identity() const { return {}; }
    // Grows whenever data that was read before may be outdated; while any open of the file lives.
    virtual uint64_t data_version() const { return 0; }
    // What stat() and read_at() would answer at this moment without asking, and would go on to
    // until then, unless there is news() meanwhile.
    struct Known {
        MonoTime until{};  // past: nothing is known
        Attributes attributes;
        std::optional<BufferChain> whole;  // all of the file
    };
    virtual Known known() const { return {}; }

    virtual Task<BufferChain> read(
        size_t count) = 0;  // at the position, which moves; fewer bytes only at the end
    virtual Task<BufferChain> read_at(uint64_t offset, size_t count) = 0;
    virtual Task<size_t> write(BufferChain data) = 0;  // at the position, or the end with append
    virtual Task<size_t> write_at(uint64_t offset, BufferChain data) = 0;
    virtual Task<uint64_t> seek(int64_t offset, Whence whence) = 0;
    virtual Task<Attributes> stat(AttrMask mask = stat_mask) = 0;
    virtual Task<Attributes> statfs() = 0;
    virtual Task<> setattr(const SetAttributes& attributes) = 0;
    virtual Task<> fsync(
        bool data_only) = 0;     // all written data is stable, or the error that lost it
    virtual Task<> flush() = 0;  // what close(2) of one descriptor does: write back, report errors
    virtual Task<> allocate(uint64_t offset, uint64_t length) = 0;
    virtual Task<> deallocate(uint64_t offset, uint64_t length) = 0;
    virtual Task<uint64_t> copy_to(OpenFile& target, uint64_t from, uint64_t to,
                                   uint64_t count) = 0;  // by the server where it can
    virtual Task<> clone_to(OpenFile& target, uint64_t from, uint64_t to, uint64_t count) = 0;
    virtual Task<> lock(LockKind kind, uint64_t offset, uint64_t length, uint64_t owner,
                        bool wait) = 0;  // again
    virtual Task<> unlock(uint64_t offset, uint64_t length, uint64_t owner) = 0;
    virtual Task<std::optional<LockConflict>> test_lock(LockKind kind, uint64_t offset,
                                                        uint64_t length, uint64_t owner) = 0;

    // Directories. Entries from `cookie` on (0: the first), "." and ".." included as cookies 1
    // and 2.
    virtual Task<std::vector<DirEntry>> list(uint64_t cookie, uint32_t max_bytes,
                                             ReadDir::Result& storage) = 0;

    virtual Task<> close() = 0;
};

}  // namespace strait::vfs
