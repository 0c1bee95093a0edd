// SPDX-License-Identifier: LGPL-2.1-or-later
// PUTFH, PUTROOTFH, PUTPUBFH, GETFH, SAVEFH, RESTOREFH: where the cursor stands.

#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/filehandle.h"

namespace strait::server::nfs4 {
namespace {

class PutFh final : public FileOperation<PUTFH4args, PUTFH4res> {
    Built build(Program& program) override {
        Call& call = program.call();
        auto place = call.service.seal().open(args.object);
        if (!place) return place.error();
        if (place->where && !place->where->admits(call.caller)) return NFS4ERR_ACCESS;
        program.move_to(*place);
        // The backend says at once whether the object is still there.
        return place->where ? program.enter(NFS4_OK) : Built(NFS4_OK);
    }
};

template <class Args, class Res>
class PutRootFh final : public FileOperation<Args, Res> {
    Built build(Program& program) override {
        const PseudoNode& root = program.call().service.exports().root();
        if (root.mounted() && !root.mounted()->admits(program.call().caller)) return NFS4ERR_ACCESS;
        program.move_to(root);
        return NFS4_OK;
    }
};

class GetFh final : public FileOperation<GETFH4args, GETFH4res> {
    size_t reply_bound(const Call&) const override { return 12 + NFS4_FHSIZE; }

    Built build(Program& program) override {
        const Cursor& at = program.current();
        where_ = at.where;
        if (at.pseudo) {
            handle_ = program.call().service.seal().seal(*at.pseudo);
            return NFS4_OK;
        }
        if (at.handle) {
            handle_ = *at.handle;
            return NFS4_OK;
        }
        Built entered = program.enter(NFS4_OK);
        if (entered.ok()) step_ = program.add(vfs::GetHandle{});
        return entered;
    }

    nfsstat4 finish(Finish& finish) override {
        if (step_) handle_ = finish.at<vfs::GetHandle>(*step_).handle;
        if (where_) {
            auto sealed = finish.call().service.seal().seal(*where_, handle_);
            if (!sealed) return sealed.error();
            handle_ = *sealed;
        }
        res.resok4.object = nfs_fh4(handle_.bytes());
        return NFS4_OK;
    }

    Export* where_ = nullptr;
    vfs::Handle handle_;
    std::optional<size_t> step_;
};

class SaveFh final : public FileOperation<SAVEFH4args, SAVEFH4res> {
    Built build(Program& program) override {
        program.save();
        return NFS4_OK;
    }
};

class RestoreFh final : public FileOperation<RESTOREFH4args, RESTOREFH4res> {
    Built build(Program& program) override { return program.restore(); }
};

}  // namespace

std::unique_ptr<Operation> make_putfh() { return make_operation<PutFh>(); }
std::unique_ptr<Operation> make_putrootfh() {
    return make_operation<PutRootFh<PUTROOTFH4args, PUTROOTFH4res>>();
}
std::unique_ptr<Operation> make_putpubfh() {
    return make_operation<PutRootFh<PUTPUBFH4args, PUTPUBFH4res>>();
}
std::unique_ptr<Operation> make_getfh() { return make_operation<GetFh>(); }
std::unique_ptr<Operation> make_savefh() { return make_operation<SaveFh>(); }
std::unique_ptr<Operation> make_restorefh() { return make_operation<RestoreFh>(); }

}  // namespace strait::server::nfs4
