// SPDX-License-Identifier: LGPL-2.1-or-later
// Extended attributes (RFC 8276).
#include <cstring>

#include "client/nfs4/attributes.h"
#include "client/nfs4/lowering.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/xattr.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;

namespace {
constexpr uint32_t largest_value = 64 * 1024;  // Linux's XATTR_SIZE_MAX
}

Result<Builder::Emitted> Builder::emit(const vfs::GetXattr& get) {
    if (lacks(OP_GETXATTR)) return fail(Errc::notsup);
    uint32_t bytes =
        std::min<uint32_t>(largest_value + 256, mount_.session_.limits().max_response - 1024);
    if (!room(1, bytes)) return Emitted::not_here;
    add(GETXATTR4args{get.name}, &Takes::get_xattr);
    spend(1, bytes);
    return Emitted::whole;
}

Takes::Status Takes::get_xattr(Batch& batch, const Step& step, Results& in) {
    GETXATTR4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK) {
        batch.result<vfs::GetXattr>(step.index).value = own_copy(result.gxr_value);
    }
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::SetXattr& set) {
    if (lacks(OP_SETXATTR)) return fail(Errc::notsup);
    if (set.value.size() > largest_value) return fail(Errc::toobig);
    const auto head = static_cast<uint32_t>(set.name.size()) + 20;
    if (!room(1, 128, 1024 + static_cast<uint32_t>(set.value.size())) || !data_may_begin_in(head))
        return Emitted::not_here;
    add(SETXATTR4args{static_cast<setxattr_option4>(set.mode), set.name, set.value},
        &Takes::set_xattr);
    spend(1, 128);
    return Emitted::whole;
}

Takes::Status Takes::set_xattr(Batch& batch, const Step& step, Results& in) {
    SETXATTR4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK)
        batch.result<vfs::SetXattr>(step.index).change = to_change(result.sxr_info);
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::ListXattrs& list) {
    if (lacks(OP_LISTXATTRS)) return fail(Errc::notsup);
    uint32_t bytes = std::min<uint32_t>(std::max(list.max_bytes, 1024u),
                                        mount_.session_.limits().max_response - 1024);
    if (!room(1, bytes)) return Emitted::not_here;
    add(LISTXATTRS4args{list.cookie, bytes}, &Takes::list_xattrs);
    spend(1, bytes);
    return Emitted::whole;
}

Takes::Status Takes::list_xattrs(Batch& batch, const Step& step, Results& in) {
    LISTXATTRS4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    auto& out = batch.result<vfs::ListXattrs>(step.index);
    size_t size = 0;
    for (const auto& name : result.lxr_value.lxr_names) size += name.size();
    Buffer names = Buffer::allocate(size);
    size_t at = 0;
    out.names.clear();
    for (const auto& name : result.lxr_value.lxr_names) {
        if (!name.empty()) std::memcpy(names.data() + at, name.data(), name.size());
        out.names.push_back(names.text().substr(at, name.size()));
        at += name.size();
    }
    out.storage.clear();
    out.storage.push_back(std::move(names));
    out.cookie = result.lxr_value.lxr_cookie;
    out.eof = result.lxr_value.lxr_eof;
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::RemoveXattr& remove) {
    if (lacks(OP_REMOVEXATTR)) return fail(Errc::notsup);
    if (!room(1, 128, 1024)) return Emitted::not_here;
    add(REMOVEXATTR4args{remove.name}, &Takes::remove_xattr);
    spend(1, 128);
    return Emitted::whole;
}

Takes::Status Takes::remove_xattr(Batch& batch, const Step& step, Results& in) {
    REMOVEXATTR4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK)
        batch.result<vfs::RemoveXattr>(step.index).change = to_change(result.rxr_info);
    return status;
}

}  // namespace strait::client::nfs4
