// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/file_state.h"

#include "vfs/open_regular.h"

namespace strait::vfs {

FileState::FileState(MountRef mount, const Handle& handle)
    : mount_(std::move(mount)), handle_(handle), writes_(*this) {}

FileState::~FileState() { mount_->forget_state(handle_); }

void FileState::learn(const Attributes& attributes, Hold::Tick asked) {
    const bool taken = mount_->hold().learn(handle_, attributes, asked);
    // An answer that a change of ours has overtaken may still be the first to tell of one by
    // others.
    if (taken ? known_change_ != attributes.change : known_change_ < attributes.change) {
        foreign_changes_++;
        data_changed();
        known_change_ = attributes.change;
    }
    if (!taken) return;
    size_ = std::max(attributes.size, writes_.pending_end());
}

void FileState::changed_to(const Attributes& attributes) {
    mount_->hold().changed_to(handle_, attributes);
    changed_at_ = mount_->hold().now();
    known_change_ = std::max(known_change_, attributes.change);
    size_ = std::max(attributes.size, writes_.pending_end());
}

void FileState::written_to(Attributes attributes) {
    if (attributes.change <= known_change_) attributes.size = std::max(attributes.size, size_);
    changed_to(attributes);
}

void FileState::overlay(Attributes& attributes) const {
    if (writes_.data_pending()) {
        attributes.size = std::max(attributes.size, size_);
        attributes.mtime = std::max(attributes.mtime, written_at_);
        attributes.ctime = std::max(attributes.ctime, written_at_);
    }
    writes_.overlay_attributes(attributes);
}

std::optional<uint64_t> FileState::size() const {
    if (const Attributes* held = mount_->hold().attributes(handle_, Attr::size))
        return std::max(held->size, writes_.pending_end());
    // While we write, what we know is the best there is.
    if (writes_.data_pending()) return size_;
    return std::nullopt;
}

void FileState::wrote(uint64_t end) {
    size_ = std::max(size_, end);
    written_at_ = wall_now();
    only_cloned_ = false;
    data_version_++;
    mount_->hold().found_changed();
    drop_head();
}

void FileState::set_head(BufferChain data, bool whole, const Attributes& attributes,
                         Hold::Tick asked) {
    // Data that waits here, or has reached the server meanwhile, is newer than what it had.
    if (writes_.data_pending() || asked < changed_at_) return;
    KeptReads::Share share(mount_->kept_reads(), data.size());
    head_ = {std::move(data), whole, attributes.change,
             MonoClock::now() + mount_->policy().acregmin, std::move(share)};
}

void FileState::lock_released() {
    for (StopSource* wait : lock_waits_) wait->request_stop(Errc::again);
}

void FileState::drop_head() { head_ = {}; }

void FileState::data_changed() {
    data_version_++;
    mount_->hold().found_changed();
    drop_head();
    recent_.clear();
    writes_.doubt();
}

std::optional<Writer> FileState::writer() const {
    for (auto* open : opens_)
        if (open->may_write()) return Writer{handle_, open->open_id(), open->as()};
    return std::nullopt;
}

}  // namespace strait::vfs
