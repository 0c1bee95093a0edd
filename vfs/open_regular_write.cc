// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing to an open file, and the changes of its data that are no writes: space and copies.
#include <algorithm>

#include "vfs/open_regular.h"

namespace strait::vfs {

namespace {
constexpr uint64_t most_offset = static_cast<uint64_t>(INT64_MAX);
constexpr size_t copy_piece = 1u << 20;  // bytes
}  // namespace

Result<> OpenRegular::ready_to_write() const {
    if (!writes() || node_.flags.path_only) return fail(Errc::badf);
    return mount().usable();
}

Task<size_t> OpenRegular::write(BufferChain data) {
    auto held = co_await position_mutex_.lock();
    std::optional<uint64_t> at;
    if (!node_.flags.append) at = position_;
    size_t count = data.size();
    uint64_t end = co_await put(at, std::move(data));
    if (count > 0) position_ = end;
    co_return count;
}

Task<size_t> OpenRegular::write_at(uint64_t offset, BufferChain data) {
    size_t count = data.size();
    // As Linux does: with O_APPEND the offset means nothing.
    std::optional<uint64_t> at;
    if (!node_.flags.append) at = offset;
    uint64_t end = co_await put(at, std::move(data));
    (void)end;
    co_return count;
}

// Returns where the data ends; no offset: behind the end of the file.
Task<size_t> OpenRegular::put(std::optional<uint64_t> offset, BufferChain data) {
    co_await ready_to_write();
    co_await state_->writes().take_error(seen_errors_);
    if (data.empty()) co_return offset.value_or(0);
    if (offset.value_or(0) > most_offset - data.size()) co_return Errc::fbig;
    if (!offset && !state_->size()) {
        Attributes now = co_await stat(Attr::size);
        (void)now;
    }
    const MountPolicy& policy = mount().policy();
    const size_t most = std::max<size_t>(policy.write_behind / 2, mount().capabilities().max_write);
    const size_t total = data.size();
    uint64_t end = 0;
    for (size_t done = 0; done < total; done += std::min(most, total - done)) {
        BufferChain piece =
            total <= most ? std::move(data) : data.slice(done, std::min(most, total - done));
        end = co_await put_piece(offset, std::move(piece));
        offset = end;
    }
    if (node_.flags.sync || policy.write_behind == 0) {
        co_await state_->writes().commit();
        co_await state_->writes().take_error(seen_errors_);
    }
    co_return end;
}

Task<uint64_t> OpenRegular::put_piece(std::optional<uint64_t> offset, BufferChain piece) {
    size_t count = piece.size();
    co_await state_->writes().room(count);
    // From here nothing waits: appends of several writers do not overlap.
    uint64_t at = offset ? *offset : state_->size().value_or(state_->last_size());
    state_->recent().wrote(at, piece);
    state_->writes().add(at, std::move(piece));
    state_->wrote(at + count);
    co_return at + count;
}

Task<Reply> OpenRegular::change_data(Compound program) {
    co_await state_->writes().flush();
    program.getattr(stat_mask);
    auto reply = co_await mount().run(program).result();
    state_->data_changed();
    state_->changed();
    if (!reply) co_return reply.error();
    if (auto* after = reply->find<GetAttr>()) state_->changed_to(after->attributes);
    if (!reply->ok()) co_return reply->error;
    co_return std::move(*reply);
}

Task<> OpenRegular::allocate(uint64_t offset, uint64_t length) {
    co_await ready_to_write();
    if (length == 0 || offset > most_offset - length) co_await Errc::inval;
    if (!mount().capabilities().allocate) co_await Errc::notsup;
    Compound program = on_open();
    program.add(Allocate{offset, length});
    Reply done = co_await change_data(std::move(program));
}

Task<> OpenRegular::deallocate(uint64_t offset, uint64_t length) {
    co_await ready_to_write();
    if (length == 0 || offset > most_offset - length) co_await Errc::inval;
    if (!mount().capabilities().allocate) co_await Errc::notsup;
    Compound program = on_open();
    program.add(Deallocate{offset, length});
    Reply done = co_await change_data(std::move(program));
}

Task<uint64_t> OpenRegular::copy_to(OpenFile& target, uint64_t from, uint64_t to, uint64_t count) {
    if (!reads()) co_return Errc::badf;
    if (count == 0) co_return 0;
    auto* other = dynamic_cast<OpenRegular*>(&target);
    if (!other) co_return Errc::inval;
    if (state_ == other->state_) {  // within what the file has now
        Attributes now = co_await stat(Attr::size);
        if (from >= now.size) co_return 0;
        count = std::min(count, now.size - from);
        bool overlap = from < to ? to - from < count : from - to < count;
        if (overlap) co_return Errc::inval;
    }
    co_await other->ready_to_write();
    if (from > most_offset || to > most_offset) co_return Errc::overflow;
    count = std::min(count, most_offset - std::max(from, to));
    // What is here already is sent once; the server's copy would need an open of its own.
    bool by_server = &other->mount() == &mount() && mount().capabilities().copy && !in_memory();
    if (by_server && !refuses(Feature::copy)) {
        auto copied = co_await copy_by_server(*other, from, to, count).result();
        if (copied) co_return *copied;
        if (copied.error() == Errc::notsup) note_refusal(Feature::copy);
        if (copied.error() != Errc::notsup && copied.error() != Errc::xdev)
            co_return copied.error();
    }
    co_return co_await copy_by_client(target, from, to, count);
}

Task<uint64_t> OpenRegular::copy_by_server(OpenRegular& target, uint64_t from, uint64_t to,
                                           uint64_t count) {
    Attributes now = co_await stat(Attr::size);  // flushes, too
    if (from >= now.size) co_return 0;
    count = std::min(count, now.size - from);
    co_await pin();
    // A server that restarts between COPY and COMMIT shows another verifier: copy again.
    for (;;) {
        Compound program = on_open();
        program.save().put(target.handle()).use_open(target.open_);
        program.add(Copy{from, to, count}).commit();
        Reply reply = co_await target.change_data(std::move(program));
        Copy::Result copied = reply.take<Copy>();
        bool kept = copied.committed != Stability::unstable ||
                    copied.verifier == reply.take<Commit>().verifier;
        if (kept) co_return copied.count;
    }
}

Task<uint64_t> OpenRegular::copy_by_client(OpenFile& target, uint64_t from, uint64_t to,
                                           uint64_t count) {
    uint64_t done = 0;
    while (done < count) {
        BufferChain data =
            co_await read_at(from + done, std::min<uint64_t>(copy_piece, count - done));
        if (data.empty()) break;
        size_t written = co_await target.write_at(to + done, std::move(data));
        done += written;
    }
    co_return done;
}

Task<> OpenRegular::clone_to(OpenFile& target, uint64_t from, uint64_t to, uint64_t count) {
    if (!reads()) co_await Errc::badf;
    auto* other = dynamic_cast<OpenRegular*>(&target);
    if (!other) co_await Errc::inval;
    co_await other->ready_to_write();
    if (&other->mount() != &mount()) co_await Errc::xdev;
    if (!mount().capabilities().clone || refuses(Feature::clone)) co_await Errc::notsup;
    // Of a small file that is here nobody can tell a clone from a copy, where there are clones.
    const Attributes* known = mount().hold().last_known(handle());
    if (in_memory() && known && from == 0 && count >= known->size &&
        mount().refusals().proven(Feature::clone, known)) {
        const bool alone = !other->state().writes().data_pending();
        uint64_t copied = co_await copy_by_client(target, from, to, count);
        if (alone && copied > 0) other->state().cloned();
        co_return;
    }
    co_await state_->writes().flush();
    co_await pin();
    Compound program = on_open();
    program.save().put(other->handle()).use_open(other->open_);
    program.add(Clone{from, to, count});
    auto done = co_await other->change_data(std::move(program)).result();
    if (!done && done.error() == Errc::notsup) note_refusal(Feature::clone);
    if (done) mount().refusals().note_proof(Feature::clone, mount().hold().last_known(handle()));
    if (!done) co_await done.error();
}

}  // namespace strait::vfs
