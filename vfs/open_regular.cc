// SPDX-License-Identifier: LGPL-2.1-or-later
// An open file's life, position and attributes; reading, writing and locks are beside it.
#include "vfs/open_regular.h"

namespace strait::vfs {

namespace {
constexpr uint64_t most_offset = static_cast<uint64_t>(INT64_MAX);

Task<> finish_orphan(FileStateRef state, Writer writer) {
    co_await state->writes().finish(writer, WriteBehind::Close::later);
}
}  // namespace

OpenRegular::OpenRegular(Opened opened, FileStateRef state, OpenId open)
    : OpenNode(std::move(opened)),
      state_(std::move(state)),
      open_(open),
      seen_errors_(state_->writes().errors()),
      stream_(*this) {
    state_->add(*this);
}

OpenRegular::~OpenRegular() {
    state_->remove(*this);
    mount().keep_for_next_open(state_);
    if (!open_ || closing_) return;
    if (writes()) {
        mount().background().spawn(finish_orphan(state_, Writer{handle(), open_, as()}));
    } else {
        mount().close_later(handle(), open_);
    }
}

std::string OpenRegular::identity() const {
    const Mount* where = &mount();
    std::string made(reinterpret_cast<const char*>(&where), sizeof(where));
    return made.append(as_text(handle().bytes()));
}

Compound OpenRegular::on_open() const {
    Compound made = at_node();
    if (open_) made.use_open(open_);
    return made;
}

void OpenRegular::keep_open(const Reply& reply) {
    for (auto& result : reply.results) {
        auto* opened = std::get_if<Open::Result>(&result);
        if (!opened) continue;
        if (open_ || closing_) {
            mount().close_later(handle(), opened->open);
        } else {
            open_ = opened->open;
        }
    }
}

Task<> OpenRegular::pin() {
    auto held = co_await opening_mutex_.lock();
    if (open_) co_return;
    Compound program = at_node();
    program.open({.access = node_.flags.access, .owner = mount().new_owner()});
    Reply reply = co_await mount().run_all(program);
    keep_open(reply);
}

Task<uint64_t> OpenRegular::seek(int64_t offset, Whence whence) {
    if (node_.flags.path_only) co_return Errc::badf;
    auto held = co_await position_mutex_.lock();
    uint64_t base = 0;
    if (whence == Whence::current) base = position_;
    if (whence == Whence::end) {
        Attributes now = co_await stat(Attr::size);
        base = now.size;
    }
    if (whence == Whence::data || whence == Whence::hole) {
        if (offset < 0) co_return Errc::nxio;
        uint64_t found =
            co_await seek_in_file(static_cast<uint64_t>(offset), whence == Whence::hole);
        position_ = found;
        co_return found;
    }
    int64_t target = 0;
    if (__builtin_add_overflow(static_cast<int64_t>(base), offset, &target))
        co_return Errc::overflow;
    if (target < 0) co_return Errc::inval;
    position_ = static_cast<uint64_t>(target);
    co_return position_;
}

Task<uint64_t> OpenRegular::seek_in_file(uint64_t offset, bool hole) {
    Attributes now = co_await stat(Attr::size);
    if (offset >= now.size) co_return Errc::nxio;
    // Where holes cannot be asked for, the file is one piece of data with a hole at its end.
    if (!mount().capabilities().seek) co_return hole ? now.size : offset;
    Compound ask = on_open();
    ask.add(Seek{hole, offset});
    Reply reply = co_await mount().run_all(ask);
    Seek::Result found = reply.take<Seek>();
    if (!found.eof) co_return found.offset;
    if (!hole) co_return Errc::nxio;
    co_return now.size;
}

Task<Attributes> OpenRegular::stat(AttrMask mask) {
    co_await mount().usable();
    const Attributes* before = mount().hold().attributes(handle(), mask);
    if (before && state_->only_cloned()) {
        Attributes now = *before;
        state_->overlay(now);
        now.space_used = std::max(now.space_used, now.size);
        co_return now;
    }
    // Times are the server's: what waits here goes first.
    if (state_->writes().pending()) co_await state_->writes().flush();
    if (const Attributes* held = mount().hold().attributes(handle(), mask)) co_return *held;
    auto asked = mount().hold().now();
    Compound ask = on_open();
    ask.getattr(stat_mask | mask);
    Reply reply = co_await mount().run_all(ask);
    Attributes got = reply.take<GetAttr>().attributes;
    state_->learn(got, asked);
    state_->overlay(got);
    co_return got;
}

// Whether a change can travel with the CLOSE: one that the server has no reason to refuse.
bool OpenRegular::may_wait(const SetAttributes& change) const {
    if (!may_write() || change.size || node_.flags.sync || mount().policy().write_behind == 0)
        return false;
    bool touches = change.atime && change.mtime && change.atime->server_clock &&
                   change.mtime->server_clock && !change.mode && !change.uid && !change.gid;
    if (touches) return true;  // the right to write is enough
    if (!state_->made_here()) return false;
    if (!change.uid && !change.gid) return true;
    // What we made belongs to root there: so that is who we are.
    const Attributes* known = mount().hold().last_known(handle());
    return known && known->uid == 0;
}

Task<> OpenRegular::setattr(const SetAttributes& attributes) {
    co_await mount().usable();
    co_await mount().writable();
    if (may_wait(attributes)) {
        state_->writes().add(attributes);
        co_return;
    }
    if (attributes.size && !writes()) co_await Errc::inval;
    if (attributes.size && *attributes.size > most_offset) co_await Errc::fbig;
    if (state_->writes().pending()) co_await state_->writes().flush();
    Compound change = attributes.size ? on_open() : at_node();
    change.setattr(attributes).getattr(stat_mask);
    auto reply = co_await mount().run(change).result();
    if (attributes.size) {
        state_->writes().cut_from(*attributes.size);
        state_->data_changed();
    }
    state_->changed();
    if (!reply) co_await reply.error();
    if (auto* after = reply->find<GetAttr>()) state_->changed_to(after->attributes);
    if (!reply->ok()) co_await reply->error;
}

Task<> OpenRegular::fsync(bool) {
    co_await mount().usable();
    co_await state_->writes().commit();
    co_await state_->writes().take_error(seen_errors_);
}

Task<> OpenRegular::flush() {
    co_await mount().usable();
    if (!writes()) co_return;
    co_await state_->writes().commit();
    co_await state_->writes().take_error(seen_errors_);
}

// Runs on the mount's own scope, so that a caller that is called off loses no data.
Task<> OpenRegular::finish(Ref<OpenRegular> self) {
    // Others may ask for what it has locked as soon as it is closed.
    const auto when = self->had_locks_ ? WriteBehind::Close::at_once : WriteBehind::Close::later;
    if (self->open_ && self->writes()) {
        co_await self->state_->writes().finish(Writer{self->handle(), self->open_, self->as()},
                                               when);
    } else if (self->open_ && self->had_locks_) {
        co_await self->mount().close_now(self->handle(), self->open_);
    } else if (self->open_) {
        self->mount().close_later(self->handle(), self->open_);
    }
    self->open_ = {};
    self->stream_.drop();
    self->state_->lock_released();
    self->closed_.set();
}

Task<> OpenRegular::close() {
    if (!closing_) {
        co_await mount().usable();
        closing_ = true;
        mount().background().spawn(finish(Ref<OpenRegular>(this)));
    }
    co_await closed_.wait();
    if (writes()) co_await state_->writes().take_error(seen_errors_);
}

}  // namespace strait::vfs
