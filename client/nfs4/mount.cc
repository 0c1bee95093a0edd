// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/mount.h"

#include <algorithm>
#include <random>

namespace strait::client::nfs4 {

namespace {
// What a READ's or WRITE's compound needs around the data.
constexpr uint32_t around_data = 1024;
}  // namespace

Mount::Mount(Reactor& reactor, const Url& url, MountOptions options, TraceSink* trace)
    : reactor_(reactor),
      url_(url),
      options_(options),
      session_(reactor, *this, url_, options_, trace),
      next_verifier_(std::random_device()() | uint64_t{std::random_device()()} << 32) {
    size_t offset = 0;
    while (auto name = next_component(url_.path, offset)) prefix_.emplace_back(*name);
}

Mount::~Mount() = default;

Task<std::unique_ptr<Mount>> Mount::connect(Reactor& reactor, const Url& url, MountOptions options,
                                            TraceSink* trace) {
    std::unique_ptr<Mount> mount(new Mount(reactor, url, options, trace));
    auto opened = co_await mount->session_.open().result();
    if (!opened) {
        co_await mount->close();
        co_return opened.error();
    }
    co_return mount;
}

Task<> Mount::close() {
    static const Scope unstoppable{};
    auto left = co_await gate_.close().result();
    // Called off: those inside are cut short by the session's end.
    if (!left) co_await session_.close();
    for (vfs::OpenId id : opens_.all()) {
        HeldOpen* open = opens_.find(id);
        if (left && open && !open->lost) drop_orphan(id);
    }
    if (!left) nursery_.stop();
    co_await nursery_.close().within(unstoppable);
    co_await session_.close();
    co_await left;
}

uint32_t Mount::read_size() const noexcept {
    uint64_t size = std::min(options_.rsize, session_.limits().max_response - around_data);
    return max_read_ > 0 ? std::min(size, max_read_) : size;
}

uint32_t Mount::write_size() const noexcept {
    uint64_t size = std::min(options_.wsize, session_.limits().max_request - around_data);
    return max_write_ > 0 ? std::min(size, max_write_) : size;
}

vfs::Capabilities Mount::capabilities() const {
    vfs::Capabilities can;
    bool v42 = session_.minor() >= 2;
    can.one_round_trip = true;
    can.stable_handles = true;
    can.checked_walk_end = true;
    using namespace wire::nfs4;
    can.xattrs = v42 && (xattrs_ || !limits_known_) && !lacks(OP_GETXATTR) && !lacks(OP_SETXATTR);
    can.seek = v42 && !lacks(OP_SEEK);
    can.allocate = v42 && !lacks(OP_ALLOCATE);
    can.copy = v42 && !lacks(OP_COPY);
    can.clone = v42 && !lacks(OP_CLONE);
    can.max_read = read_size();
    can.max_write = write_size();
    can.max_ops = session_.limits().max_operations;
    return can;
}

}  // namespace strait::client::nfs4
