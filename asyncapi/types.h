// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Plain values of the public API. C++20.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strait {

enum class Kind : uint8_t { unknown, file, directory, symlink, block, character, fifo, socket };

struct Time {
    int64_t seconds = 0;  // since the epoch
    uint32_t nanoseconds = 0;
};

struct Stat {
    Kind kind = Kind::unknown;
    uint32_t mode = 0;  // permission bits, 07777
    uint32_t uid = 0, gid = 0, nlink = 0;
    uint64_t size = 0;       // bytes
    uint64_t allocated = 0;  // bytes
    uint64_t fileid = 0;     // unique within device
    uint64_t device = 0;
    uint32_t rdev_major = 0, rdev_minor = 0;
    Time atime, mtime, ctime;
    std::optional<Time> btime;
};

struct SpaceStat {  // bytes and files
    uint64_t total = 0, free = 0, available = 0;
    uint64_t files = 0, files_free = 0;
    uint32_t max_name = 255;
};

struct Entry {
    std::string name;
    uint64_t cookie = 0;       // go on after this entry
    std::optional<Stat> stat;  // came with the listing
};

enum class Access : uint8_t { read, write, both };

struct OpenMode {
    Access access = Access::read;
    bool create = false;
    bool exclusive = false;  // with create: EEXIST when it is there
    bool truncate = false;
    bool append = false;
    bool sync = false;       // each write is stable when it returns
    bool no_follow = false;  // ELOOP when the end is a symlink
    uint32_t mode = 0666;    // of a new file; no umask is applied
};

// What to change; what has no value stays. `now`: the server's clock.
struct Changes {
    std::optional<uint32_t> mode, uid, gid;
    std::optional<uint64_t> size;  // bytes
    std::optional<Time> atime, mtime;
    bool atime_now = false, mtime_now = false;
};

// Bytes that were read: shared slices of the receive buffers, not copied.
class Data {
  public:
    Data() = default;
    explicit Data(std::shared_ptr<const void> keep, std::vector<std::span<const std::byte>> parts);

    size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    std::span<const std::span<const std::byte>> parts() const noexcept { return parts_; }
    // Copies out from `offset` on; returns how many bytes were there.
    size_t copy_to(std::span<std::byte> out, size_t offset = 0) const;
    std::string to_string() const;

  private:
    std::shared_ptr<const void> keep_;
    std::vector<std::span<const std::byte>> parts_;
    size_t size_ = 0;
};

// What a Context has cost so far.
struct Stats {
    uint64_t rpcs = 0;
    uint64_t connects = 0;
    uint64_t round_trips = 0;  // rpcs and connects
    uint64_t resends = 0;
    uint64_t request_bytes = 0, reply_bytes = 0;
    std::vector<std::pair<std::string, uint64_t>> operations;  // "READ", how many were sent
};

// One RPC that has ended, for traces.
struct RpcReport {
    std::string_view server;      // "nas:2049"
    std::string_view operations;  // "SEQUENCE PUTROOTFH LOOKUP ..."
    uint64_t request_bytes = 0, reply_bytes = 0;
    uint64_t microseconds = 0;
    int error = 0;  // errno, 0: none
};

}  // namespace strait
