// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/rpc/record.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace strait::wire::rpc {

namespace {
constexpr uint32_t last_bit = 0x80000000;
constexpr size_t gather_size = 16 * 1024;
}  // namespace

void RecordParser::feed(Buffer bytes) {
    if (!bytes.empty()) input_.push_back(std::move(bytes));
}

std::unexpected<Error> RecordParser::broken(Errc code) {
    broken_ = code;
    input_.clear();
    record_ = {};
    last_ = gather_ = {};
    return fail(code);
}

Result<std::optional<BufferChain>> RecordParser::next() {
    if (broken_ != Errc::ok) return fail(broken_);
    if (Buffer whole = take_whole(); !whole.empty()) return BufferChain(std::move(whole));
    while (!input_.empty()) {
        if (mark_bytes_ < 4 && !take_mark()) break;
        if (fragment_left_ > max_record_ - record_bytes_) return broken(Errc::toobig);
        if (fragments_ > max_fragments) return broken(Errc::protocol);
        take_body();
        if (fragment_left_ > 0) break;
        mark_bytes_ = 0;
        if (!last_fragment_) continue;
        if (record_bytes_ == 0) return broken(Errc::protocol);
        return finish();
    }
    return std::nullopt;
}

// The usual case: a record of one fragment that came in one piece. Empty: it is none, or a faulty
// one, and is looked at byte by byte.
Buffer RecordParser::take_whole() {
    if (input_.empty() || in_record()) return {};
    Buffer& front = input_.front();
    if (front.size() < 4) return {};
    uint32_t mark;
    std::memcpy(&mark, front.data(), 4);
    mark = __builtin_bswap32(mark);
    const size_t size = mark & ~last_bit;
    const bool fits = size <= max_record_ && size <= front.size() - 4;
    if ((mark & last_bit) == 0 || size == 0 || !fits) return {};
    Buffer body = front.slice(4, size);
    front.trim_front(4 + size);
    if (front.empty()) input_.pop_front();
    return body;
}

// True when all four bytes of the mark are here.
bool RecordParser::take_mark() {
    while (mark_bytes_ < 4 && !input_.empty()) {
        Buffer& front = input_.front();
        mark_ = mark_ << 8 | static_cast<uint32_t>(*front.data());
        mark_bytes_++;
        front.trim_front(1);
        if (front.empty()) input_.pop_front();
    }
    if (mark_bytes_ < 4) return false;
    last_fragment_ = (mark_ & last_bit) != 0;
    fragment_left_ = mark_ & ~last_bit;
    fragments_++;
    return true;
}

void RecordParser::take_body() {
    while (fragment_left_ > 0 && !input_.empty()) {
        Buffer& front = input_.front();
        size_t here = std::min(fragment_left_, front.size());
        fragment_left_ -= here;
        record_bytes_ += here;
        keep(front.slice(0, here));
        front.trim_front(here);
        if (front.empty()) input_.pop_front();
    }
}

bool RecordParser::extends_last(const Buffer& piece) const {
    return !last_.empty() && last_.block() == piece.block() &&
           last_.data() + last_.size() == piece.data();
}

void RecordParser::keep(Buffer piece) {
    if (extends_last(piece)) {
        last_ = Buffer(last_.block(), last_.data(), last_.size() + piece.size());
        return;
    }
    bool complete = last_fragment_ && fragment_left_ == 0;
    size_t capacity = piece.block()->capacity();
    if (!complete && pinned_ + capacity > 4 * record_bytes_ + pin_slack) {
        copy_in(piece);
        return;
    }
    record_.append(std::exchange(last_, std::move(piece)));
    pinned_ += capacity;
}

void RecordParser::copy_in(const Buffer& piece) {
    size_t done = 0;
    while (done < piece.size()) {
        if (gathered_ == gather_.size()) {
            gather_ = Buffer::allocate(gather_size);
            gathered_ = 0;
            pinned_ += gather_.block()->capacity();
        }
        size_t here = std::min(piece.size() - done, gather_.size() - gathered_);
        std::memcpy(gather_.data() + gathered_, piece.data() + done, here);
        Buffer copy = gather_.slice(gathered_, here);
        gathered_ += here;
        done += here;
        if (extends_last(copy))
            last_ = Buffer(last_.block(), last_.data(), last_.size() + here);
        else
            record_.append(std::exchange(last_, std::move(copy)));
    }
    count_copied(piece.size());
}

BufferChain RecordParser::finish() {
    record_.append(std::move(last_));
    BufferChain whole = std::exchange(record_, {});
    last_ = {};
    gather_ = {};
    gathered_ = 0;
    record_bytes_ = pinned_ = 0;
    fragments_ = 0;
    return whole;
}

void end_record(xdr::Writer& out, xdr::Writer::Slot mark) {
    size_t body = out.size() - 4;
    assert(body < last_bit);
    out.set(mark, last_bit | static_cast<uint32_t>(body));
}

}  // namespace strait::wire::rpc
