// SPDX-License-Identifier: LGPL-2.1-or-later
// Directories and names.
#include <cstring>

#include "client/nfs4/attributes.h"
#include "client/nfs4/lowering.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/create.h"
#include "wire/nfs4/errc_map.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/link.h"
#include "wire/nfs4/lookup.h"
#include "wire/nfs4/readdir.h"
#include "wire/nfs4/readlink.h"
#include "wire/nfs4/remove.h"
#include "wire/nfs4/rename.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;
using Role = Step::Role;

Result<Builder::Emitted> Builder::emit(const vfs::ReadDir& read) {
    uint32_t bytes = std::min(read.max_bytes, mount_.options_.readdir_bytes);
    bytes = std::min<uint32_t>(bytes, mount_.session_.limits().max_response - 1024);
    if (!room(1, bytes)) return Emitted::not_here;
    READDIR4args args;
    args.cookie = read.cookie;
    std::memcpy(args.cookieverf.data(), &read.verifier, sizeof(read.verifier));
    // dircount limits names and cookies alone; maxcount, the whole, is the limit that we mean.
    args.dircount = bytes;
    args.maxcount = bytes;
    args.attr_request = to_bitmap(read.mask);
    args.attr_request.set(FATTR4_RDATTR_ERROR);
    batch_.most_entries = read.max_entries;
    add(args, &Takes::read_directory);
    spend(1, bytes);
    return Emitted::whole;
}

namespace {

// Names live in one block of their own: the record they came in may be much larger.
Buffer copy_names(const dirlist4& list, size_t count) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += list.entries[i].name.size();
    Buffer names = Buffer::allocate(size);
    std::byte* at = names.data();
    for (size_t i = 0; i < count; i++) {
        std::string_view name = list.entries[i].name;
        if (!name.empty()) std::memcpy(at, name.data(), name.size());
        at += name.size();
    }
    return names;
}

Result<> fill_entries(const dirlist4& list, size_t count, IdMap& ids, vfs::ReadDir::Result& out) {
    Buffer names = copy_names(list, count);
    size_t at = 0;
    out.entries.clear();
    out.entries.reserve(count);
    for (size_t i = 0; i < count; i++) {
        const entry4& from = list.entries[i];
        vfs::DirEntry& entry = out.entries.emplace_back();
        entry.name = names.text().substr(at, from.name.size());
        at += from.name.size();
        entry.cookie = from.cookie;
        nfsstat4 error = NFS4_OK;
        if (auto read = read_attributes(from.attrs, ids, entry.attributes, error); !read)
            return read;
        if (error != NFS4_OK) entry.error = error_of(error);
    }
    out.storage.clear();
    out.storage.push_back(std::move(names));
    return {};
}

}  // namespace

Takes::Status Takes::read_directory(Batch& batch, const Step& step, Results& in) {
    READDIR4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    const dirlist4& list = result.resok4.reply;
    auto& out = batch.result<vfs::ReadDir>(step.index);
    size_t count = std::min<size_t>(list.entries.size(), batch.most_entries);
    std::memcpy(&out.verifier, result.resok4.cookieverf.data(), sizeof(out.verifier));
    out.eof = list.eof && count == list.entries.size();
    auto filled = fill_entries(list, count, batch.mount.ids_, out);
    if (!filled) return fail(filled.error());
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::ReadLink&) {
    if (!room(1, 4096 + 64)) return Emitted::not_here;
    add(READLINK4args{}, &Takes::read_link);
    spend(1, 4096 + 64);
    return Emitted::whole;
}

Takes::Status Takes::read_link(Batch& batch, const Step& step, Results& in) {
    READLINK4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK) {
        batch.result<vfs::ReadLink>(step.index).target = own_copy(as_bytes(result.resok4.link));
    }
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Create& create) {
    if (auto good = check_name(create.name); !good) return fail(good.error());
    if (!room(2, 256, 1024 + static_cast<uint32_t>(create.target.size()))) return Emitted::not_here;
    SettableAttributes values(create.attributes);
    CREATE4args args;
    args.objtype.type = to_ftype(create.type);
    args.objtype.linkdata = create.target;
    args.objtype.devdata = {create.device.major, create.device.minor};
    args.objname = create.name;
    args.createattrs = values.fattr();
    add(args, &Takes::create);
    spend(1, 128);
    current_.step(create.name);
    open_here_ = stateid_here_ = false;
    return Emitted::whole;
}

Takes::Status Takes::create(Batch& batch, const Step& step, Results& in) {
    CREATE4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK)
        batch.result<vfs::Create>(step.index).directory = to_change(result.resok4.cinfo);
    return status;
}

// REMOVE takes anything away, unlink(2) and rmdir(2) do not: the type is checked in the same
// compound, so that it is still one round trip.
Result<Builder::Emitted> Builder::emit(const vfs::Remove& remove) {
    if (auto good = check_name(remove.name); !good) return fail(good.error());
    bool checked = remove.kind != vfs::RemoveKind::any;
    if (!room(checked ? 12 : 1, 256, 1024)) return Emitted::not_here;
    if (checked) {
        bool keep_saved = saved_is_needed_from(index_ + 1);
        // SAVEFH would overwrite what the program still needs; then the way is walked again.
        if (!keep_saved) add(SAVEFH4args{}, &Takes::status<SAVEFH4res>);
        add(LOOKUP4args{remove.name}, &Takes::status<LOOKUP4res>);
        if (remove.kind == vfs::RemoveKind::directory) {
            emit_type_check(vfs::FileType::directory, true, Role::directory);
        } else {
            emit_type_check(vfs::FileType::directory, false, Role::no_directory);
        }
        if (keep_saved) {
            emit_position(current_, Role::setup);
        } else {
            add(RESTOREFH4args{}, &Takes::status<RESTOREFH4res>);
        }
        spend(4, 256);
    }
    add(REMOVE4args{remove.name}, &Takes::remove);
    spend(1);
    return Emitted::whole;
}

Takes::Status Takes::remove(Batch& batch, const Step& step, Results& in) {
    REMOVE4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK)
        batch.result<vfs::Remove>(step.index).directory = to_change(result.resok4.cinfo);
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Rename& rename) {
    if (rename.flags != 0) return fail(Errc::notsup);
    if (auto good = check_name(rename.from); !good) return fail(good.error());
    if (auto good = check_name(rename.to); !good) return fail(good.error());
    if (!room(1, 128, 1024)) return Emitted::not_here;
    add(RENAME4args{rename.from, rename.to}, &Takes::rename);
    spend(1, 128);
    return Emitted::whole;
}

Takes::Status Takes::rename(Batch& batch, const Step& step, Results& in) {
    RENAME4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK) {
        auto& out = batch.result<vfs::Rename>(step.index);
        out.source = to_change(result.resok4.source_cinfo);
        out.target = to_change(result.resok4.target_cinfo);
    }
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Link& link) {
    if (auto good = check_name(link.name); !good) return fail(good.error());
    if (!room(1, 128, 1024)) return Emitted::not_here;
    add(LINK4args{link.name}, &Takes::link);
    spend(1, 128);
    return Emitted::whole;
}

Takes::Status Takes::link(Batch& batch, const Step& step, Results& in) {
    LINK4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK)
        batch.result<vfs::Link>(step.index).directory = to_change(result.resok4.cinfo);
    return status;
}

}  // namespace strait::client::nfs4
