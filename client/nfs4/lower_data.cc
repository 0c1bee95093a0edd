// SPDX-License-Identifier: LGPL-2.1-or-later
// File data, space and copies.
#include <cstring>

#include "client/nfs4/attributes.h"
#include "client/nfs4/lowering.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/allocate.h"
#include "wire/nfs4/commit.h"
#include "wire/nfs4/copy.h"
#include "wire/nfs4/read.h"
#include "wire/nfs4/write.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;

namespace {

uint64_t to_number(const verifier4& verifier) {
    uint64_t number = 0;
    std::memcpy(&number, verifier.data(), sizeof(number));
    return number;
}

vfs::Stability to_stability(stable_how4 how) {
    switch (how) {
        case UNSTABLE4:
            return vfs::Stability::unstable;
        case DATA_SYNC4:
            return vfs::Stability::data_sync;
        case FILE_SYNC4:
            return vfs::Stability::file_sync;
    }
    return vfs::Stability::unstable;
}

}  // namespace

Result<Builder::Emitted> Builder::emit(const vfs::Read& read) {
    uint32_t piece = std::min(read.count, mount_.read_size());
    if (!room(1, piece + 128)) return Emitted::not_here;
    auto with = stateid();
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    batch_.result<vfs::Read>(index_);
    add(READ4args{**with, read.offset, piece}, &Takes::read);
    batch_.steps.back().count = piece;
    spend(1, piece + 128);
    return piece < read.count ? Emitted::partly : Emitted::whole;
}

Takes::Status Takes::read(Batch& batch, const Step& step, Results& in) {
    READ4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    if (result.resok4.data.size() > step.count) return fail(Errc::protocol);
    auto& out = batch.result<vfs::Read>(step.index);
    out.data = std::move(static_cast<BufferChain&>(result.resok4.data));
    out.eof = result.resok4.eof;
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Write& write) {
    uint32_t piece = std::min<uint64_t>(write.data.size(), mount_.write_size());
    constexpr uint32_t head = 40;  // opcode, stateid, offset, how, length
    if (!room(1, 128, piece + 64) || !data_may_begin_in(head)) return Emitted::not_here;
    auto with = stateid();
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    batch_.result<vfs::Write>(index_);
    bool whole = piece == write.data.size();
    add(WRITE4args{**with, write.offset, static_cast<stable_how4>(write.stability),
                   whole ? write.data : write.data.slice(0, piece)},
        &Takes::write);
    batch_.steps.back().count = piece;
    spend(1, 128);
    return piece < write.data.size() ? Emitted::partly : Emitted::whole;
}

Takes::Status Takes::write(Batch& batch, const Step& step, Results& in) {
    WRITE4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    if (result.resok4.count > step.count) return fail(Errc::protocol);
    auto& out = batch.result<vfs::Write>(step.index);
    out.count = result.resok4.count;
    out.committed = to_stability(result.resok4.committed);
    out.verifier = to_number(result.resok4.writeverf);
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Commit& commit) {
    if (!room(1)) return Emitted::not_here;
    // A count that does not fit 32 bits is said as "to the end".
    uint32_t count = commit.count > UINT32_MAX ? 0 : static_cast<uint32_t>(commit.count);
    add(COMMIT4args{commit.offset, count}, &Takes::commit);
    spend(1);
    return Emitted::whole;
}

Takes::Status Takes::commit(Batch& batch, const Step& step, Results& in) {
    COMMIT4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK)
        batch.result<vfs::Commit>(step.index).verifier = to_number(result.resok4.writeverf);
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Seek& seek) {
    if (lacks(OP_SEEK)) return fail(Errc::notsup);
    if (!room(1)) return Emitted::not_here;
    auto with = stateid(by_value());
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    bool brief = !open_here_ && !current_.open && !by_value();
    if (brief && !open_briefly(vfs::OpenAccess::read)) return Emitted::not_here;
    add(SEEK4args{brief ? current_stateid : **with, seek.offset,
                  seek.hole ? NFS4_CONTENT_HOLE : NFS4_CONTENT_DATA},
        &Takes::seek);
    spend(1);
    if (brief) close_briefly();
    return Emitted::whole;
}

Takes::Status Takes::seek(Batch& batch, const Step& step, Results& in) {
    SEEK4res result;
    auto status = in.next(result);
    if (status && *status == NFS4_OK) {
        auto& out = batch.result<vfs::Seek>(step.index);
        out.offset = result.resok4.sr_offset;
        out.eof = result.resok4.sr_eof;
    }
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Allocate& allocate) {
    if (lacks(OP_ALLOCATE)) return fail(Errc::notsup);
    if (allocate.length == 0) return fail(Errc::inval);
    if (!room(1)) return Emitted::not_here;
    auto with = stateid(by_value());
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    add(ALLOCATE4args{**with, allocate.offset, allocate.length}, &Takes::status<ALLOCATE4res>);
    spend(1);
    return Emitted::whole;
}

Result<Builder::Emitted> Builder::emit(const vfs::Deallocate& deallocate) {
    if (lacks(OP_DEALLOCATE)) return fail(Errc::notsup);
    if (deallocate.length == 0) return fail(Errc::inval);
    if (!room(1)) return Emitted::not_here;
    auto with = stateid(by_value());
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    add(DEALLOCATE4args{**with, deallocate.offset, deallocate.length},
        &Takes::status<DEALLOCATE4res>);
    spend(1);
    return Emitted::whole;
}

// The two opens of a copy. None: only after a cut.
Result<std::optional<std::pair<stateid4, stateid4>>> Builder::two_stateids() const {
    if (open_here_ || saved_open_here_) return std::nullopt;
    auto source = saved_.open ? held(saved_.open) : Result<HeldOpen*>(nullptr);
    auto target = current_.open ? held(current_.open) : Result<HeldOpen*>(nullptr);
    if (!source) return fail(source.error());
    if (!target) return fail(target.error());
    return std::pair(*source ? (*source)->stateid : anonymous_stateid,
                     *target ? (*target)->stateid : anonymous_stateid);
}

Result<Builder::Emitted> Builder::emit(const vfs::Copy& copy) {
    if (lacks(OP_COPY)) return fail(Errc::notsup);
    if (!room(1, 128, 128)) return Emitted::not_here;
    auto with = two_stateids();
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    COPY4args args;
    args.ca_src_stateid = (*with)->first;
    args.ca_dst_stateid = (*with)->second;
    args.ca_src_offset = copy.source_offset;
    args.ca_dst_offset = copy.target_offset;
    args.ca_count = copy.length;
    args.ca_consecutive = true;
    args.ca_synchronous = true;
    add(args, &Takes::copy);
    spend(1, 128);
    return Emitted::whole;
}

Takes::Status Takes::copy(Batch& batch, const Step& step, Results& in) {
    COPY4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    const write_response4& response = result.cr_resok4.cr_response;
    // Asked for synchronously; a server that goes on in the background all the same is not waited
    // for, and would write behind our back.
    if (response.wr_callback_id) return fail(Errc::protocol);
    auto& out = batch.result<vfs::Copy>(step.index);
    out.count = response.wr_count;
    out.committed = to_stability(response.wr_committed);
    out.verifier = to_number(response.wr_writeverf);
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Clone& clone) {
    if (lacks(OP_CLONE)) return fail(Errc::notsup);
    if (!room(1, 64, 128)) return Emitted::not_here;
    auto with = two_stateids();
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    add(CLONE4args{(*with)->first, (*with)->second, clone.source_offset, clone.target_offset,
                   clone.length},
        &Takes::status<CLONE4res>);
    spend(1);
    return Emitted::whole;
}

}  // namespace strait::client::nfs4
