// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading an open file: what waits to be written, what came with the open, then the server.
#include <algorithm>

#include "vfs/open_regular.h"

namespace strait::vfs {

namespace {
constexpr uint64_t lock_block = 32u << 10;  // bytes
}  // namespace

OpenFile::Known OpenRegular::known() const {
    Known known = OpenNode::known();
    const FileState::Head& head = state_->head();
    const bool current = known.until != MonoTime{} && MonoClock::now() < head.until &&
                         head.change == known.attributes.change &&
                         head.data.size() == known.attributes.size;
    if (!current || !head.whole || node_.flags.access != OpenAccess::read || !locked_.empty())
        return known;
    known.until = std::min(known.until, head.until);
    known.whole = head.data;
    return known;
}

Task<BufferChain> OpenRegular::read(size_t count) {
    auto held = co_await position_mutex_.lock();
    BufferChain got = co_await read_at(position_, count);
    position_ += got.size();
    co_return got;
}

Task<BufferChain> OpenRegular::read_at(uint64_t offset, size_t count) {
    if (!reads() || node_.flags.path_only) co_return Errc::badf;
    if (offset > static_cast<uint64_t>(INT64_MAX)) co_return Errc::inval;
    co_await mount().usable();
    count = std::min<uint64_t>(count, static_cast<uint64_t>(INT64_MAX) - offset);
    WriteBehind& waiting = state_->writes();
    const size_t there = std::min<uint64_t>(count, std::max(state_->last_size(), offset) - offset);
    if (auto here = written_here(offset, there)) co_return std::move(*here);
    // Data that waits further on makes a hole of what the server takes for the end.
    const bool behind_end = waiting.data_pending() && waiting.pending_end() > offset;
    if (waiting.pending(offset, there) || (behind_end && !server_reaches(offset + there)))
        co_await waiting.flush();
    BufferChain got;
    if (locked_.empty()) {
        got = co_await read_from_server(offset, count);
    } else {
        got = co_await read_under_lock(offset, count);
    }
    if (got.size() >= there) co_return got;
    // Somebody else has cut the file; or what was read ahead ends where it ended for the server
    // before our own data was sent.
    if (behind_end) co_await waiting.flush();
    stream_.drop();
    co_return co_await read_from_server(offset, count);
}

std::optional<BufferChain> OpenRegular::written_here(uint64_t offset, size_t count) const {
    const WriteBehind& waiting = state_->writes();
    if (count == 0) return std::nullopt;
    if (waiting.data_pending() && waiting.pending_end() > offset)
        if (auto data = waiting.covered(offset, count)) return data;
    if (!locked_.empty())
        if (auto recent = state_->recent().find(offset, count)) return recent;
    if (!mount().hold().attributes(handle(), Attr::size)) return std::nullopt;
    return waiting.kept(offset, count);
}

// Small reads here and there, as of a database: what lies around comes along.
Task<BufferChain> OpenRegular::read_under_lock(uint64_t offset, size_t count) {
    uint64_t begin = offset / lock_block * lock_block;
    uint64_t end = std::min((offset + count + lock_block - 1) / lock_block * lock_block,
                            std::max(state_->last_size(), offset + count));
    if (count >= lock_block || state_->writes().pending(begin, end - begin)) {
        begin = offset;
        end = offset + count;
    }
    const uint64_t version = state_->data_version();
    BufferChain got = co_await read_from_server(begin, end - begin);
    const bool still_so = version == state_->data_version() && !locked_.empty();
    if (still_so) state_->recent().read(begin, got, mount().policy().acregmin);
    if (got.size() <= offset - begin) co_return BufferChain();
    co_return got.slice(offset - begin, std::min<uint64_t>(count, got.size() - (offset - begin)));
}

bool OpenRegular::server_reaches(uint64_t end) const {
    const Attributes* known = mount().hold().attributes(handle(), Attr::size);
    return known && known->size >= end;
}

Task<BufferChain> OpenRegular::read_from_server(uint64_t offset, size_t count) {
    const FileState::Head& head = state_->head();
    if (!head.whole && !head.data.empty() && MonoClock::now() >= head.until) state_->drop_head();
    const bool told_by_head = head.whole || offset < head.data.size() || count == 0;
    return told_by_head ? read_with_head(offset, count) : stream_.read(offset, count);
}

Task<BufferChain> OpenRegular::read_with_head(uint64_t offset, size_t count) {
    BufferChain got;
    co_await check_head();
    if (take_from_head(offset, count, got)) co_return got;
    if (got.size() == count) co_return got;
    BufferChain rest = co_await stream_.read(offset + got.size(), count - got.size());
    if (got.empty()) co_return rest;
    got.append(std::move(rest));
    co_return got;
}

// True when the head has all there is to say.
bool OpenRegular::take_from_head(uint64_t offset, size_t count, BufferChain& got) {
    const FileState::Head& head = state_->head();
    size_t size = head.data.size();
    if (offset < size) got = head.data.slice(offset, std::min<uint64_t>(count, size - offset));
    if (head.whole) return true;
    if (!got.empty()) stream_.passed(offset + got.size());
    return got.size() == count;
}

// Old data is believed again when the file has not changed. A file that is gone, and was read whole
// before, stays readable as an open file does.
Task<> OpenRegular::check_head() {
    if (MonoClock::now() < state_->head().until) co_return;
    if (!state_->head().whole) {
        state_->drop_head();
        co_return;
    }
    auto now = co_await fetch_attributes(mount(), handle(), {}).result();
    uint64_t change = now ? now->change : state_->head().change;
    if (change == state_->head().change) {
        state_->head_is_current(MonoClock::now() + mount().policy().acregmin);
    } else {
        state_->data_changed();
    }
}

Task<Read::Result> OpenRegular::fetch(uint64_t offset, uint32_t count) {
    count = std::min(count, std::max<uint32_t>(mount().capabilities().max_read, 4096));
    bool opens = !open_ && !opening_ && !closing_;
    Compound program = on_open();
    if (opens) program.open({.access = node_.flags.access, .owner = mount().new_owner()});
    program.read(offset, count);
    // Reads beside the one that opens go without an open: servers allow that (the anonymous
    // stateid, RFC 8881 section 8.2.3).
    opening_ = opening_ || opens;
    auto reply = co_await mount().run(program).result();
    if (opens) opening_ = false;
    if (!reply) co_return reply.error();
    if (opens) keep_open(*reply);
    if (!reply->ok()) co_return reply->error;
    co_return reply->take<Read>();
}

}  // namespace strait::vfs
