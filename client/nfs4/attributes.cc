// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/attributes.h"

#include <charconv>

#include "wire/xdr/reader.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;
using vfs::Attr;

namespace {

struct Pair {
    Attr ours;
    fattr4_number theirs;
};
constexpr Pair pairs[] = {
    {Attr::type, FATTR4_TYPE},
    {Attr::mode, FATTR4_MODE},
    {Attr::uid, FATTR4_OWNER},
    {Attr::gid, FATTR4_OWNER_GROUP},
    {Attr::size, FATTR4_SIZE},
    {Attr::space_used, FATTR4_SPACE_USED},
    {Attr::fileid, FATTR4_FILEID},
    {Attr::fsid, FATTR4_FSID},
    {Attr::change, FATTR4_CHANGE},
    {Attr::nlink, FATTR4_NUMLINKS},
    {Attr::rdev, FATTR4_RAWDEV},
    {Attr::atime, FATTR4_TIME_ACCESS},
    {Attr::mtime, FATTR4_TIME_MODIFY},
    {Attr::ctime, FATTR4_TIME_METADATA},
    {Attr::btime, FATTR4_TIME_CREATE},
    {Attr::handle, FATTR4_FILEHANDLE},
    {Attr::mounted_on_fileid, FATTR4_MOUNTED_ON_FILEID},
    {Attr::space_total, FATTR4_SPACE_TOTAL},
    {Attr::space_free, FATTR4_SPACE_FREE},
    {Attr::space_available, FATTR4_SPACE_AVAIL},
    {Attr::files_total, FATTR4_FILES_TOTAL},
    {Attr::files_free, FATTR4_FILES_FREE},
    {Attr::files_available, FATTR4_FILES_AVAIL},
    {Attr::max_read, FATTR4_MAXREAD},
    {Attr::max_write, FATTR4_MAXWRITE},
    {Attr::max_name, FATTR4_MAXNAME},
    {Attr::max_link, FATTR4_MAXLINK},
    {Attr::max_file_size, FATTR4_MAXFILESIZE},
    {Attr::clone_block_size, FATTR4_CLONE_BLKSIZE},
    {Attr::xattr_support, FATTR4_XATTR_SUPPORT},
};

constexpr bitmap4 bits_of(vfs::AttrMask mask) {
    bitmap4 map;
    for (const Pair& pair : pairs)
        if (mask.has(pair.ours)) map.set(pair.theirs);
    return map;
}

// What nearly every reply has no more than.
constexpr bitmap4 usual =
    bits_of(vfs::stat_mask | vfs::AttrMask(Attr::handle)) | bitmap4{FATTR4_RDATTR_ERROR};

// Reads value after value into the fields of one Attributes.
class ValueReader {
  public:
    ValueReader(wire::xdr::Reader& in, IdMap& ids, vfs::Attributes& out, nfsstat4& error)
        : in_(in), ids_(ids), out_(out), error_(error) {}

    // All of `mask`, in order. False: see take().
    bool take_all(const bitmap4& mask) {
        if ((mask - usual).empty())
            return take_usual(mask, std::make_index_sequence<bitmap4::bits>());
        bool good = true;
        mask.for_each([&](uint32_t number) { good = good && take(number); });
        return good;
    }

  private:
    // Without a jump for each.
    template <size_t... numbers>
    bool take_usual(const bitmap4& mask, std::index_sequence<numbers...>) {
        return (take_if<usual.test(numbers), numbers>(mask) && ...);
    }
    template <bool may_be_there, uint32_t number>
    bool take_if(const bitmap4& mask) {
        if constexpr (may_be_there) return !mask.test(number) || take(number);
        return true;
    }

    // False for an attribute that was not asked for, whose length nobody knows.
    [[gnu::always_inline]] bool take(uint32_t number) {
        switch (number) {
            case FATTR4_TYPE:
                return set(Attr::type, out_.type = to_file_type(in_.u32()));
            case FATTR4_MODE:
                return set(Attr::mode, out_.mode = in_.u32() & 07777);
            case FATTR4_OWNER:
                return set_id(Attr::uid, ids_.user(text()), out_.uid);
            case FATTR4_OWNER_GROUP:
                return set_id(Attr::gid, ids_.group(text()), out_.gid);
            case FATTR4_NUMLINKS:
                return set(Attr::nlink, out_.nlink = in_.u32());
            case FATTR4_FSID:
                return take_fsid();
            case FATTR4_RAWDEV:
                return take_rdev();
            case FATTR4_RDATTR_ERROR:
                error_ = static_cast<nfsstat4>(in_.u32());
                return true;
            case FATTR4_TIME_ACCESS:
                return set(Attr::atime, out_.atime = time());
            case FATTR4_TIME_MODIFY:
                return set(Attr::mtime, out_.mtime = time());
            case FATTR4_TIME_METADATA:
                return set(Attr::ctime, out_.ctime = time());
            case FATTR4_TIME_CREATE:
                return set(Attr::btime, out_.btime = time());
            case FATTR4_FILEHANDLE:
                return take_handle();
            case FATTR4_MAXNAME:
                return set(Attr::max_name, out_.max_name = in_.u32());
            case FATTR4_MAXLINK:
                return set(Attr::max_link, out_.max_link = in_.u32());
            case FATTR4_CLONE_BLKSIZE:
                return set(Attr::clone_block_size, out_.clone_block_size = in_.u32());
            case FATTR4_XATTR_SUPPORT:
                return set(Attr::xattr_support, out_.xattr_support = in_.boolean());
            default:
                return take_u64(number);
        }
    }

    [[gnu::always_inline]] bool take_u64(uint32_t number) {
        switch (number) {
            case FATTR4_CHANGE:
                return set(Attr::change, out_.change = in_.u64());
            case FATTR4_SIZE:
                return set(Attr::size, out_.size = in_.u64());
            case FATTR4_FILEID:
                return set(Attr::fileid, out_.fileid = in_.u64());
            case FATTR4_SPACE_USED:
                return set(Attr::space_used, out_.space_used = in_.u64());
            case FATTR4_MOUNTED_ON_FILEID:
                return set(Attr::mounted_on_fileid, out_.mounted_on_fileid = in_.u64());
            case FATTR4_FILES_AVAIL:
                return set(Attr::files_available, out_.files_available = in_.u64());
            case FATTR4_FILES_FREE:
                return set(Attr::files_free, out_.files_free = in_.u64());
            case FATTR4_FILES_TOTAL:
                return set(Attr::files_total, out_.files_total = in_.u64());
            case FATTR4_SPACE_AVAIL:
                return set(Attr::space_available, out_.space_available = in_.u64());
            case FATTR4_SPACE_FREE:
                return set(Attr::space_free, out_.space_free = in_.u64());
            case FATTR4_SPACE_TOTAL:
                return set(Attr::space_total, out_.space_total = in_.u64());
            case FATTR4_MAXFILESIZE:
                return set(Attr::max_file_size, out_.max_file_size = in_.u64());
            case FATTR4_MAXREAD:
                return set(Attr::max_read, out_.max_read = in_.u64());
            case FATTR4_MAXWRITE:
                return set(Attr::max_write, out_.max_write = in_.u64());
            default:
                return false;
        }
    }
    template <class T>
    bool set(Attr which, const T&) {
        out_.valid |= which;
        return in_.ok();
    }
    bool set_id(Attr which, std::optional<uint32_t> id, uint32_t& into) {
        if (id) {
            into = *id;
            out_.valid |= which;
        }
        return in_.ok();
    }
    bool take_fsid() {
        out_.fsid.major = in_.u64();
        out_.fsid.minor = in_.u64();
        return set(Attr::fsid, out_.fsid);
    }
    bool take_rdev() {
        out_.rdev.major = in_.u32();
        out_.rdev.minor = in_.u32();
        return set(Attr::rdev, out_.rdev);
    }
    bool take_handle() {
        auto handle = vfs::Handle::from(in_.opaque(NFS4_FHSIZE));
        if (!handle || !in_.ok()) return false;
        out_.handle = *handle;
        return set(Attr::handle, out_.handle);
    }
    Timestamp time() {
        auto seconds = static_cast<int64_t>(in_.u64());
        uint32_t nanoseconds = in_.u32();
        return {seconds, nanoseconds < 1'000'000'000 ? nanoseconds : 0};
    }
    std::string_view text() { return as_text(in_.opaque(max_text)); }

    wire::xdr::Reader& in_;
    IdMap& ids_;
    vfs::Attributes& out_;
    nfsstat4& error_;
};

std::string_view write_number(std::array<char, 12>& room, uint32_t value) {
    auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
    return {room.data(), static_cast<size_t>(end - room.data())};
}

settime4 to_settime(const vfs::SetTime& time) {
    if (time.server_clock) return {SET_TO_SERVER_TIME4, {}};
    return {SET_TO_CLIENT_TIME4, {time.value.seconds, time.value.nanoseconds}};
}

}  // namespace

bitmap4 to_bitmap(vfs::AttrMask mask) {
    constexpr bitmap4 of_stat = bits_of(vfs::stat_mask);
    return mask == vfs::stat_mask ? of_stat : bits_of(mask);
}

Result<> read_attributes(const fattr4& from, IdMap& ids, vfs::Attributes& out, nfsstat4& error) {
    if (from.attrmask.beyond) return fail(Errc::protocol);
    wire::xdr::Reader in(from.attr_vals);
    ValueReader values(in, ids, out, error);
    const bool good = values.take_all(from.attrmask);
    if (!good || !in.finish()) return fail(Errc::protocol);
    return {};
}

SettableAttributes::SettableAttributes(const vfs::SetAttributes& from, bool with_times) {
    if (from.size) {
        values_.mask.set(FATTR4_SIZE);
        values_.size = *from.size;
    }
    if (from.mode) {
        values_.mask.set(FATTR4_MODE);
        values_.mode = *from.mode & 07777;
    }
    // With sec=sys, owners go as numbers in text (RFC 8881 section 5.9).
    if (from.uid) {
        values_.mask.set(FATTR4_OWNER);
        values_.owner = write_number(owner_, *from.uid);
    }
    if (from.gid) {
        values_.mask.set(FATTR4_OWNER_GROUP);
        values_.owner_group = write_number(group_, *from.gid);
    }
    if (from.atime && with_times) {
        values_.mask.set(FATTR4_TIME_ACCESS_SET);
        values_.time_access_set = to_settime(*from.atime);
    }
    if (from.mtime && with_times) {
        values_.mask.set(FATTR4_TIME_MODIFY_SET);
        values_.time_modify_set = to_settime(*from.mtime);
    }
}

vfs::FileType to_file_type(uint32_t type) {
    using enum vfs::FileType;
    switch (type) {
        case NF4REG:
            return regular;
        case NF4DIR:
            return directory;
        case NF4LNK:
            return symlink;
        case NF4BLK:
            return block;
        case NF4CHR:
            return character;
        case NF4FIFO:
            return fifo;
        case NF4SOCK:
            return socket;
        case NF4ATTRDIR:
            return directory;
        case NF4NAMEDATTR:
            return regular;
        default:
            return none;
    }
}

nfs_ftype4 to_ftype(vfs::FileType type) {
    using enum vfs::FileType;
    switch (type) {
        case none:
        case regular:
            return NF4REG;
        case directory:
            return NF4DIR;
        case symlink:
            return NF4LNK;
        case block:
            return NF4BLK;
        case character:
            return NF4CHR;
        case fifo:
            return NF4FIFO;
        case socket:
            return NF4SOCK;
    }
    return NF4REG;
}

}  // namespace strait::client::nfs4
