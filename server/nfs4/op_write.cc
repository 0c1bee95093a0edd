// SPDX-License-Identifier: LGPL-2.1-or-later
// WRITE and COMMIT. The payload reaches the backend as slices of the received record.

#include "server/nfs4/attributes.h"
#include "server/nfs4/limits.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/commit.h"
#include "wire/nfs4/write.h"

namespace strait::server::nfs4 {
namespace {

class Write final : public FileOperation<WRITE4args, WRITE4res> {
    Built build(Program& program) override {
        bool special = args.stateid == anonymous_stateid || args.stateid == read_bypass_stateid;
        if (special && program.call().service.grace().active()) return NFS4ERR_GRACE;
        if (args.data.size() > NFS4_MAXFILELEN - args.offset) return NFS4ERR_FBIG;
        Built entered = program.enter_with(args.stateid, StateUse::write);
        if (!entered.ok()) return entered;
        uint32_t most = std::min(max_io_bytes, program.where()->backend().capabilities().max_write);
        BufferChain data = args.data;
        if (data.size() > most) data.trim_to(most);  // a short write, and the count says so
        auto stability = static_cast<vfs::Stability>(args.stable);
        step_ = program.add(vfs::Write{args.offset, std::move(data), stability});
        return NFS4_OK;
    }
    nfsstat4 finish(Finish& finish) override {
        vfs::Write::Result& told = finish.at<vfs::Write>(step_);
        res.resok4.count = told.count;
        res.resok4.committed = static_cast<stable_how4>(told.committed);
        res.resok4.writeverf = wire_verifier(told.verifier ^ finish.call().service.boot_verifier());
        return NFS4_OK;
    }

    size_t step_ = 0;
};

class Commit final : public FileOperation<COMMIT4args, COMMIT4res> {
    Built build(Program& program) override {
        if (args.count > NFS4_UINT64_MAX - args.offset) return NFS4ERR_INVAL;
        Built entered = program.enter(NFS4ERR_ISDIR);
        if (entered.ok()) step_ = program.add(vfs::Commit{args.offset, args.count});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        uint64_t verifier = finish.at<vfs::Commit>(step_).verifier;
        res.resok4.writeverf = wire_verifier(verifier ^ finish.call().service.boot_verifier());
        return NFS4_OK;
    }

    size_t step_ = 0;
};

}  // namespace

std::unique_ptr<Operation> make_write() { return make_operation<Write>(); }
std::unique_ptr<Operation> make_commit() { return make_operation<Commit>(); }

}  // namespace strait::server::nfs4
