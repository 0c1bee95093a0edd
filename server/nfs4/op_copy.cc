// SPDX-License-Identifier: LGPL-2.1-or-later
// COPY, synchronous and within the server, and CLONE (RFC 7862 sections 15.2, 15.13). A copy that
// was asked to go on in the background is done at once instead, which the client must accept.

#include "server/nfs4/attributes.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/copy.h"

namespace strait::server::nfs4 {
namespace {

// One request moves this much at most: the client asks again for the rest, and a slot is not held
// for minutes.
constexpr uint64_t max_copy_bytes = 64u << 20;

class Copy final : public FileOperation<COPY4args, COPY4res> {
    size_t reply_bound(const Call&) const override { return 64; }

    Built build(Program& program) override {
        if (!args.ca_source_server.empty()) return NFS4ERR_NOTSUPP;  // from another server
        if (args.ca_count > NFS4_MAXFILELEN - args.ca_src_offset ||
            args.ca_count > NFS4_MAXFILELEN - args.ca_dst_offset)
            return NFS4ERR_INVAL;
        Built entered = program.enter_both_with(args.ca_src_stateid, args.ca_dst_stateid);
        if (!entered.ok()) return entered;
        uint64_t count = args.ca_count == 0 ? 0 : std::min<uint64_t>(args.ca_count, max_copy_bytes);
        step_ = program.add(vfs::Copy{args.ca_src_offset, args.ca_dst_offset, count});
        return NFS4_OK;
    }
    nfsstat4 finish(Finish& finish) override {
        vfs::Copy::Result& told = finish.at<vfs::Copy>(step_);
        write_response4& response = res.cr_resok4.cr_response;
        response.wr_count = told.count;
        response.wr_committed = static_cast<stable_how4>(told.committed);
        response.wr_writeverf =
            wire_verifier(told.verifier ^ finish.call().service.boot_verifier());
        res.cr_resok4.cr_requirements = {true, true};
        return NFS4_OK;
    }

    size_t step_ = 0;
};

class Clone final : public FileOperation<CLONE4args, CLONE4res> {
    Built build(Program& program) override {
        if (args.cl_count > NFS4_MAXFILELEN - args.cl_src_offset ||
            args.cl_count > NFS4_MAXFILELEN - args.cl_dst_offset)
            return NFS4ERR_INVAL;
        Built entered = program.enter_both_with(args.cl_src_stateid, args.cl_dst_stateid);
        if (entered.ok())
            program.add(vfs::Clone{args.cl_src_offset, args.cl_dst_offset, args.cl_count});
        return entered;
    }
};

// No copy ever runs in the background, so no stateid names one.
template <class Args, class Res>
class NoOffload final : public FileOperation<Args, Res> {
    Built build(Program&) override { return NFS4ERR_BAD_STATEID; }
};

class CopyNotify final : public FileOperation<COPY_NOTIFY4args, COPY_NOTIFY4res> {
    Built build(Program&) override { return NFS4ERR_NOTSUPP; }
};

}  // namespace

std::unique_ptr<Operation> make_copy() { return make_operation<Copy>(); }
std::unique_ptr<Operation> make_clone() { return make_operation<Clone>(); }
std::unique_ptr<Operation> make_copy_notify() { return make_operation<CopyNotify>(); }
std::unique_ptr<Operation> make_offload_cancel() {
    return make_operation<NoOffload<OFFLOAD_CANCEL4args, OFFLOAD_CANCEL4res>>();
}
std::unique_ptr<Operation> make_offload_status() {
    return make_operation<NoOffload<OFFLOAD_STATUS4args, OFFLOAD_STATUS4res>>();
}

}  // namespace strait::server::nfs4
