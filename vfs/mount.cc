// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/mount.h"

#include <algorithm>

#include "vfs/access.h"
#include "vfs/file_state.h"
#include "vfs/open_regular.h"
#include "vfs/path.h"

namespace strait::vfs {

namespace {
constexpr size_t closes_at_once = 16;
// How long what was written may wait for more, or for its close, before other clients can see it.
constexpr Duration longest_wait = 2s;

HoldTimes times_of(const MountPolicy& policy) {
    const Duration names = policy.names ? policy.acdirmin : Duration::zero();
    return {.file_min = policy.acregmin,
            .file_max = policy.acregmax,
            .directory_min = policy.acdirmin,
            .directory_max = policy.acdirmax,
            .names = names,
            .missing = policy.missing_names ? std::min(names, policy.acregmin) : Duration::zero()};
}
constexpr size_t most_kept = 64, most_kept_bytes = 8u << 20;  // without close-to-open
}  // namespace

Mount::Mount(std::string prefix, std::unique_ptr<Backend> backend, const MountPolicy& policy,
             CredentialRef credential, const FileSystemOptions& options)
    : prefix_(std::move(prefix)),
      backend_(std::move(backend)),
      policy_(policy),
      credential_(std::move(credential)),
      options_(options),
      hold_(times_of(policy)),
      waiting_data_(policy),
      kept_reads_(policy.most_kept),
      stat_habit_(policy.acregmin) {}

namespace {
Task<Reply> refuse() { co_return Errc::closed; }
}  // namespace

Task<Reply> Mount::run(const Compound& program) {
    return closed_ ? refuse() : backend_->run(program);
}

Task<Reply> Mount::run_all(const Compound& program) {
    Reply reply = co_await run(program);
    if (!reply.ok()) co_return reply.error;
    co_return reply;
}

Result<> Mount::usable() const {
    if (refusing_) return fail(Errc::closed);
    return {};
}

Result<> Mount::writable() const {
    if (policy_.read_only) return fail(Errc::rofs);
    return {};
}

bool Mount::lists_xattrs(const Attributes* of) const {
    return MonoClock::now() < lists_xattrs_until_ && capabilities().xattrs &&
           !refusals_.refused(Refusals::Feature::xattrs, of);
}

Ref<FileState> Mount::state_of(const Handle& handle) {
    if (FileState* found = find_state(handle)) return Ref<FileState>(found);
    auto made = make_ref<FileState>(MountRef(this), handle);
    states_.emplace(handle, made.get());
    return made;
}

void Mount::keep_for_next_open(Ref<FileState> state) {
    if (policy_.close_to_open || refusing_ || !state->head().whole) return;
    if (std::ranges::find(kept_, state) == kept_.end()) kept_.push_back(std::move(state));
    size_t bytes = 0;
    for (auto& each : kept_) bytes += each->head().data.size();
    while (kept_.size() > most_kept || bytes > most_kept_bytes) {
        bytes -= kept_.front()->head().data.size();
        kept_.pop_front();
    }
}

FileState* Mount::find_state(const Handle& handle) const {
    auto at = states_.find(handle);
    return at == states_.end() ? nullptr : at->second;
}

bool Mount::has_rights(const Attributes& node, uint32_t rights) const {
    const CredentialRef& who = credential_ ? credential_ : policy_.speaks_for;
    return (rights_of(node, who.get()) & rights) == rights;
}

bool Mount::may_search(const Attributes& node) const {
    return node.type != FileType::directory || has_rights(node, may_execute);
}

void Mount::changed_to(const Handle& handle, const Attributes& after, std::string_view physical) {
    hold_.changed_to(handle, after);
    if (!may_search(after)) hold_.forget_below(physical);
}

void Mount::entry_gone(std::string_view physical, bool with_children) {
    if (!hold_.last_handle_at(physical))
        for (auto& [handle, state] : states_) hold_.changed(handle);
    hold_.entry_gone(physical, with_children);
}

namespace {

// What was `from`, or below it, is `to` now, or below that.
bool move(OpenNode& node, std::string_view from, std::string_view to) {
    if (!is_within(node.physical(), from)) return false;
    std::string moved(to);
    std::string_view rest = below(node.physical(), from);
    if (rest.empty() && node.named() == Named::removed) return false;
    if (!rest.empty()) push_component(moved, rest);
    node.moved_to(std::move(moved));
    return true;
}

}  // namespace

template <class Visit>
void Mount::each_named_open(Visit visit) {
    for (OpenNode* each : directories_) visit(*each);
    for (auto& [handle, state] : states_)
        for (OpenNode* each : state->opens()) visit(*each);
}

void Mount::renamed(std::string_view from, std::string_view to) {
    if (from == to) return;
    directory_removed(to);
    each_named_open([&](OpenNode& open) { move(open, from, to); });
}

void Mount::swapped(std::string_view one, std::string_view other) {
    each_named_open([&](OpenNode& open) {
        if (!move(open, one, other)) move(open, other, one);
    });
}

void Mount::directory_removed(std::string_view physical) {
    for (auto* each : directories_) {
        if (each->physical() == physical) each->was_removed();
        if (each->named() == Named::removed && parent_path(each->physical()) == physical)
            each->parent_was_removed();
    }
}

Task<> Mount::close_now(Handle handle, OpenId open) {
    Compound closes = program();
    closes.put(handle).use_open(open).close();
    auto reply = co_await run(closes).result();
    (void)reply;  // an open that the server does not know is closed
}

void Mount::close_later(const Handle& handle, OpenId open) {
    due_.push_back({handle, open});
    const bool waits = options_.sleep && options_.close_patience > 0ms;
    if (waits && due_.size() < closes_at_once) {
        if (!gathering_closes_) background_.spawn(gather_closes());
    } else if (!closing_due_) {
        background_.spawn(close_due());
    }
}

Task<> Mount::gather_closes() {
    gathering_closes_ = true;
    auto slept = co_await options_.sleep(options_.close_patience).result();
    (void)slept;
    gathering_closes_ = false;
    if (!closing_due_) co_await close_due();
}

Task<> Mount::close_due() {
    closing_due_ = true;
    while (!due_.empty()) {
        size_t count = std::min(due_.size(), closes_at_once);
        std::vector<Due> batch(due_.end() - static_cast<ptrdiff_t>(count), due_.end());
        due_.resize(due_.size() - count);
        for (size_t done = 0; done < batch.size();) {
            Compound closes = program();
            for (size_t i = done; i < batch.size(); i++)
                closes.put(batch[i].handle).use_open(batch[i].open).close();
            auto reply = co_await run(closes).result();
            if (!reply) break;
            // An open that the server does not know is closed: go on behind it.
            done += reply->completed / 3 + (reply->ok() ? 0 : 1);
        }
    }
    closing_due_ = false;
}

void Mount::something_waits() {
    if (ageing_ || !options_.sleep) return;
    ageing_ = true;
    timers_.spawn(send_what_aged());
}

Task<> Mount::send_what_aged() {
    for (bool waits = true; waits;) {
        auto slept = co_await options_.sleep(longest_wait / 2).result();
        if (!slept) break;
        std::vector<Ref<FileState>> open;
        for (auto& [handle, state] : states_)
            if (state->writes().pending()) open.emplace_back(state);
        waits = !open.empty();
        for (auto& state : open) state->writes().send_aged(longest_wait);
    }
    ageing_ = false;
}

Task<> Mount::close() {
    refusing_ = true;
    kept_.clear();
    timers_.stop();
    co_await timers_.close();
    co_await background_.close();
    co_await backend_->close();
    closed_ = true;
}

}  // namespace strait::vfs
