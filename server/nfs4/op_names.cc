// SPDX-License-Identifier: LGPL-2.1-or-later
// CREATE, REMOVE, RENAME, LINK, READLINK: entries of directories.

#include "server/nfs4/attributes.h"
#include "server/nfs4/names.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/create.h"
#include "wire/nfs4/link.h"
#include "wire/nfs4/readlink.h"
#include "wire/nfs4/remove.h"
#include "wire/nfs4/rename.h"

namespace strait::server::nfs4 {
namespace {

constexpr size_t max_link_target = 4096;  // PATH_MAX

class Create final : public FileOperation<CREATE4args, CREATE4res> {
    size_t reply_bound(const Call&) const override { return 48; }

    Built build(Program& program) override {
        vfs::Create step;
        if (nfsstat4 wrong = plan_type(step); wrong != NFS4_OK) return wrong;
        if (nfsstat4 wrong = check_name(args.objname); wrong != NFS4_OK) return wrong;
        auto decoded = decode_settable(args.createattrs, program.call().minor, true);
        if (!decoded) return decoded.error();
        if (decoded->set.size) return NFS4ERR_INVAL;
        step.name = args.objname;
        step.attributes = decoded->set;
        mask_ = decoded->mask;
        Built entered = program.enter(NFS4ERR_ROFS);
        if (!entered.ok()) return entered;
        step_ = program.add(step);
        program.moved();
        return NFS4_OK;
    }

    nfsstat4 plan_type(vfs::Create& step) const {
        switch (args.objtype.type) {
            case NF4DIR:
                step.type = vfs::FileType::directory;
                return NFS4_OK;
            case NF4SOCK:
                step.type = vfs::FileType::socket;
                return NFS4_OK;
            case NF4FIFO:
                step.type = vfs::FileType::fifo;
                return NFS4_OK;
            case NF4BLK:
                step.type = vfs::FileType::block;
                break;
            case NF4CHR:
                step.type = vfs::FileType::character;
                break;
            case NF4LNK:
                step.type = vfs::FileType::symlink;
                step.target = args.objtype.linkdata;
                if (step.target.empty() || step.target.find('\0') != std::string_view::npos)
                    return NFS4ERR_INVAL;
                return step.target.size() < max_link_target ? NFS4_OK : NFS4ERR_NAMETOOLONG;
            case NF4REG:
            case NF4ATTRDIR:
            case NF4NAMEDATTR:
                return NFS4ERR_BADTYPE;
            default:
                return NFS4ERR_BADTYPE;
        }
        step.device = {args.objtype.devdata.specdata1, args.objtype.devdata.specdata2};
        return NFS4_OK;
    }

    nfsstat4 finish(Finish& finish) override {
        res.resok4.cinfo = wire_change(finish.at<vfs::Create>(step_).directory);
        res.resok4.attrset = mask_;
        return NFS4_OK;
    }

    size_t step_ = 0;
    bitmap4 mask_;
};

class Remove final : public FileOperation<REMOVE4args, REMOVE4res> {
    Built build(Program& program) override {
        if (nfsstat4 wrong = check_name(args.target); wrong != NFS4_OK) return wrong;
        Built entered = program.enter(NFS4ERR_ROFS);
        if (entered.ok()) step_ = program.add(vfs::Remove{args.target, vfs::RemoveKind::any});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        res.resok4.cinfo = wire_change(finish.at<vfs::Remove>(step_).directory);
        return NFS4_OK;
    }

    size_t step_ = 0;
};

class Rename final : public FileOperation<RENAME4args, RENAME4res> {
    Built build(Program& program) override {
        if (nfsstat4 wrong = check_name(args.oldname); wrong != NFS4_OK) return wrong;
        if (nfsstat4 wrong = check_name(args.newname); wrong != NFS4_OK) return wrong;
        Built entered = program.enter_both(NFS4ERR_ROFS);
        if (entered.ok()) step_ = program.add(vfs::Rename{args.oldname, args.newname});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        vfs::Rename::Result& told = finish.at<vfs::Rename>(step_);
        res.resok4.source_cinfo = wire_change(told.source);
        res.resok4.target_cinfo = wire_change(told.target);
        return NFS4_OK;
    }

    size_t step_ = 0;
};

class Link final : public FileOperation<LINK4args, LINK4res> {
    Built build(Program& program) override {
        if (nfsstat4 wrong = check_name(args.newname); wrong != NFS4_OK) return wrong;
        Built entered = program.enter_both(NFS4ERR_ROFS);
        if (entered.ok()) step_ = program.add(vfs::Link{args.newname});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        res.resok4.cinfo = wire_change(finish.at<vfs::Link>(step_).directory);
        return NFS4_OK;
    }

    size_t step_ = 0;
};

class ReadLink final : public FileOperation<READLINK4args, READLINK4res> {
    size_t reply_bound(const Call&) const override { return 12 + max_link_target; }

    Built build(Program& program) override {
        Built entered = program.enter(NFS4ERR_WRONG_TYPE);
        if (entered.ok()) step_ = program.add(vfs::ReadLink{});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        target_ = finish.at<vfs::ReadLink>(step_).target;
        res.resok4.link = target_.text();
        return NFS4_OK;
    }
    nfsstat4 failed(Finish&, nfsstat4 status) override {
        return status == NFS4ERR_INVAL ? NFS4ERR_WRONG_TYPE : status;
    }

    size_t step_ = 0;
    Buffer target_;
};

}  // namespace

std::unique_ptr<Operation> make_create() { return make_operation<Create>(); }
std::unique_ptr<Operation> make_remove() { return make_operation<Remove>(); }
std::unique_ptr<Operation> make_rename() { return make_operation<Rename>(); }
std::unique_ptr<Operation> make_link() { return make_operation<Link>(); }
std::unique_ptr<Operation> make_readlink() { return make_operation<ReadLink>(); }

}  // namespace strait::server::nfs4
