// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// An open directory: a stream of entries with their attributes, in chunks as large as a reply may
// be. A position is the server's own cookie, so it stays good while entries come and go.

#include "vfs/open_node.h"

namespace strait::vfs {

class OpenDirectory final : public OpenNode {
  public:
    explicit OpenDirectory(Opened opened) : OpenNode(std::move(opened)) {}
    ~OpenDirectory() override { drop_locks(); }

    static constexpr uint64_t self_cookie = 1, parent_cookie = 2;
    // What a listing asks for.
    static ReadDir whole_chunk(uint64_t cookie, uint64_t verifier);
    // The first chunk came with the open, when the directory was at `change`.
    void give_first(ReadDir::Result chunk, Hold::Tick asked, uint64_t change);
    // It came with an earlier open, and what it says was learned then.
    void go_on_with(Ref<ListingPart> listing) { chunk_ = std::move(listing); }

    // Nothing, not even dots, is in one that was removed here.
    Task<std::vector<DirEntry>> list(uint64_t cookie, uint32_t max_bytes,
                                     ReadDir::Result& storage) override;
    Task<> lock(LockKind kind, uint64_t offset, uint64_t length, uint64_t owner,
                bool wait) override;
    Task<> unlock(uint64_t offset, uint64_t length, uint64_t owner) override;
    Task<std::optional<LockConflict>> test_lock(LockKind kind, uint64_t offset, uint64_t length,
                                                uint64_t owner) override;
    Task<> close() override;
    Task<> fsync(bool data_only) override {
        (void)data_only;
        co_return;
    }

  private:
    // The next chunk, on its way before it is asked for.
    struct Ahead final : RefCounted {
        uint64_t cookie = 0;
        Hold::Tick asked = 0;
        MonoTime begun = MonoClock::now();
        Event done;
        Result<Reply> reply = fail(Errc::io);
    };

    void give(uint64_t cookie, ReadDir::Result chunk, Hold::Tick asked, uint64_t change);
    void drop_locks();
    void fetch_ahead();
    static Task<> run_ahead(MountRef mount, Compound program, Ref<Ahead> ahead);
    bool good_ahead(uint64_t cookie) const;
    Task<> fetch(uint64_t cookie);
    bool holds(uint64_t cookie) const;
    Task<> add_dots(uint64_t cookie, std::vector<DirEntry>& entries);

    Ref<ListingPart> chunk_;  // null: nothing came yet
    uint64_t before_ = 0;     // the cookie that chunk_ follows
    size_t next_ = 0;         // the entry of chunk_ that a sequential reader wants
    Ref<Ahead> ahead_;
    // The chunks that came one after the other from the beginning: what they brought was all
    // learned, up to the cookie `to`.
    struct Whole {
        Hold::Tick asked;
        MonoTime since;
        uint64_t evictions;
        uint64_t change;
        uint64_t to;
    };
    std::optional<Whole> whole_;
    std::vector<uint64_t> lock_owners_;  // who locked it through this open
    MonoTime opened_at_ = MonoClock::now();
};

}  // namespace strait::vfs
