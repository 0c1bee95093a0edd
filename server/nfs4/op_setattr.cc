// SPDX-License-Identifier: LGPL-2.1-or-later
// SETATTR: a change of size wants an open for writing, or an anonymous stateid and the permission.

#include "server/nfs4/attributes.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/getattr.h"

namespace strait::server::nfs4 {
namespace {

class SetAttr final : public FileOperation<SETATTR4args, SETATTR4res> {
    size_t reply_bound(const Call&) const override { return 24; }

    Built build(Program& program) override {
        auto decoded = decode_settable(args.obj_attributes, program.call().minor, false);
        if (!decoded) return decoded.error();
        Built entered = decoded->set.size ? program.enter_with(args.stateid, StateUse::write)
                                          : program.enter(NFS4ERR_ROFS);
        if (!entered.ok()) return entered;
        mask_ = decoded->mask;
        program.add(vfs::SetAttr{decoded->set});
        return NFS4_OK;
    }
    nfsstat4 finish(Finish&) override {
        res.attrsset = mask_;
        return NFS4_OK;
    }

    bitmap4 mask_;
};

}  // namespace

std::unique_ptr<Operation> make_setattr() { return make_operation<SetAttr>(); }

}  // namespace strait::server::nfs4
