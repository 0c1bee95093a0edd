// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/attributes.h"

#include <fmt/format.h>

#include <cstring>

#include "server/nfs4/limits.h"
#include "server/nfs4/service.h"

namespace strait::server::nfs4 {

namespace {

using vfs::Attr;
using vfs::AttrMask;

// How each readable attribute comes about: what the backend must tell (empty: we know it).
struct Source {
    uint32_t number;
    AttrMask needs;
    uint32_t bytes;  // the most it takes on the wire
};

constexpr AttrMask nothing{};

constexpr Source sources[] = {
    {FATTR4_SUPPORTED_ATTRS, nothing, 16},
    {FATTR4_TYPE, Attr::type, 4},
    {FATTR4_FH_EXPIRE_TYPE, nothing, 4},
    {FATTR4_CHANGE, Attr::change, 8},
    {FATTR4_SIZE, Attr::size, 8},
    {FATTR4_LINK_SUPPORT, nothing, 4},
    {FATTR4_SYMLINK_SUPPORT, nothing, 4},
    {FATTR4_NAMED_ATTR, nothing, 4},
    {FATTR4_FSID, nothing, 16},
    {FATTR4_UNIQUE_HANDLES, nothing, 4},
    {FATTR4_LEASE_TIME, nothing, 4},
    {FATTR4_RDATTR_ERROR, nothing, 4},
    {FATTR4_ACLSUPPORT, nothing, 4},
    {FATTR4_CANSETTIME, nothing, 4},
    {FATTR4_CASE_INSENSITIVE, nothing, 4},
    {FATTR4_CASE_PRESERVING, nothing, 4},
    {FATTR4_CHOWN_RESTRICTED, nothing, 4},
    {FATTR4_FILEHANDLE, Attr::handle, 4 + NFS4_FHSIZE},
    {FATTR4_FILEID, Attr::fileid, 8},
    {FATTR4_FILES_AVAIL, Attr::files_available, 8},
    {FATTR4_FILES_FREE, Attr::files_free, 8},
    {FATTR4_FILES_TOTAL, Attr::files_total, 8},
    {FATTR4_HOMOGENEOUS, nothing, 4},
    {FATTR4_MAXFILESIZE, Attr::max_file_size, 8},
    {FATTR4_MAXLINK, Attr::max_link, 4},
    {FATTR4_MAXNAME, Attr::max_name, 4},
    {FATTR4_MAXREAD, nothing, 8},
    {FATTR4_MAXWRITE, nothing, 8},
    {FATTR4_MODE, Attr::mode, 4},
    {FATTR4_NO_TRUNC, nothing, 4},
    {FATTR4_NUMLINKS, Attr::nlink, 4},
    {FATTR4_OWNER, Attr::uid, 16},
    {FATTR4_OWNER_GROUP, Attr::gid, 16},
    {FATTR4_RAWDEV, Attr::rdev, 8},
    {FATTR4_SPACE_AVAIL, Attr::space_available, 8},
    {FATTR4_SPACE_FREE, Attr::space_free, 8},
    {FATTR4_SPACE_TOTAL, Attr::space_total, 8},
    {FATTR4_SPACE_USED, Attr::space_used, 8},
    {FATTR4_TIME_ACCESS, Attr::atime, 12},
    {FATTR4_TIME_CREATE, Attr::btime, 12},
    {FATTR4_TIME_DELTA, nothing, 12},
    {FATTR4_TIME_METADATA, Attr::ctime, 12},
    {FATTR4_TIME_MODIFY, Attr::mtime, 12},
    {FATTR4_MOUNTED_ON_FILEID, Attr::fileid, 8},
    {FATTR4_SUPPATTR_EXCLCREAT, nothing, 16},
    {FATTR4_CLONE_BLKSIZE, Attr::clone_block_size, 4},
    {FATTR4_CHANGE_ATTR_TYPE, nothing, 4},
    {FATTR4_XATTR_SUPPORT, Attr::xattr_support, 4},
};

constexpr uint32_t since_minor_2[] = {FATTR4_CLONE_BLKSIZE, FATTR4_CHANGE_ATTR_TYPE,
                                      FATTR4_MODE_UMASK, FATTR4_XATTR_SUPPORT};

constexpr bitmap4 readable_of(uint32_t minor) {
    bitmap4 all;
    for (const Source& source : sources) all.set(source.number);
    if (minor < 2)
        for (uint32_t number : since_minor_2) all.clear(number);
    return all;
}
constexpr bitmap4 readable_1 = readable_of(1), readable_2 = readable_of(2);

// `sources` by their numbers; a number without one needs and takes nothing.
constexpr auto source_of = [] {
    std::array<Source, bitmap4::bits> all{};
    for (const Source& source : sources) all[source.number] = source;
    return all;
}();

nfstime4 wire_time(const Timestamp& time) { return {time.seconds, time.nanoseconds}; }

std::string_view print_id(std::array<char, 12>& room, uint32_t id) {
    char* end = fmt::format_to(room.data(), "{}", id);
    return {room.data(), static_cast<size_t>(end - room.data())};
}

}  // namespace

bitmap4 readable_attributes(uint32_t minor) { return minor < 2 ? readable_1 : readable_2; }

vfs::AttrMask needed_attributes(const bitmap4& wanted) {
    AttrMask mask;
    wanted.for_each([&mask](uint32_t number) { mask |= source_of[number].needs; });
    // An export's root shows its place in the pseudo file system: by its id it is known.
    return mask;
}

size_t attributes_bound(const bitmap4& wanted) {
    size_t bytes = 20;  // mask and length
    wanted.for_each([&bytes](uint32_t number) { bytes += source_of[number].bytes; });
    return bytes;
}

nfs_ftype4 wire_type(vfs::FileType type) {
    switch (type) {
        case vfs::FileType::directory:
            return NF4DIR;
        case vfs::FileType::symlink:
            return NF4LNK;
        case vfs::FileType::block:
            return NF4BLK;
        case vfs::FileType::character:
            return NF4CHR;
        case vfs::FileType::fifo:
            return NF4FIFO;
        case vfs::FileType::socket:
            return NF4SOCK;
        case vfs::FileType::regular:
        case vfs::FileType::none:
            return NF4REG;
    }
    return NF4REG;
}

verifier4 wire_verifier(uint64_t value) {
    verifier4 made;
    std::memcpy(made.data(), &value, sizeof value);
    return made;
}

uint64_t verifier_value(const verifier4& verifier) {
    uint64_t value;
    std::memcpy(&value, verifier.data(), sizeof value);
    return value;
}

// --- to the wire

void WireAttributes::fill_error(nfsstat4 status, const bitmap4& wanted) {
    values_.mask = {};
    if (wanted.test(FATTR4_RDATTR_ERROR)) values_.mask.set(FATTR4_RDATTR_ERROR);
    values_.rdattr_error = status;
}

void WireAttributes::fill(Call& call, const Export* where, const vfs::Attributes& from,
                          const bitmap4& wanted) {
    const bitmap4 readable = wanted & readable_attributes(call.minor);
    bitmap4 mask = readable;
    readable.for_each([&](uint32_t number) {
        if (!from.valid.has_all(source_of[number].needs)) mask.clear(number);
    });
    if (mask.test(FATTR4_FILEHANDLE) && !fill_handle(call, where, from))
        mask.clear(FATTR4_FILEHANDLE);
    values_.mask = mask;
    fill_constants(call);
    fill_object(where, from);
    fill_system(call, where, from);
}

bool WireAttributes::fill_handle(Call& call, const Export* where, const vfs::Attributes& from) {
    const HandleSeal& seal = call.service.seal();
    if (!where) {
        handle_ = from.handle;  // sealed already: the pseudo file system's
    } else {
        auto sealed = seal.seal(*where, from.handle);
        if (!sealed) return false;
        handle_ = *sealed;
    }
    values_.filehandle = nfs_fh4(handle_.bytes());
    return true;
}

void WireAttributes::fill_object(const Export* where, const vfs::Attributes& from) {
    values_.type = wire_type(from.type);
    values_.change = from.change;
    values_.size = from.size;
    values_.fileid = from.fileid;
    values_.mounted_on_fileid =
        where && from.fileid == where->root_fileid() ? where->mount_point->fileid() : from.fileid;
    values_.mode = from.mode;
    values_.numlinks = from.nlink;
    values_.owner = print_id(owner_, from.uid);
    values_.owner_group = print_id(group_, from.gid);
    values_.rawdev = {from.rdev.major, from.rdev.minor};
    values_.space_used = from.space_used;
    values_.time_access = wire_time(from.atime);
    values_.time_create = wire_time(from.btime);
    values_.time_metadata = wire_time(from.ctime);
    values_.time_modify = wire_time(from.mtime);
    vfs::Fsid fsid = where ? where->fsid() : vfs::Fsid{};
    values_.fsid = {fsid.major, fsid.minor};
}

void WireAttributes::fill_system(Call& call, const Export* where, const vfs::Attributes& from) {
    (void)call;
    vfs::Capabilities can = where ? where->backend().capabilities() : vfs::Capabilities{};
    values_.files_avail = from.files_available;
    values_.files_free = from.files_free;
    values_.files_total = from.files_total;
    values_.space_avail = from.space_available;
    values_.space_free = from.space_free;
    values_.space_total = from.space_total;
    values_.maxfilesize = from.max_file_size;
    values_.maxlink = from.max_link;
    values_.maxname = from.max_name;
    values_.maxread = std::min(max_io_bytes, can.max_read);
    values_.maxwrite = std::min(max_io_bytes, can.max_write);
    values_.clone_blksize = from.clone_block_size;
    values_.xattr_support = from.xattr_support;
}

void WireAttributes::fill_constants(Call& call) {
    values_.supported_attrs = readable_attributes(call.minor) | settable_attributes(call.minor);
    values_.suppattr_exclcreat = settable_attributes(call.minor);
    values_.fh_expire_type = FH4_PERSISTENT;
    values_.link_support = true;
    values_.symlink_support = true;
    values_.named_attr = false;
    values_.unique_handles = true;
    values_.lease_time = static_cast<uint32_t>(call.service.options().lease.count());
    values_.rdattr_error = NFS4_OK;
    values_.aclsupport = 0;
    values_.cansettime = true;
    values_.case_insensitive = false;
    values_.case_preserving = true;
    values_.chown_restricted = true;
    values_.homogeneous = true;
    values_.no_trunc = true;
    values_.time_delta = {0, 1};
    values_.change_attr_type = NFS4_CHANGE_TYPE_IS_MONOTONIC_INCR;
}

}  // namespace strait::server::nfs4
