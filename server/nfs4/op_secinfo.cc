// SPDX-License-Identifier: LGPL-2.1-or-later
// SECINFO and SECINFO_NO_NAME: which flavours an object takes. AUTH_SYS, and AUTH_NONE as nobody.

#include "server/nfs4/names.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/secinfo.h"

namespace strait::server::nfs4 {
namespace {

constexpr uint32_t auth_sys = 1;
constexpr uint32_t auth_none = 0;

template <class Args, class Res>
class Flavours : public FileOperation<Args, Res> {
    size_t reply_bound(const Call&) const override { return 24; }
    nfsstat4 finish(Finish&) override {
        for (uint32_t flavor : {auth_sys, auth_none}) {
            secinfo4 each;
            each.flavor = flavor;
            this->res.resok4.push_back(each);
        }
        return NFS4_OK;
    }
};

// The current filehandle is consumed (RFC 8881 section 2.6.3.1.1.8).
class SecInfo final : public Flavours<SECINFO4args, SECINFO4res> {
    Built build(Program& program) override {
        if (nfsstat4 wrong = check_name(args.name); wrong != NFS4_OK) return wrong;
        if (const PseudoNode* at = program.current().pseudo) {
            if (!at->find(args.name)) return NFS4ERR_NOENT;
        } else {
            Built entered = program.enter(NFS4_OK);
            if (!entered.ok()) return entered;
            program.add(vfs::Walk{args.name});
        }
        program.clear_filehandle();
        return NFS4_OK;
    }
};

class SecInfoNoName final : public Flavours<SECINFO_NO_NAME4args, SECINFO_NO_NAME4res> {
    Built build(Program& program) override {
        const Cursor& at = program.current();
        bool at_top = at.pseudo && !at.pseudo->parent();
        if (args.style == SECINFO_STYLE4_PARENT && at_top) return NFS4ERR_NOENT;
        if (args.style == SECINFO_STYLE4_PARENT && at.where) {
            if (!at.handle) return Built::after_flush();
            bool export_root = *at.handle == at.where->root_handle();
            if (export_root && !at.where->mount_point->parent()) return NFS4ERR_NOENT;
            Built entered = program.enter(NFS4_OK);
            if (!entered.ok()) return entered;
            if (!export_root) program.add(vfs::Walk{".."});  // NOTDIR for a file
        }
        program.clear_filehandle();
        return NFS4_OK;
    }
};

}  // namespace

std::unique_ptr<Operation> make_secinfo() { return make_operation<SecInfo>(); }
std::unique_ptr<Operation> make_secinfo_no_name() { return make_operation<SecInfoNoName>(); }

}  // namespace strait::server::nfs4
