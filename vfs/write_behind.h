// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Written data of one file on its way to the server: dirty (not sent), under way, uncommitted (sent
// UNSTABLE, kept until a COMMIT answers with the verifier that the writes had, RFC 8881 section
// 18.32). A range is never under way twice, so writes cannot overtake each other. Changes of
// attributes may wait here, too, and travel behind the data: in the compound that brings the last
// of it, which is the one with the CLOSE for a small file. What a program could not write or set it
// learns from the next write, fsync, flush or close of each open file, once.

#include "base/sync.h"
#include "vfs/extent_map.h"
#include "vfs/mount.h"
#include "vfs/pacing.h"
#include "vfs/pending_attributes.h"

namespace strait::vfs {

// An open that may write.
struct Writer {
    Handle handle;
    OpenId open;
    CredentialRef as;  // null: the mount's user
};

class WriteBehind {
  public:
    // `file` owns this object and outlives it; it is kept alive by what is under way.
    explicit WriteBehind(FileState& file) : file_(file) {}

    ~WriteBehind();
    WaitingData::Share& share() { return share_; }

    // Room first (it may wait), then add() without waiting in between.
    Task<> room(size_t bytes);
    void add(uint64_t offset, BufferChain data);
    // Waits for the next flush, commit or finish; a later write comes behind it.
    void add(const SetAttributes& change);
    // All that was added is with the server (not stable); errors are left for take_error().
    Task<> flush();
    // All that was added is stable.
    Task<> commit();
    // Of an open with nothing left to write: whether its CLOSE may travel with others.
    enum class Close : uint8_t { later, at_once };
    // The whole rest, then CLOSE of `writer`, in as few compounds as there can be: the last of the
    // data, COMMIT, attributes and CLOSE are one.
    Task<> finish(Writer writer, Close when);
    // Forgets what lies at or past `size`; what is under way comes first, so flush before.
    void cut_from(uint64_t size);

    // Nothing is dirty, under way or uncommitted.
    bool idle() const { return !pending() && uncommitted_.empty() && committing_.empty(); }
    // Something is not with the server yet.
    bool pending() const { return data_pending() || attributes_pending(); }
    bool data_pending() const { return !dirty_.empty() || !under_way_.empty(); }
    bool attributes_pending() const { return !attributes_.empty() || !setting_.empty(); }
    void overlay_attributes(Attributes& attributes) const {
        setting_.overlay(attributes);
        attributes_.overlay(attributes);
    }
    // Sends what has waited for at least `age`; nobody waits for it.
    void send_aged(Duration age);
    bool pending(uint64_t offset, uint64_t count) const;
    // Those bytes, when all of them are waiting here.
    std::optional<BufferChain> covered(uint64_t offset, size_t count) const;
    // The same of what the server has taken and not made stable, as long as nobody else can have
    // written there since.
    std::optional<BufferChain> kept(uint64_t offset, size_t count) const;
    // The file's data may have been changed otherwise: what is kept so far is believed no longer.
    void doubt() {
        doubts_++;
        believed_ = false;
    }
    uint64_t pending_end() const { return std::max(dirty_.end(), under_way_.end()); }

    // The error that was met after `seen`, if any.
    Result<> take_error(uint64_t& seen) const;
    uint64_t errors() const { return errors_; }

  private:
    static constexpr size_t most_extents_at_once = 8;  // of one compound
    struct Chunk {
        uint64_t offset = 0;
        BufferChain data;
        bool sets_attributes = false;  // setting_ travels behind it
        uint64_t doubts = 0;           // when it was sent
    };
    // Counts up while it lives.
    struct Counted {
        explicit Counted(int& count) : counter(count) { counter++; }
        ~Counted() { counter--; }
        int& counter;
    };

    struct Flushing {
        explicit Flushing(WriteBehind& owner) : file(owner) { file.flushing_++; }
        ~Flushing() {
            if (--file.flushing_ == 0) file.flushed_.notify_all();
        }
        WriteBehind& file;
    };

    bool has_room(size_t bytes) const;
    Task<> own_room(size_t bytes);
    // What this file holds is counted at the mount.
    void account();
    void something_ended();
    void pump();
    bool take_chunk(Chunk& chunk);
    bool take_attributes();
    void begin_waiting();
    void attributes_settled();
    Task<> send(Chunk chunk, Ref<FileState> keep);
    void commit_soon();
    Task<> send_commit(Ref<FileState> keep);
    void sent(const Chunk& chunk, const Write::Result& done);
    void committed(const Commit::Result& done);
    void send_again(ExtentMap& lost_by_server);
    void lost(Error error);
    // The outcome of the operations from `at` on that were to make setting_ so.
    Task<> attributes_sent(const Reply* reply, size_t at);
    Task<> set_one_by_one();
    bool small_rest() const;

    // --- write_behind_finish.cc
    struct LastWords;
    bool rest_is_large() const;
    Task<> drain();
    Task<> finish_at_once(Writer writer);
    void write_down(LastWords& last) const;
    Task<> judge(LastWords& last, Reply& reply);
    Task<> write_again(Writer writer);
    Task<> write_through(Writer writer, uint64_t offset, BufferChain data);
    size_t unsent_bytes() const { return dirty_.bytes() + under_way_.bytes(); }
    size_t unstable_bytes() const { return uncommitted_.bytes() + committing_.bytes(); }
    std::optional<Writer> writer() const;
    // A program at the file, by that writer if there is one.
    Compound program_by(const std::optional<Writer>& by) const;

    FileState& file_;
    Pacing pacing_;
    ExtentMap dirty_, under_way_, uncommitted_, committing_;
    PendingAttributes attributes_, setting_;  // waiting, under way
    WaitingData::Share share_;
    MonoTime waits_since_{};
    bool believed_ = false;  // uncommitted_ and committing_ are as the file is
    uint64_t doubts_ = 0;
    uint64_t verifier_ = 0;             // of uncommitted_
    uint64_t committing_verifier_ = 0;  // of committing_
    int partial_ = 0;                   // chunks go before they are full
    int flushing_ = 0;                  // writers wait meanwhile
    int stable_ = 0;                    // chunks are written FILE_SYNC
    std::optional<Writer> closing_;
    Signal changed_;  // something under way has ended
    Signal flushed_;  // no flush is under way any more
    Error last_error_{Errc::ok};
    uint64_t errors_ = 0;
};

}  // namespace strait::vfs
