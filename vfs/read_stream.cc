// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/read_stream.h"

#include <algorithm>

#include "vfs/open_regular.h"

namespace strait::vfs {

namespace {
constexpr uint64_t first_window = 256u << 10;  // bytes
}  // namespace

uint32_t ReadStream::chunk() const {
    return std::max<uint32_t>(file_.mount().capabilities().max_read, 4096);
}

// What the reader waits for is part of what is worth having under way.
uint64_t ReadStream::most_ahead(size_t count) const {
    if (!file_.mount().kept_reads().has_room()) return 0;
    const uint64_t most = file_.mount().policy().readahead;
    const uint64_t window = pacing_.window(chunk(), most + chunk());
    return std::min(most, window - std::min<uint64_t>({window / 2, count, chunk()}));
}

void ReadStream::passed(uint64_t end) {
    next_ = end;
    window_ = std::max(window_, first_window / 2);
}

void ReadStream::drop() {
    pieces_.clear();
    end_until_ = {};
    version_ = file_.state().data_version();
}

bool ReadStream::at_known_end(uint64_t offset) const {
    return offset >= end_ && MonoClock::now() < end_until_;
}

namespace {
Task<BufferChain> nothing() { co_return BufferChain(); }
}  // namespace

// Only chooses: a small read is worth no coroutine for that.
Task<BufferChain> ReadStream::read(uint64_t offset, size_t count) {
    if (version_ != file_.state().data_version()) drop();
    if (at_known_end(offset)) return nothing();
    if (auto size = file_.state().size()) {
        if (offset >= *size) return nothing();
        count = std::min<uint64_t>(count, *size - offset);
    } else {
        // Not worth more at once than the file was long when last seen.
        uint64_t last = file_.state().last_size();
        count =
            std::min<uint64_t>(count, std::max<uint64_t>(chunk(), last - std::min(last, offset)));
    }
    bool ahead =
        !pieces_.empty() && offset >= pieces_.front()->offset && offset < pieces_.back()->end();
    bool long_one = count > file_.mount().policy().readahead;
    const bool sequential = offset == next_ || ahead || long_one;
    // At once, not when it is read: several readers may go through the file side by side.
    next_ = offset + count;
    if (sequential) return read_sequential(offset, count);
    window_ = 0;
    return count <= chunk() ? read_once(offset, count) : read_scattered(offset, count);
}

// The usual small read: on the caller's own scope, nothing spawned.
Task<BufferChain> ReadStream::read_once(uint64_t offset, size_t count) {
    BufferChain got;
    while (got.size() < count) {
        uint64_t at = offset + got.size();
        Read::Result read = co_await file_.fetch(at, static_cast<uint32_t>(count - got.size()));
        if (read.eof) {
            end_ = at + read.data.size();
            end_until_ = MonoClock::now() + file_.mount().policy().acregmin;
        }
        bool stuck = read.data.empty();
        got.append(std::move(read.data));
        if (read.eof || stuck) break;
    }
    co_return got;
}

Task<BufferChain> ReadStream::read_scattered(uint64_t offset, size_t count) {
    BufferChain got;
    std::deque<PieceRef> mine;
    for (uint64_t at = offset; at < offset + count; at = mine.back()->end())
        mine.push_back(
            start(at, static_cast<uint32_t>(std::min<uint64_t>(chunk(), offset + count - at))));
    for (auto& piece : mine) {
        co_await piece->done.wait();
        // A short piece leaves a gap before the next: the rest is read anew.
        uint64_t at = offset + got.size();
        if (at != piece->offset) break;
        bool more = co_await consume(*piece, at, piece->count, got);
        if (!more) co_return got;
    }
    if (got.size() < count) {
        BufferChain rest = co_await read_once(offset + got.size(), count - got.size());
        got.append(std::move(rest));
    }
    co_return got;
}

Task<BufferChain> ReadStream::read_sequential(uint64_t offset, size_t count) {
    const uint64_t most = most_ahead(count);
    window_ = std::min(most, std::max(window_ * 2, first_window));
    const uint64_t at_once = std::max<uint64_t>(most, chunk());
    BufferChain got;
    std::deque<PieceRef> mine;
    while (got.size() < count) {
        uint64_t at = offset + got.size();
        claim(mine, at, std::min(at + at_once, offset + count), offset + count);
        if (mine.empty()) {
            // Readers ahead of us have taken what was read ahead here: it goes on for them.
            BufferChain rest = co_await read_once(at, count - got.size());
            got.append(std::move(rest));
            co_return got;
        }
        PieceRef piece = mine.front();
        co_await piece->done.wait();
        auto more = consume(*piece, at, count - got.size(), got);
        if (!more) {
            pieces_.clear();
            if (got.empty()) co_return more.error();
            break;
        }
        if (!*more) break;
        mine.pop_front();
        if (offset + got.size() < piece->end()) mine.clear();  // it was short: a gap
    }
    if (next_ == offset + count) next_ = offset + got.size();
    co_return got;
}

// Adds to `mine` the pieces from `at` on that it lacks: all that are there or needed before `end`,
// and what is read ahead of it, up to `limit`. They are ours from then on: readers further on
// forget what lies behind them.
void ReadStream::claim(std::deque<PieceRef>& mine, uint64_t at, uint64_t end, uint64_t limit) {
    if (mine.empty()) {
        skip_to(at);
    } else {
        forget_before(at);
    }
    const uint64_t from = mine.empty() ? at : mine.back()->end();
    if (!pieces_.empty() && pieces_.front()->offset > from) return;
    schedule_ahead(from, end > from ? end - from : 0);
    for (auto& piece : pieces_)
        if (piece->end() > from && piece->offset < limit) mine.push_back(piece);
}

Result<bool> ReadStream::consume(Piece& piece, uint64_t at, size_t want, BufferChain& got) {
    if (!piece.outcome) return fail(piece.outcome.error());
    BufferChain& data = piece.outcome->data;
    uint64_t inside = at - piece.offset;
    size_t count = inside >= data.size() ? 0 : std::min<size_t>(want, data.size() - inside);
    if (count > 0) got.append(data.slice(inside, count));
    bool used_up = inside + count >= data.size();
    if (!used_up) return true;
    pacing_.took(data.size(), chunk(), piece.took);
    if (piece.outcome->eof) {
        end_ = piece.offset + data.size();
        end_until_ = piece.started + file_.mount().policy().acregmin;
        return false;
    }
    if (data.empty()) return fail(Errc::io);  // no bytes and no end: a server must not
    // A short answer: what was to follow it does not fit.
    if (data.size() < piece.count) pieces_.clear();
    return true;
}

void ReadStream::forget_before(uint64_t at) {
    while (!pieces_.empty() && pieces_.front()->end() <= at) pieces_.pop_front();
}

void ReadStream::skip_to(uint64_t at) {
    if (version_ != file_.state().data_version()) drop();
    if (!pieces_.empty() &&
        MonoClock::now() - pieces_.front()->started > file_.mount().policy().acregmin)
        pieces_.clear();
    forget_before(at);
    // Left behind by a jump backwards, not by a reader beside us: nobody will come for them.
    const uint64_t most = 2 * uint64_t{file_.mount().policy().readahead};
    if (!pieces_.empty() && pieces_.front()->offset > at + most) pieces_.clear();
}

void ReadStream::schedule_ahead(uint64_t at, size_t want) {
    uint64_t needed = at + want;
    uint64_t target = std::max(needed, std::min(needed + window_, file_.state().last_size()));
    // The server would answer without what waits there.
    if (file_.state().writes().pending(needed, target - needed)) target = needed;
    uint64_t end = pieces_.empty() ? at : pieces_.back()->end();
    while (end < target) {
        uint64_t count = std::min<uint64_t>(chunk(), target - end);
        // Ahead of need only in worthwhile pieces, or up to the end of the file.
        bool worth = count >= std::min<uint64_t>(chunk(), window_ / 2) ||
                     end + count == file_.state().last_size();
        if (end >= needed && !worth) break;
        pieces_.push_back(start(end, static_cast<uint32_t>(count)));
        end += count;
    }
}

ReadStream::PieceRef ReadStream::start(uint64_t offset, uint32_t count) {
    auto piece = make_ref<Piece>();
    piece->offset = offset;
    piece->count = count;
    piece->started = MonoClock::now();
    piece->mount = MountRef(&file_.mount());
    piece->share = KeptReads::Share(file_.mount().kept_reads(), count);
    file_.mount().background().spawn(fetch(Ref<OpenRegular>(&file_), piece));
    return piece;
}

Task<> ReadStream::fetch(Ref<OpenRegular> file, PieceRef piece) {
    auto outcome = co_await file->fetch(piece->offset, piece->count).result();
    piece->outcome = std::move(outcome);
    piece->took = MonoClock::now() - piece->started;
    piece->done.set();
}

}  // namespace strait::vfs
