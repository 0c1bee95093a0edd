// SPDX-License-Identifier: LGPL-2.1-or-later
// LOOKUP and LOOKUPP: one step down, one step up; and over the border between the pseudo file
// system and an export.

#include "server/nfs4/names.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/lookup.h"

namespace strait::server::nfs4 {
namespace {

class Lookup final : public FileOperation<LOOKUP4args, LOOKUP4res> {
    Built build(Program& program) override {
        nfsstat4 wrong = check_name(args.objname);
        if (wrong != NFS4_OK) return wrong;
        if (const PseudoNode* at = program.current().pseudo) return step_down(program, *at);
        Built entered = program.enter(NFS4_OK);
        if (!entered.ok()) return entered;
        program.add(vfs::Walk{args.objname});
        program.moved();
        return NFS4_OK;
    }

    Built step_down(Program& program, const PseudoNode& at) {
        const PseudoNode* child = at.find(args.objname);
        if (!child) return NFS4ERR_NOENT;
        if (child->mounted() && !child->mounted()->admits(program.call().caller))
            return NFS4ERR_ACCESS;
        program.move_to(*child);
        return NFS4_OK;
    }
};

class LookupParent final : public FileOperation<LOOKUPP4args, LOOKUPP4res> {
    Built build(Program& program) override {
        const Cursor& at = program.current();
        if (at.pseudo) return step_up(program, *at.pseudo);
        // A backend's root is its own parent: whether we are there, the handle says.
        if (!at.handle) return Built::after_flush();
        if (*at.handle == at.where->root_handle()) return step_up(program, *at.where->mount_point);
        Built entered = program.enter(NFS4_OK);
        if (!entered.ok()) return entered;
        program.add(vfs::Walk{".."});
        program.moved();
        return NFS4_OK;
    }

    static Built step_up(Program& program, const PseudoNode& at) {
        if (!at.parent()) return NFS4ERR_NOENT;
        program.move_to(*at.parent());
        return NFS4_OK;
    }
};

}  // namespace

std::unique_ptr<Operation> make_lookup() { return make_operation<Lookup>(); }
std::unique_ptr<Operation> make_lookupp() { return make_operation<LookupParent>(); }

}  // namespace strait::server::nfs4
