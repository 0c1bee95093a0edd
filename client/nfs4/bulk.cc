// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads and writes larger than one READ or WRITE may be: pieces that travel side by side, a bounded
// number at a time.
#include <algorithm>
#include <vector>

#include "client/nfs4/mount.h"

namespace strait::client::nfs4 {

namespace {

constexpr size_t most_at_once = 16;

struct Piece {
    uint64_t offset = 0;
    uint64_t size = 0;
    BufferChain data;  // read, or to be written
    bool eof = false;
    vfs::Write::Result written;
};

}  // namespace

// The pieces of one large operation, and how they are done.
class Bulk {
  public:
    Bulk(Mount& mount, const vfs::Compound& program, const Position& position)
        : mount_(mount), program_(program), position_(position) {}

    Task<> read(const vfs::Read& read, vfs::Read::Result& result) {
        uint64_t done = result.data.size();
        if (result.eof) co_return;
        cut(read.offset + done, read.count - done, mount_.read_size());
        co_await run_all(&Bulk::read_piece);
        for (Piece& piece : pieces_) {
            bool whole = piece.data.size() == piece.size;
            result.data.append(std::move(piece.data));
            result.eof = piece.eof;
            if (piece.eof || !whole) break;
        }
    }

    Task<> write(const vfs::Write& write, vfs::Write::Result& result) {
        constexpr int most_rounds = 5;
        for (int round = 0; round < most_rounds; round++) {
            uint64_t done = round == 0 ? result.count : 0;
            cut(write.offset + done, write.data.size() - done, mount_.write_size());
            for (Piece& piece : pieces_)
                piece.data = write.data.slice(piece.offset - write.offset, piece.size);
            stability_ = write.stability;
            co_await run_all(&Bulk::write_piece);
            if (merge(result, done > 0)) co_return;
            // Restarted in between: what was written first may be gone.
        }
        co_await Errc::io;
    }

    // What the server said to one of the pieces, when that was no.
    const std::optional<Error>& refused() const { return refused_; }

  private:
    using Work = Task<> (Bulk::*)(Piece&);

    void cut(uint64_t offset, uint64_t size, uint64_t piece) {
        pieces_.clear();
        for (uint64_t at = 0; at < size; at += piece)
            pieces_.push_back({offset + at, std::min(piece, size - at)});
    }

    // `with_first`: result holds the first piece's outcome. False: the verifiers differ.
    bool merge(vfs::Write::Result& result, bool with_first) {
        vfs::Write::Result all = with_first ? result : pieces_.front().written;
        if (!with_first) all.count = 0;
        for (const Piece& piece : pieces_) {
            if (piece.written.verifier != all.verifier) return false;
            all.count += piece.written.count;
            all.committed = std::min(all.committed, piece.written.committed);
        }
        result = all;
        return true;
    }

    Task<> run_all(Work work) {
        Nursery nursery;
        next_ = 0;
        failure_ = Errc::ok;
        for (size_t i = 0; i < std::min(most_at_once, pieces_.size()); i++)
            nursery.spawn(worker(work));
        auto waited = co_await nursery.close().result();
        if (!waited) {
            nursery.stop(waited.error().code);
            static const Scope unstoppable{};
            co_await nursery.close().within(unstoppable);
            co_await waited;
        }
        if (failure_.code != Errc::ok) co_await failure_;
    }

    Task<> worker(Work work) {
        while (next_ < pieces_.size() && failure_.code == Errc::ok) {
            Piece& piece = pieces_[next_++];
            auto done = co_await (this->*work)(piece).result();
            if (!done) failure_ = done.error();
        }
    }

    vfs::Compound base() const {
        vfs::Compound program(program_.credential);
        program.put(position_.handle);
        if (position_.open) program.use_open(position_.open);
        return program;
    }

    Task<vfs::Reply> run_piece(const vfs::Compound& program) {
        vfs::Reply reply = co_await mount_.run_program(program);
        if (!reply.ok()) {
            refused_ = reply.error;
            co_return reply.error;
        }
        co_return reply;
    }

    Task<> read_piece(Piece& piece) {
        while (piece.data.size() < piece.size && !piece.eof) {
            vfs::Compound program = base();
            program.read(piece.offset + piece.data.size(), piece.size - piece.data.size());
            vfs::Reply reply = co_await run_piece(program);
            auto got = reply.take<vfs::Read>();
            if (got.data.empty() && !got.eof) co_await Errc::protocol;  // no progress at all
            piece.data.append(std::move(got.data));
            piece.eof = got.eof;
        }
    }

    Task<> write_piece(Piece& piece) {
        piece.written = {};
        while (piece.written.count < piece.size) {
            uint32_t done = piece.written.count;
            vfs::Compound program = base();
            program.write(piece.offset + done, piece.data.slice(done, piece.size - done),
                          stability_);
            vfs::Reply reply = co_await run_piece(program);
            auto wrote = reply.take<vfs::Write>();
            if (wrote.count == 0 || wrote.count > piece.size - done) co_await Errc::protocol;
            bool changed = done > 0 && wrote.verifier != piece.written.verifier;
            piece.written.count = changed ? 0 : done + wrote.count;
            piece.written.committed =
                done > 0 ? std::min(piece.written.committed, wrote.committed) : wrote.committed;
            piece.written.verifier = wrote.verifier;
        }
    }

    Mount& mount_;
    const vfs::Compound& program_;
    const Position& position_;
    std::vector<Piece> pieces_;
    vfs::Stability stability_ = vfs::Stability::unstable;
    size_t next_ = 0;
    Error failure_{Errc::ok};
    std::optional<Error> refused_;
};

Task<> Mount::finish_large(Lowering& progress, const vfs::Compound& program, vfs::Reply& reply) {
    Bulk bulk(*this, program, progress.position());
    const vfs::Op& op = program.ops[progress.next()];
    Result<> done;
    if (auto* read = std::get_if<vfs::Read>(&op)) {
        done = co_await bulk.read(*read, std::get<vfs::Read::Result>(progress.large())).result();
    } else {
        auto& write = std::get<vfs::Write>(op);
        done = co_await bulk.write(write, std::get<vfs::Write::Result>(progress.large())).result();
    }
    if (done) {
        progress.finish_large(reply);
    } else if (bulk.refused()) {
        reply.error = *bulk.refused();
    } else {
        co_await done;
    }
}

}  // namespace strait::client::nfs4
