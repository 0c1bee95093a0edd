// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One file that is open, shared by all its open files of one FileSystem: its size with what was
// written here, the data that came with its open, its write-behind. So they see each other's writes
// at once.

#include "vfs/recent_data.h"
#include "vfs/write_behind.h"

namespace strait::vfs {

class OpenRegular;

class FileState final : public RefCounted {
  public:
    FileState(MountRef mount, const Handle& handle);
    ~FileState() override;

    Mount& mount() const { return *mount_; }
    const Handle& handle() const { return handle_; }
    WriteBehind& writes() { return writes_; }

    // --- attributes and size
    // What the server said, in an answer to a question that was asked at `asked`.
    void learn(const Attributes& attributes, Hold::Tick asked);
    // What the server said after a change of ours.
    void changed_to(const Attributes& attributes);
    // The same after a write. Answers to writes that were under way at once come in any order, and
    // within one tick of the server's clock with one change number: no write makes a file shorter.
    void written_to(Attributes attributes);
    void changed() {
        mount_->hold().changed(handle_);
        changed_at_ = mount_->hold().now();
    }
    // With our own pending writes laid over.
    void overlay(Attributes& attributes) const;
    // The size, when it need not be asked for; with our own writes.
    std::optional<uint64_t> size() const;
    uint64_t last_size() const { return size_; }
    void wrote(uint64_t end);

    // An open of ours made the file: its creator may change its attributes.
    bool made_here() const { return made_here_; }
    void was_made_here() { made_here_ = true; }

    // All that waits here came by a clone (FICLONE), which elsewhere leaves nothing to wait for:
    // its fstat is answered from what is known.
    bool only_cloned() const { return only_cloned_ && writes_.data_pending(); }
    void cloned() { only_cloned_ = true; }

    // --- the data that came with an open
    struct Head {
        BufferChain data;
        bool whole = false;  // nothing of the file follows it
        uint64_t change = 0;
        MonoTime until{};
        KeptReads::Share share;
    };
    // It was asked for at `asked`: not taken when a change of ours has ended since.
    void set_head(BufferChain data, bool whole, const Attributes& attributes, Hold::Tick asked);
    const Head& head() const { return head_; }
    void head_is_current(MonoTime until) { head_.until = until; }
    void drop_head();
    // Filled while a lock is held.
    RecentData& recent() { return recent_; }
    // Grows whenever data that was read before may be outdated.
    uint64_t data_version() const { return data_version_; }
    void data_changed();
    // Grows whenever the file was found changed, and not by us.
    uint64_t foreign_changes() const { return foreign_changes_; }
    // The change counter of the server's file as far as its answers go, with our own changes.
    uint64_t known_change() const { return known_change_; }

    // --- who has it open
    void add(OpenRegular& open) { opens_.push_back(&open); }
    void remove(OpenRegular& open) { std::erase(opens_, &open); }
    const std::vector<OpenRegular*>& opens() const { return opens_; }
    // --- who waits for a lock on it here: tries again when one of ours is released
    void add_lock_wait(StopSource& wait) { lock_waits_.push_back(&wait); }
    void remove_lock_wait(StopSource& wait) { std::erase(lock_waits_, &wait); }
    void lock_released();

    // An open that may write; there is one while anything is pending.
    std::optional<Writer> writer() const;

  private:
    const MountRef mount_;
    const Handle handle_;
    std::vector<OpenRegular*> opens_;
    std::vector<StopSource*> lock_waits_;  // first come first
    uint64_t size_ = 0;
    uint64_t known_change_ = 0;
    Hold::Tick changed_at_ = 0;  // when a change of ours last ended
    Timestamp written_at_;
    Head head_;
    RecentData recent_;
    uint64_t data_version_ = 0;
    uint64_t foreign_changes_ = 0;
    bool made_here_ = false;
    bool only_cloned_ = false;
    WriteBehind writes_;
};
using FileStateRef = Ref<FileState>;

}  // namespace strait::vfs
