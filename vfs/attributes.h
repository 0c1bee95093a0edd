// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Attributes, asked for by mask and answered by mask: a field means something only when its bit is
// in `valid`.

#include <cstdint>
#include <initializer_list>
#include <optional>

#include "base/time.h"
#include "vfs/handle.h"

namespace strait::vfs {

enum class FileType : uint8_t { none, regular, directory, symlink, block, character, fifo, socket };

enum class Attr : uint8_t {
    type,
    mode,
    uid,
    gid,
    size,
    space_used,
    fileid,
    fsid,
    change,
    nlink,
    rdev,
    atime,
    mtime,
    ctime,
    btime,
    handle,
    mounted_on_fileid,
    // Of the file system that the node is in.
    space_total,
    space_free,
    space_available,
    files_total,
    files_free,
    files_available,
    max_read,
    max_write,
    max_name,
    max_link,
    max_file_size,
    clone_block_size,
    xattr_support,
};

class AttrMask {
  public:
    constexpr AttrMask() = default;
    constexpr AttrMask(Attr only) : bits_(bit(only)) {}  // NOLINT
    constexpr AttrMask(std::initializer_list<Attr> items) {
        for (Attr item : items) bits_ |= bit(item);
    }
    constexpr bool has(Attr item) const { return bits_ & bit(item); }
    constexpr bool has_all(AttrMask other) const { return (bits_ & other.bits_) == other.bits_; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr uint64_t bits() const { return bits_; }
    constexpr AttrMask& operator|=(AttrMask other) {
        bits_ |= other.bits_;
        return *this;
    }
    friend constexpr AttrMask operator|(AttrMask a, AttrMask b) { return a |= b; }
    friend constexpr AttrMask operator&(AttrMask a, AttrMask b) {
        a.bits_ &= b.bits_;
        return a;
    }
    friend constexpr AttrMask operator-(AttrMask a, AttrMask b) {
        a.bits_ &= ~b.bits_;
        return a;
    }
    friend constexpr bool operator==(AttrMask, AttrMask) = default;

  private:
    static constexpr uint64_t bit(Attr item) { return uint64_t{1} << static_cast<unsigned>(item); }
    uint64_t bits_ = 0;
};

// What stat(2) needs.
inline constexpr AttrMask stat_mask{Attr::type,   Attr::mode,       Attr::uid,    Attr::gid,
                                    Attr::size,   Attr::space_used, Attr::fileid, Attr::fsid,
                                    Attr::change, Attr::nlink,      Attr::rdev,   Attr::atime,
                                    Attr::mtime,  Attr::ctime,      Attr::btime};
// What statvfs(3) needs.
inline constexpr AttrMask statfs_mask{
    Attr::fsid,        Attr::space_total, Attr::space_free,      Attr::space_available,
    Attr::files_total, Attr::files_free,  Attr::files_available, Attr::max_name};

struct Fsid {
    uint64_t major = 0;
    uint64_t minor = 0;
    friend bool operator==(const Fsid&, const Fsid&) = default;
};

struct Device {
    uint32_t major = 0;
    uint32_t minor = 0;
    friend bool operator==(const Device&, const Device&) = default;
};

struct Attributes {
    AttrMask valid;
    FileType type = FileType::none;
    uint32_t mode = 0;  // 07777 only
    uint32_t uid = 0;
    uint32_t gid = 0;
    uint32_t nlink = 0;
    uint64_t size = 0;        // bytes
    uint64_t space_used = 0;  // bytes
    uint64_t fileid = 0;      // the same through every protocol; unique within fsid
    Fsid fsid;
    uint64_t change = 0;  // grows with every change of data or attributes
    Device rdev;
    Timestamp atime, mtime, ctime, btime;
    uint64_t mounted_on_fileid = 0;
    uint64_t space_total = 0, space_free = 0, space_available = 0;  // bytes
    uint64_t files_total = 0, files_free = 0, files_available = 0;
    uint64_t max_read = 0, max_write = 0, max_file_size = 0;  // bytes
    uint32_t max_name = 0, max_link = 0, clone_block_size = 0;
    bool xattr_support = false;
    Handle handle;

    bool has(Attr item) const { return valid.has(item); }
};

// What to set. A time without a value means the server's clock.
struct SetTime {
    bool server_clock = true;
    Timestamp value;
};
struct SetAttributes {
    std::optional<uint32_t> mode;  // 07777
    std::optional<uint32_t> uid;
    std::optional<uint32_t> gid;
    std::optional<uint64_t> size;
    std::optional<SetTime> atime;
    std::optional<SetTime> mtime;

    bool empty() const { return !mode && !uid && !gid && !size && !atime && !mtime; }
};

// A directory's change counter around one operation. `atomic`: nothing else can have come between.
struct ChangeInfo {
    bool atomic = false;
    uint64_t before = 0;
    uint64_t after = 0;
};

}  // namespace strait::vfs
