// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection's two loops.
#include "client/nfs4/transport.h"
#include "wire/rpc/record.h"

namespace strait::client::nfs4 {

namespace {
// The largest reply that a session of ours can bring, with room for its head.
constexpr size_t max_record = (64u << 20) + 65536;
}  // namespace

void Link::drop(Error why) noexcept {
    if (ended_.is_set()) return;
    why_ = why;
    up_ = open_ = false;
    ended_.set();
    owner_.fail_pinned(*this);
}

void Link::send(const BufferChain& record) {
    if (!open_) return;
    size_t gone = 0;
    // Alone on its way it goes at once; among many it waits for the turn's end, to share a system
    // call. An error is met again, and told, by the loop.
    if (in_flight_ <= 1 && !sending_ && out_.empty()) {
        auto sent = stream_.send_now(record);
        gone = sent.value_or(0);
        if (gone == record.size()) return;
    }
    out_.push_back(record.slice(gone, record.size() - gone));
    has_output_.set();
}

Task<> Link::send_loop() {
    for (;;) {
        co_await has_output_.wait();
        has_output_.reset();
        BufferChain all;
        while (!out_.empty()) {
            all.append(std::move(out_.front()));
            out_.pop_front();
        }
        sending_ = true;
        auto sent = co_await stream_.send(std::move(all)).result();
        sending_ = false;
        if (!sent) drop(sent.error());
        co_await sent;
    }
}

Task<> Link::receive_loop() {
    wire::rpc::RecordParser records(max_record);
    for (;;) {
        auto bytes = co_await stream_.receive().result();
        if (!bytes) drop(bytes.error());
        Buffer received = co_await std::move(bytes);
        if (received.empty()) {
            drop(Errc::connreset);
            co_return;
        }
        records.feed(std::move(received));
        for (;;) {
            auto next = records.next();
            if (!next) {
                drop(next.error());
                co_await next.error();
            }
            if (!*next) break;
            owner_.deliver(*this, std::move(**next));
        }
    }
}

}  // namespace strait::client::nfs4
