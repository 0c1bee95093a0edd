// SPDX-License-Identifier: LGPL-2.1-or-later
// The cursor, attributes and access.
#include "client/nfs4/attributes.h"
#include "client/nfs4/lowering.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/access.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/getattr.h"
#include "wire/nfs4/lookup.h"
#include "wire/nfs4/verify.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;
using Role = Step::Role;

namespace {

// Longer than any file system allows: not worth the server's time.
constexpr size_t longest_name = 4096;
constexpr uint32_t attributes_room = 1024;  // bytes of a GETATTR reply

Takes::Status read_handle(Takes::Results& in, vfs::Handle& into) {
    GETFH4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    auto handle = vfs::Handle::from(result.resok4.object);
    if (!handle) return fail(Errc::protocol);
    into = *handle;
    return NFS4_OK;
}

}  // namespace

Result<Builder::Emitted> Builder::emit(const vfs::Root&) {
    if (!room(4 + static_cast<uint32_t>(mount_.prefix_.size()), 1024)) return Emitted::not_here;
    current_.set_root();
    open_here_ = false;
    emit_position(current_, Role::plain);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::Put& put) {
    if (!room(2, 256, 256)) return Emitted::not_here;
    current_ = Position();
    current_.set_handle(put.handle);
    if (mount_.root_handle_ && put.handle == *mount_.root_handle_) current_.depth = 0;
    open_here_ = false;
    emit_position(current_, Role::plain);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::Save&) {
    if (!room(1)) return Emitted::not_here;
    saved_ = current_;
    saved_open_here_ = open_here_;
    saved_stateid_here_ = stateid_here_;
    add(SAVEFH4args{}, &Takes::status<SAVEFH4res>);
    spend(1);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::Restore&) {
    if (saved_.base == Position::Base::none) return fail(Errc::inval);
    if (!room(1)) return Emitted::not_here;
    current_ = saved_;
    open_here_ = saved_open_here_;
    stateid_here_ = saved_stateid_here_;
    add(RESTOREFH4args{}, &Takes::status<RESTOREFH4res>);
    spend(1);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::UseOpen& use) {
    // One that was lost may still be named: to be closed.
    HeldOpen* open = mount_.opens_.find(use.open);
    if (!open) return fail(Errc::bad_stateid);
    if (current_.base == Position::Base::none) {
        if (!room(2, 256, 256)) return Emitted::not_here;
        current_.set_handle(open->handle);
        emit_position(current_, Role::plain);
    } else if (current_.base == Position::Base::handle && current_.names.empty() &&
               !(current_.handle == open->handle)) {
        return fail(Errc::bad_stateid);
    } else if (!current_.names.empty() || current_.base == Position::Base::root) {
        if (!room(1, 64, 256)) return Emitted::not_here;
        Attributes4 file;
        file.mask.set(FATTR4_FILEHANDLE);
        file.filehandle = open->handle.bytes();
        add(VERIFY4args{fattr4::of(file)}, &Takes::status<VERIFY4res>, Role::same_file);
        spend(1);
    }
    current_.open = use.open;
    open_here_ = stateid_here_ = false;
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::Walk& walk) {
    bool resumed = index_ == progress_.next_;
    size_t offset = resumed ? progress_.walk_offset_ : 0;
    uint32_t count = resumed ? progress_.walked_ : 0;
    batch_.result<vfs::Walk>(index_).walked = count;
    if (walk.path.find('\0', offset) != walk.path.npos) return fail(Errc::badchar);
    bool any = false;
    for (size_t here = offset; auto name = next_component(walk.path, offset); here = offset) {
        if (name->size() > longest_name) return fail(Errc::nametoolong);
        if (!room(2, 256, static_cast<uint32_t>(name->size()))) {
            progress_.partial_offset_ = here;
            progress_.partial_position_ = current_;
            return any ? Emitted::partly : Emitted::not_here;
        }
        open_here_ = stateid_here_ = false;
        count++;
        if (*name == ".." && current_.depth == 0) {  // our root's parent is our root
            (any ? batch_.steps.back().count : batch_.result<vfs::Walk>(index_).walked) = count;
            continue;
        }
        any = true;
        if (*name == ".." && current_.depth < 0) {
            Attributes4 root;
            root.mask.set(FATTR4_FILEHANDLE);
            root.filehandle = mount_.root_handle_->bytes();
            add(NVERIFY4args{fattr4::of(root)}, &Takes::status<NVERIFY4res>, Role::below_root);
            spend(1);
        }
        current_.step(*name);
        emit_name(*name, *name == ".." ? &Takes::lookup_parent : &Takes::lookup, Role::plain);
        batch_.steps.back().count = count;
    }
    // "a/" and "a/." are a directory, or nothing.
    bool directory = walk.path.ends_with('/') || walk.path.ends_with("/.");
    if (count > 0 && (walk.refuse_symlink_end || directory))
        emit_type_check(vfs::FileType::symlink, false, Role::no_symlink);
    if (count > 0 && directory) emit_type_check(vfs::FileType::directory, true, Role::directory);
    return Emitted::whole;
}

// The server's own rules may be laxer, or cut a name short at its zero byte.
Result<> check_name(std::string_view name) {
    if (name.empty()) return fail(Errc::inval);
    if (name == "." || name == "..") return fail(Errc::badname);
    if (name.find('/') != name.npos || name.find('\0') != name.npos) return fail(Errc::badchar);
    return {};
}

bool Builder::emit_type_check(vfs::FileType type, bool must_be, Role role) {
    Attributes4 wanted;
    wanted.mask.set(FATTR4_TYPE);
    wanted.type = to_ftype(type);
    if (must_be) {
        add(VERIFY4args{fattr4::of(wanted)}, &Takes::status<VERIFY4res>, role);
    } else {
        add(NVERIFY4args{fattr4::of(wanted)}, &Takes::status<NVERIFY4res>, role);
    }
    spend(1);
    return true;
}

Result<Builder::Emitted> Builder::emit(const vfs::GetHandle&) {
    if (open_here_ && batch_.opening && !batch_.opening->asked) {
        batch_.result<vfs::GetHandle>(index_).handle = batch_.opening->handle;
        batch_.opening->asked = index_;
        return Emitted::whole;
    }
    if (!room(1, 256)) return Emitted::not_here;
    add(GETFH4args{}, &Takes::get_handle);
    spend(1, 256);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::GetAttr& get) {
    if (!room(1, attributes_room)) return Emitted::not_here;
    batch_.result<vfs::GetAttr>(index_);
    add(GETATTR4args{to_bitmap(get.mask)}, &Takes::get_attributes);
    spend(1, attributes_room);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::SetAttr& set) {
    if (!room(1)) return Emitted::not_here;
    // Only a change of size looks at the stateid (RFC 8881 section 18.30.3).
    stateid4 with = anonymous_stateid;
    if (set.attributes.size) {
        auto open = stateid();
        if (!open) return fail(open.error());
        if (!*open) return Emitted::not_here;
        with = **open;
    }
    SettableAttributes values(set.attributes);
    add(SETATTR4args{with, values.fattr()}, &Takes::status<SETATTR4res>);
    spend(1);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::CheckAccess& check) {
    if (!room(1)) return Emitted::not_here;
    add(ACCESS4args{check.wanted}, &Takes::access);
    spend(1);
    return Emitted::whole;
}

Takes::Status Takes::cut_handle(Batch& batch, const Step&, Results& in) {
    return read_handle(in, batch.cut_handle);
}

Takes::Status Takes::root_handle(Batch& batch, const Step&, Results& in) {
    vfs::Handle handle;
    auto status = read_handle(in, handle);
    if (status && *status == NFS4_OK) batch.mount.root_handle_ = handle;
    return status;
}

Takes::Status Takes::limits(Batch& batch, const Step&, Results& in) {
    GETATTR4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    Attributes4 values;
    if (decode_attributes(result.resok4.obj_attributes, values) != AttributesRead::ok)
        return fail(Errc::protocol);
    Mount& mount = batch.mount;
    mount.limits_known_ = true;
    if (values.has(FATTR4_MAXREAD)) mount.max_read_ = values.maxread;
    if (values.has(FATTR4_MAXWRITE)) mount.max_write_ = values.maxwrite;
    if (values.has(FATTR4_XATTR_SUPPORT)) mount.xattrs_ = values.xattr_support;
    if (values.has(FATTR4_SUPPATTR_EXCLCREAT))
        mount.verifiers_apart_ = values.suppattr_exclcreat.test(FATTR4_TIME_ACCESS_SET) &&
                                 values.suppattr_exclcreat.test(FATTR4_TIME_MODIFY_SET);
    if (values.has(FATTR4_LEASE_TIME) && values.lease_time > 0)
        mount.session_.set_lease(std::chrono::seconds(values.lease_time));
    return status;
}

Takes::Status Takes::lookup(Batch& batch, const Step& step, Results& in) {
    LOOKUP4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK) batch.result<vfs::Walk>(step.index).walked = step.count;
    return status;
}

Takes::Status Takes::lookup_parent(Batch& batch, const Step& step, Results& in) {
    LOOKUPP4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK) batch.result<vfs::Walk>(step.index).walked = step.count;
    return status;
}

Takes::Status Takes::get_handle(Batch& batch, const Step& step, Results& in) {
    return read_handle(in, batch.result<vfs::GetHandle>(step.index).handle);
}

Takes::Status Takes::get_attributes(Batch& batch, const Step& step, Results& in) {
    GETATTR4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    auto& attributes = batch.result<vfs::GetAttr>(step.index).attributes;
    attributes.valid = {};
    nfsstat4 ignored = NFS4_OK;
    auto read =
        read_attributes(result.resok4.obj_attributes, batch.mount.ids_, attributes, ignored);
    if (!read) return fail(read.error());
    return status;
}

Takes::Status Takes::access(Batch& batch, const Step& step, Results& in) {
    ACCESS4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK) {
        auto& out = batch.result<vfs::CheckAccess>(step.index);
        out.supported = result.resok4.supported;
        out.granted = result.resok4.access;
    }
    return status;
}

}  // namespace strait::client::nfs4
