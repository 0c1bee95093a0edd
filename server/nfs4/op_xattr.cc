// SPDX-License-Identifier: LGPL-2.1-or-later
// Extended attributes of the user namespace (RFC 8276); names come without a prefix.

#include "server/nfs4/attributes.h"
#include "server/nfs4/limits.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/xattr.h"

namespace strait::server::nfs4 {
namespace {

constexpr size_t max_value_bytes = 64u << 10;  // XATTR_SIZE_MAX

nfsstat4 check_key(std::string_view key) {
    if (key.empty() || key.find('\0') != std::string_view::npos) return NFS4ERR_INVAL;
    return key.size() > max_name_bytes ? NFS4ERR_NAMETOOLONG : NFS4_OK;
}

class GetXattr final : public FileOperation<GETXATTR4args, GETXATTR4res> {
    // Values are short as a rule; a long one is found out before it is sent.
    size_t reply_bound(const Call&) const override { return 1024; }
    bool decides() const override { return true; }

    Built build(Program& program) override {
        if (nfsstat4 wrong = check_key(args.gxa_name); wrong != NFS4_OK) return wrong;
        Built entered = program.enter(NFS4ERR_NOXATTR);
        if (entered.ok()) step_ = program.add(vfs::GetXattr{args.gxa_name});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        value_ = finish.at<vfs::GetXattr>(step_).value;
        if (value_.size() + 16 > finish.call().reply_room) return NFS4ERR_REP_TOO_BIG;
        res.gxr_value = xattrvalue4(value_.bytes());
        return NFS4_OK;
    }

    size_t step_ = 0;
    Buffer value_;
};

class SetXattr final : public FileOperation<SETXATTR4args, SETXATTR4res> {
    Built build(Program& program) override {
        if (nfsstat4 wrong = check_key(args.sxa_key); wrong != NFS4_OK) return wrong;
        if (args.sxa_value.size() > max_value_bytes) return NFS4ERR_XATTR2BIG;
        vfs::SetXattr step{args.sxa_key, args.sxa_value};
        switch (args.sxa_option) {
            case SETXATTR4_EITHER:
                break;
            case SETXATTR4_CREATE:
                step.mode = vfs::SetXattr::Mode::create;
                break;
            case SETXATTR4_REPLACE:
                step.mode = vfs::SetXattr::Mode::replace;
                break;
            default:
                return NFS4ERR_INVAL;
        }
        Built entered = program.enter(NFS4ERR_ROFS);
        if (entered.ok()) step_ = program.add(step);
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        res.sxr_info = wire_change(finish.at<vfs::SetXattr>(step_).change);
        return NFS4_OK;
    }

    size_t step_ = 0;
};

class ListXattrs final : public FileOperation<LISTXATTRS4args, LISTXATTRS4res> {
    // As long as the list turns out to be: see finish().
    size_t reply_bound(const Call&) const override { return 24; }
    bool decides() const override { return true; }

    Built build(Program& program) override {
        // lxr_cookie, an empty list and lxr_eof take that much already.
        if (args.lxa_maxcount < 16) return NFS4ERR_TOOSMALL;
        Built entered = program.enter(NFS4ERR_NOTSUPP);
        if (entered.ok())
            step_ = program.add(
                vfs::ListXattrs{args.lxa_cookie, std::min(args.lxa_maxcount - 16, max_io_bytes)});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        listing_ = std::move(finish.at<vfs::ListXattrs>(step_));
        for (std::string_view name : listing_.names) res.lxr_value.lxr_names.push_back(name);
        res.lxr_value.lxr_cookie = listing_.cookie;
        res.lxr_value.lxr_eof = listing_.eof;
        return encoded_size(res) + 4 > finish.call().reply_room ? NFS4ERR_REP_TOO_BIG : NFS4_OK;
    }

    size_t step_ = 0;
    vfs::ListXattrs::Result listing_;
};

class RemoveXattr final : public FileOperation<REMOVEXATTR4args, REMOVEXATTR4res> {
    Built build(Program& program) override {
        if (nfsstat4 wrong = check_key(args.rxa_name); wrong != NFS4_OK) return wrong;
        Built entered = program.enter(NFS4ERR_ROFS);
        if (entered.ok()) step_ = program.add(vfs::RemoveXattr{args.rxa_name});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        res.rxr_info = wire_change(finish.at<vfs::RemoveXattr>(step_).change);
        return NFS4_OK;
    }

    size_t step_ = 0;
};

}  // namespace

std::unique_ptr<Operation> make_getxattr() { return make_operation<GetXattr>(); }
std::unique_ptr<Operation> make_setxattr() { return make_operation<SetXattr>(); }
std::unique_ptr<Operation> make_listxattrs() { return make_operation<ListXattrs>(); }
std::unique_ptr<Operation> make_removexattr() { return make_operation<RemoveXattr>(); }

}  // namespace strait::server::nfs4
