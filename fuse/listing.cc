// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/listing.h"

namespace strait::fuse {

namespace {
constexpr uint32_t chunk_bytes = 1u << 20;
}

Task<> Listing::open() {
    co_await fetch(0);
    fresh_ = true;
}

Task<> Listing::fetch(uint64_t cookie) {
    auto asked = mount_.hold().now();
    vfs::Compound program = mount_.program(as_);
    program.put(directory_->handle());
    if (cookie == 0) program.getattr(vfs::stat_mask);
    program.readdir({.cookie = cookie,
                     .verifier = cookie == 0 ? 0 : chunk_.verifier,
                     .max_bytes = chunk_bytes,
                     .mask = vfs::stat_mask | vfs::Attr::handle});
    vfs::Reply reply = co_await mount_.run_all(program);
    if (auto* self = reply.find<vfs::GetAttr>())
        mount_.hold().learn(directory_->handle(), self->attributes, asked);
    chunk_ = reply.take<vfs::ReadDir>();
    for (auto& entry : chunk_.entries) {
        if (!entry.attributes.has(vfs::Attr::handle)) continue;
        if (!entry.attributes.valid.has_all({vfs::Attr::type, vfs::Attr::size, vfs::Attr::change}))
            continue;
        mount_.hold().learn(entry.attributes.handle, entry.attributes, asked);
    }
    asked_ = asked;
    before_ = cookie;
    position_ = 0;
    fresh_ = false;
}

// Also moves there.
bool Listing::holds(uint64_t cookie) {
    if (cookie == before_) {
        // A listing that begins again, or of what we have changed since, asks again.
        const bool again =
            (!fresh_ && position_ > 0) || mount_.hold().changed_since(directory_->handle(), asked_);
        position_ = 0;
        return cookie != 0 || !again;
    }
    if (position_ > 0 && chunk_.entries[position_ - 1].cookie == cookie) return true;
    for (size_t i = 0; i < chunk_.entries.size(); i++) {
        if (chunk_.entries[i].cookie != cookie) continue;
        position_ = i + 1;
        return true;
    }
    return false;
}

Task<> Listing::seek(uint64_t cookie) {
    uint64_t after = cookie <= parent_cookie ? 0 : cookie;
    if (!holds(after)) co_await fetch(after);
    fresh_ = false;
    if (!at() && !chunk_.eof && !chunk_.entries.empty())
        co_await fetch(chunk_.entries.back().cookie);
}

const vfs::DirEntry* Listing::at() const {
    return position_ < chunk_.entries.size() ? &chunk_.entries[position_] : nullptr;
}

}  // namespace strait::fuse
