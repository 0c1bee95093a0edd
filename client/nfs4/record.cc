// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/record.h"

namespace strait::client::nfs4 {

namespace {

constexpr uint32_t last_fragment = 0x80000000;

uint32_t first_word(const BufferChain& chain) {
    uint32_t word = 0;
    size_t got = 0;
    for (const Buffer& part : chain.parts())
        for (size_t i = 0; i < part.size() && got < 4; i++, got++)
            word = word << 8 | static_cast<uint32_t>(part.data()[i]);
    return word;
}

}  // namespace

// False when the mark is not one that we go along with.
bool RecordAssembler::read_mark() {
    uint32_t mark = first_word(waiting_);
    waiting_ = waiting_.slice(4, waiting_.size() - 4);
    last_ = (mark & last_fragment) != 0;
    fragment_ = mark & ~last_fragment;
    marked_ = true;
    return ++fragments_ <= most_fragments && record_.size() + fragment_ <= max_;
}

Result<bool> RecordAssembler::next(BufferChain& record) {
    for (;;) {
        if (!marked_) {
            if (waiting_.size() < 4) return false;
            if (!read_mark()) return fail(Errc::protocol);
        }
        if (waiting_.size() < fragment_) return false;
        record_.append(waiting_.slice(0, fragment_));
        waiting_ = waiting_.slice(fragment_, waiting_.size() - fragment_);
        marked_ = false;
        if (!last_) continue;
        fragments_ = 0;
        record = std::exchange(record_, BufferChain());
        return true;
    }
}

}  // namespace strait::client::nfs4
