// SPDX-License-Identifier: LGPL-2.1-or-later
// READDIR (RFC 8881 section 18.23): entries with their attributes, as many as fit.

#include "server/nfs4/attributes.h"
#include "server/nfs4/limits.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "server/nfs4/status.h"
#include "wire/nfs4/readdir.h"

namespace strait::server::nfs4 {
namespace {

constexpr uint64_t first_cookie = 3;           // 0 to 2 have meanings of their own
constexpr size_t frame_bytes = 4 + 8 + 4 + 4;  // status, verifier, end of list, eof

class ReadDir final : public FileOperation<READDIR4args, READDIR4res> {
    size_t reply_bound(const Call& call) const override {
        // What is left of the reply is all it will take: see room().
        size_t most = std::min(args.maxcount, max_io_bytes);
        return call.session ? std::min<size_t>(most, 512) + 4 : most + 4;
    }
    bool decides() const override { return true; }
    bool is_direct(const Program& program) const override { return program.current().pseudo; }

    nfsstat4 check() const {
        if (args.cookie == 1 || args.cookie == 2) return NFS4ERR_BAD_COOKIE;
        if (args.attr_request.test(FATTR4_TIME_ACCESS_SET) ||
            args.attr_request.test(FATTR4_TIME_MODIFY_SET))
            return NFS4ERR_INVAL;
        return args.maxcount < frame_bytes ? NFS4ERR_TOOSMALL : NFS4_OK;
    }

    Built build(Program& program) override {
        if (nfsstat4 wrong = check(); wrong != NFS4_OK) return wrong;
        Built entered = program.enter(NFS4ERR_SERVERFAULT);
        if (!entered.ok()) return entered;
        where_ = program.where();
        vfs::ReadDir step;
        step.cookie = args.cookie;
        step.verifier = verifier_value(args.cookieverf);
        step.max_bytes = std::min(args.maxcount, max_io_bytes);
        step.mask = needed_attributes(args.attr_request);
        step_ = program.add(step);
        return NFS4_OK;
    }
    nfsstat4 finish(Finish& finish) override {
        listing_ = std::move(finish.at<vfs::ReadDir>(step_));
        call_ = &finish.call();
        return fits_one() ? NFS4_OK : NFS4ERR_TOOSMALL;
    }

    // --- the pseudo file system: an export shows the attributes of its root
    Task<nfsstat4> run(Program& program) override {
        if (nfsstat4 wrong = check(); wrong != NFS4_OK) co_return wrong;
        call_ = &program.call();
        pseudo_ = program.current().pseudo;
        uint64_t cookie = first_cookie;
        for (auto& [name, child] : pseudo_->children()) {
            uint64_t mine = cookie++;
            if (mine <= args.cookie) continue;
            Export* mounted = child->mounted();
            if (mounted && !mounted->admits(call_->caller)) continue;
            vfs::DirEntry entry;
            entry.name = name;
            entry.cookie = mine;
            entry.attributes = child->attributes();
            entry.attributes.handle = call_->service.seal().seal(*child);
            entry.attributes.valid |= vfs::Attr::handle;
            if (mounted) co_await look_at(*mounted, entry);
            listing_.entries.push_back(std::move(entry));
            exports_.push_back(mounted);
        }
        listing_.eof = true;
        co_return fits_one() ? NFS4_OK : NFS4ERR_TOOSMALL;
    }

    Task<> look_at(Export& mounted, vfs::DirEntry& entry) {
        vfs::Compound program(mounted.credential(call_->caller));
        program.root().getattr(needed_attributes(args.attr_request) | vfs::Attr::fileid);
        Result<vfs::Reply> reply = co_await vfs::run_all(mounted.backend(), program).result();
        if (reply) {
            entry.attributes = reply->at<vfs::GetAttr>(1)->attributes;
        } else {
            entry.error = reply.error();
        }
    }

    // --- the reply
    size_t room() const {
        size_t most = std::min(args.maxcount, max_io_bytes);
        size_t used = call_->reply_room;
        return std::min(most, used);
    }

    void fill(size_t index, entry4& entry) {
        const vfs::DirEntry& from = listing_.entries[index];
        const Export* where = pseudo_ ? exports_[index] : where_;
        entry.cookie = from.cookie;
        entry.name = from.name;
        if (from.error.code == Errc::ok) {
            attributes_.fill(*call_, where, from.attributes, args.attr_request);
        } else {
            attributes_.fill_error(status_of(from.error), args.attr_request);
        }
        entry.attrs = attributes_.wire();
    }

    bool must_fail(size_t index) const {
        return listing_.entries[index].error.code != Errc::ok &&
               !args.attr_request.test(FATTR4_RDATTR_ERROR);
    }

    bool fits_one() {
        if (listing_.entries.empty()) return true;
        entry4 first;
        fill(0, first);
        return frame_bytes + 4 + encoded_size(first) <= room();
    }

    // Entries until maxcount is full, or dircount (a hint, of names and cookies alone).
    void encode(xdr::Writer& out, nfsstat4 status) override {
        if (status != NFS4_OK) return FileOperation::encode(out, status);
        size_t begin = out.size();
        write_readdir_begin(out, wire_verifier(listing_.verifier));
        size_t names = 0;
        size_t done = 0;
        for (; done < listing_.entries.size() && !must_fail(done); done++) {
            entry4 entry;
            fill(done, entry);
            size_t bytes = 4 + encoded_size(entry);
            names += 16 + entry.name.size();
            bool hint_full = args.dircount != 0 && names > args.dircount && done > 0;
            if (out.size() - begin + bytes + 8 > room() || hint_full) break;
            write_readdir_entry(out, entry);
        }
        write_readdir_end(out, listing_.eof && done == listing_.entries.size());
    }

    Export* where_ = nullptr;
    const PseudoNode* pseudo_ = nullptr;
    size_t step_ = 0;
    Call* call_ = nullptr;
    vfs::ReadDir::Result listing_;
    std::vector<Export*> exports_;  // of the pseudo file system's entries
    WireAttributes attributes_;
};

}  // namespace

std::unique_ptr<Operation> make_readdir() { return make_operation<ReadDir>(); }

}  // namespace strait::server::nfs4
