// SPDX-License-Identifier: LGPL-2.1-or-later
// GETATTR, and VERIFY and NVERIFY, which compare instead of telling.

#include "server/nfs4/attributes.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/getattr.h"
#include "wire/nfs4/verify.h"

namespace strait::server::nfs4 {
namespace {

// Asks for the attributes of what is current; the pseudo file system answers at once.
struct Question {
    Export* where = nullptr;
    std::optional<size_t> step;
    vfs::Attributes known;

    Built ask(Program& program, const bitmap4& wanted) {
        const Cursor& at = program.current();
        where = at.where;
        if (at.pseudo) {
            known = at.pseudo->attributes();
            known.handle = program.call().service.seal().seal(*at.pseudo);
            known.valid |= vfs::Attr::handle;
            return NFS4_OK;
        }
        vfs::AttrMask mask = needed_attributes(wanted);
        Built entered = program.enter(NFS4_OK);
        if (entered.ok()) step = program.add(vfs::GetAttr{mask});
        return entered;
    }
    const vfs::Attributes& answer(Finish& finish) {
        return step ? finish.at<vfs::GetAttr>(*step).attributes : known;
    }
};

class GetAttr final : public FileOperation<GETATTR4args, GETATTR4res> {
    size_t reply_bound(const Call& call) const override {
        return 8 + attributes_bound(args.attr_request & readable_attributes(call.minor));
    }
    Built build(Program& program) override {
        // Times and the like can only be set (RFC 8881 section 5.5).
        if (!(args.attr_request & write_only()).empty()) return NFS4ERR_INVAL;
        return question_.ask(program, args.attr_request);
    }
    nfsstat4 finish(Finish& finish) override {
        attributes_.fill(finish.call(), question_.where, question_.answer(finish),
                         args.attr_request);
        res.resok4.obj_attributes = attributes_.wire();
        return NFS4_OK;
    }
    static bitmap4 write_only() { return {FATTR4_TIME_ACCESS_SET, FATTR4_TIME_MODIFY_SET}; }

    Question question_;
    WireAttributes attributes_;
};

// Verdict: what to answer when all attributes are the same, and when one differs.
template <class Args, class Res, nfsstat4 when_same, nfsstat4 when_different>
class Compare final : public FileOperation<Args, Res> {
    bool decides() const override { return true; }

    Built build(Program& program) override {
        const fattr4& given = this->args.obj_attributes;
        const bitmap4& mask = given.attrmask;
        if (mask.beyond || !(mask - readable_attributes(program.call().minor)).empty())
            return mask.test(FATTR4_TIME_ACCESS_SET) || mask.test(FATTR4_TIME_MODIFY_SET)
                       ? NFS4ERR_INVAL
                       : NFS4ERR_ATTRNOTSUPP;
        if (mask.test(FATTR4_RDATTR_ERROR)) return NFS4ERR_INVAL;
        return question_.ask(program, mask);
    }
    nfsstat4 finish(Finish& finish) override {
        const fattr4& given = this->args.obj_attributes;
        WireAttributes ours;
        ours.fill(finish.call(), question_.where, question_.answer(finish), given.attrmask);
        if (!(given.attrmask - ours.values().mask).empty()) return NFS4ERR_ATTRNOTSUPP;
        xdr::Writer mine, theirs;
        write(mine, ours.wire());
        write(theirs, given);
        return mine.take().flatten().text() == theirs.take().flatten().text() ? when_same
                                                                              : when_different;
    }

    Question question_;
};

}  // namespace

std::unique_ptr<Operation> make_getattr() { return make_operation<GetAttr>(); }
std::unique_ptr<Operation> make_verify() {
    return make_operation<Compare<VERIFY4args, VERIFY4res, NFS4_OK, NFS4ERR_NOT_SAME>>();
}
std::unique_ptr<Operation> make_nverify() {
    return make_operation<Compare<NVERIFY4args, NVERIFY4res, NFS4ERR_SAME, NFS4_OK>>();
}

}  // namespace strait::server::nfs4
