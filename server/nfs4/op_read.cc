// SPDX-License-Identifier: LGPL-2.1-or-later
// READ and READ_PLUS. The payload goes to the socket as the slices that the backend gave.

#include "server/nfs4/limits.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/read.h"
#include "wire/nfs4/read_plus.h"

namespace strait::server::nfs4 {
namespace {

// Appends the read of what the stateid opens. A special stateid during the grace period could read
// what somebody is about to lock again (RFC 8881 section 9.1.2).
Built add_read(Program& program, const stateid4& stateid, offset4 offset, count4 count,
               size_t& step) {
    bool special = stateid == anonymous_stateid || stateid == read_bypass_stateid;
    if (special && program.call().service.grace().active()) return NFS4ERR_GRACE;
    Built entered = program.enter_with(stateid, StateUse::read);
    if (!entered.ok()) return entered;
    uint32_t most = std::min(max_io_bytes, program.where()->backend().capabilities().max_read);
    // What lies past the end of all files reads as nothing.
    uint64_t left = NFS4_UINT64_MAX - offset;
    uint32_t wanted = static_cast<uint32_t>(std::min<uint64_t>(left, std::min(count, most)));
    step = program.add(vfs::Read{offset, wanted});
    return NFS4_OK;
}

class Read final : public FileOperation<READ4args, READ4res> {
    size_t reply_bound(const Call&) const override {
        return 20 + std::min(args.count, max_io_bytes);
    }
    Built build(Program& program) override {
        return add_read(program, args.stateid, args.offset, args.count, step_);
    }
    nfsstat4 finish(Finish& finish) override {
        vfs::Read::Result& told = finish.at<vfs::Read>(step_);
        res.resok4.eof = told.eof;
        res.resok4.data = std::move(told.data);
        return NFS4_OK;
    }

    size_t step_ = 0;
};

// All as one piece of data: a hole is sent as the zeroes that it reads as, which RFC 7862 section
// 15.10.4 allows. Telling holes would cost a search in the backend for each piece.
class ReadPlus final : public FileOperation<READ_PLUS4args, READ_PLUS4res> {
    size_t reply_bound(const Call&) const override {
        return 36 + std::min(args.rpa_count, max_io_bytes);
    }
    Built build(Program& program) override {
        return add_read(program, args.rpa_stateid, args.rpa_offset, args.rpa_count, step_);
    }
    nfsstat4 finish(Finish& finish) override {
        vfs::Read::Result& told = finish.at<vfs::Read>(step_);
        res.rp_resok4.rpr_eof = told.eof;
        if (told.data.empty()) return NFS4_OK;
        read_plus_content piece;
        piece.rpc_content = NFS4_CONTENT_DATA;
        piece.rpc_data.d_offset = args.rpa_offset;
        piece.rpc_data.d_data = std::move(told.data);
        res.rp_resok4.rpr_contents.push_back(std::move(piece));
        return NFS4_OK;
    }

    size_t step_ = 0;
};

}  // namespace

std::unique_ptr<Operation> make_read() { return make_operation<Read>(); }
std::unique_ptr<Operation> make_read_plus() { return make_operation<ReadPlus>(); }

}  // namespace strait::server::nfs4
