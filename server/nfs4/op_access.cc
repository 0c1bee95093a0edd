// SPDX-License-Identifier: LGPL-2.1-or-later
// ACCESS: which of these rights does the caller have?

#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/access.h"

namespace strait::server::nfs4 {
namespace {

constexpr uint32_t rights_4_1 = 0x3f;
constexpr uint32_t rights_4_2 = 0x1ff;
constexpr uint32_t changing = ACCESS4_MODIFY | ACCESS4_EXTEND | ACCESS4_DELETE | ACCESS4_XAWRITE;
constexpr uint32_t pseudo_rights = ACCESS4_READ | ACCESS4_LOOKUP | ACCESS4_EXECUTE;

class Access final : public FileOperation<ACCESS4args, ACCESS4res> {
    Built build(Program& program) override {
        known_ = program.call().minor >= 2 ? rights_4_2 : rights_4_1;
        if (args.access & ~known_) return NFS4ERR_INVAL;
        where_ = program.current().where;
        if (!where_) return NFS4_OK;
        Built entered = program.enter(NFS4_OK);
        if (entered.ok()) step_ = program.add(vfs::CheckAccess{args.access});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        vfs::CheckAccess::Result told{args.access & 0x3f, args.access & pseudo_rights};
        if (where_) told = finish.at<vfs::CheckAccess>(step_);
        res.resok4.supported = told.supported & args.access;
        res.resok4.access = told.granted & args.access;
        if (where_ && where_->spec().read_only) res.resok4.access &= ~changing;
        return NFS4_OK;
    }

    uint32_t known_ = 0;
    Export* where_ = nullptr;
    size_t step_ = 0;
};

}  // namespace

std::unique_ptr<Operation> make_access() { return make_operation<Access>(); }

}  // namespace strait::server::nfs4
