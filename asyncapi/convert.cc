// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asyncapi/convert.h"

#include <unistd.h>

namespace strait::asyncapi {

namespace {

Time public_time(const Timestamp& time) { return {time.seconds, time.nanoseconds}; }

std::optional<vfs::SetTime> set_time(const std::optional<Time>& value, bool now) {
    if (now) return vfs::SetTime{};
    if (!value) return std::nullopt;
    return vfs::SetTime{false, {value->seconds, value->nanoseconds}};
}

Kind public_kind(vfs::FileType type) {
    switch (type) {
        case vfs::FileType::none:
            return Kind::unknown;
        case vfs::FileType::regular:
            return Kind::file;
        case vfs::FileType::directory:
            return Kind::directory;
        case vfs::FileType::symlink:
            return Kind::symlink;
        case vfs::FileType::block:
            return Kind::block;
        case vfs::FileType::character:
            return Kind::character;
        case vfs::FileType::fifo:
            return Kind::fifo;
        case vfs::FileType::socket:
            return Kind::socket;
    }
    return Kind::unknown;
}

// A chain and its parts as spans, shared by all copies of a Data.
struct Kept {
    BufferChain chain;
};

}  // namespace

Stat public_stat(const vfs::Attributes& from) {
    Stat made;
    made.kind = public_kind(from.type);
    made.mode = from.mode;
    made.uid = from.uid;
    made.gid = from.gid;
    made.nlink = from.nlink;
    made.size = from.size;
    made.allocated = from.space_used;
    made.fileid = from.fileid;
    made.device = from.fsid.major * 0x9e3779b97f4a7c15 ^ from.fsid.minor;
    made.rdev_major = from.rdev.major;
    made.rdev_minor = from.rdev.minor;
    made.atime = public_time(from.atime);
    made.mtime = public_time(from.mtime);
    made.ctime = public_time(from.ctime);
    if (from.has(vfs::Attr::btime)) made.btime = public_time(from.btime);
    return made;
}

SpaceStat public_space(const vfs::Attributes& from) {
    SpaceStat made{from.space_total, from.space_free, from.space_available, from.files_total,
                   from.files_free};
    if (from.has(vfs::Attr::max_name)) made.max_name = from.max_name;
    return made;
}

Data public_data(BufferChain chain) {
    auto kept = std::make_shared<Kept>(Kept{std::move(chain)});
    std::vector<std::span<const std::byte>> parts;
    for (auto& part : kept->chain.parts()) parts.push_back(part.bytes());
    return Data(std::move(kept), std::move(parts));
}

vfs::OpenFlags open_flags(const OpenMode& mode) {
    vfs::OpenFlags flags;
    flags.access = mode.access == Access::read    ? vfs::OpenAccess::read
                   : mode.access == Access::write ? vfs::OpenAccess::write
                                                  : vfs::OpenAccess::both;
    flags.create = mode.create;
    flags.exclusive = mode.exclusive;
    flags.truncate = mode.truncate;
    flags.append = mode.append;
    flags.sync = mode.sync;
    flags.no_follow = mode.no_follow;
    flags.mode = mode.mode;
    return flags;
}

vfs::SetAttributes set_attributes(const Changes& changes) {
    return {.mode = changes.mode,
            .uid = changes.uid,
            .gid = changes.gid,
            .size = changes.size,
            .atime = set_time(changes.atime, changes.atime_now),
            .mtime = set_time(changes.mtime, changes.mtime_now)};
}

uint32_t access_bits(int mode) {
    uint32_t bits = 0;
    if (mode & R_OK) bits |= vfs::access_read;
    if (mode & W_OK) bits |= vfs::access_modify | vfs::access_extend;
    if (mode & X_OK) bits |= vfs::access_execute;
    return bits;
}

}  // namespace strait::asyncapi
