// SPDX-License-Identifier: LGPL-2.1-or-later
// SEEK, ALLOCATE, DEALLOCATE, IO_ADVISE (RFC 7862): holes, and room for data.

#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/allocate.h"

namespace strait::server::nfs4 {
namespace {

bool good_range(offset4 offset, length4 length) {
    return length != 0 && length <= NFS4_MAXFILELEN - offset;
}

class Seek final : public FileOperation<SEEK4args, SEEK4res> {
    Built build(Program& program) override {
        if (args.sa_what != NFS4_CONTENT_DATA && args.sa_what != NFS4_CONTENT_HOLE)
            return NFS4ERR_UNION_NOTSUPP;
        Built entered = program.enter_with(args.sa_stateid, StateUse::read);
        if (entered.ok())
            step_ = program.add(vfs::Seek{args.sa_what == NFS4_CONTENT_HOLE, args.sa_offset});
        return entered;
    }
    nfsstat4 finish(Finish& finish) override {
        vfs::Seek::Result& told = finish.at<vfs::Seek>(step_);
        res.resok4 = {told.eof, told.offset};
        return NFS4_OK;
    }

    size_t step_ = 0;
};

class Allocate final : public FileOperation<ALLOCATE4args, ALLOCATE4res> {
    Built build(Program& program) override {
        if (!good_range(args.aa_offset, args.aa_length)) return NFS4ERR_INVAL;
        Built entered = program.enter_with(args.aa_stateid, StateUse::write);
        if (entered.ok()) program.add(vfs::Allocate{args.aa_offset, args.aa_length});
        return entered;
    }
};

class Deallocate final : public FileOperation<DEALLOCATE4args, DEALLOCATE4res> {
    Built build(Program& program) override {
        if (!good_range(args.da_offset, args.da_length)) return NFS4ERR_INVAL;
        Built entered = program.enter_with(args.da_stateid, StateUse::write);
        if (entered.ok()) program.add(vfs::Deallocate{args.da_offset, args.da_length});
        return entered;
    }
};

// Advice is welcome and never followed: no hint is echoed.
class IoAdvise final : public FileOperation<IO_ADVISE4args, IO_ADVISE4res> {
    size_t reply_bound(const Call&) const override { return 24; }
    Built build(Program& program) override {
        return program.enter_with(args.iaa_stateid, StateUse::any);
    }
};

}  // namespace

std::unique_ptr<Operation> make_seek() { return make_operation<Seek>(); }
std::unique_ptr<Operation> make_allocate() { return make_operation<Allocate>(); }
std::unique_ptr<Operation> make_deallocate() { return make_operation<Deallocate>(); }
std::unique_ptr<Operation> make_io_advise() { return make_operation<IoAdvise>(); }

}  // namespace strait::server::nfs4
