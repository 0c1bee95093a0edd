// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// An open regular file. One that was opened for reading only may hold no open at the server: its
// CLOSE travelled with the OPEN, and the data came with them. What needs an open later (more data,
// a lock) opens the node again in the same compound, and keeps that open.

#include "vfs/file_state.h"
#include "vfs/open_node.h"
#include "vfs/read_stream.h"

namespace strait::vfs {

class OpenRegular final : public OpenNode {
  public:
    OpenRegular(Opened opened, FileStateRef state, OpenId open);
    ~OpenRegular() override;

    FileState& state() const { return *state_; }
    OpenId open_id() const { return open_; }
    bool may_write() const { return open_ && writes() && !closing_; }
    // One READ, with the OPEN that it needs when there is none.
    Task<Read::Result> fetch(uint64_t offset, uint32_t count);
    // Holds an open at the server, so that the file outlives its last name.
    Task<> pin();
    // Whether the server keeps the file for us whatever becomes of its names.
    bool pinned() const { return static_cast<bool>(open_); }

    std::string identity() const override;
    Known known() const override;
    uint64_t data_version() const override { return state_->data_version(); }

    Task<BufferChain> read(size_t count) override;
    Task<BufferChain> read_at(uint64_t offset, size_t count) override;
    Task<size_t> write(BufferChain data) override;
    Task<size_t> write_at(uint64_t offset, BufferChain data) override;
    Task<uint64_t> seek(int64_t offset, Whence whence) override;
    Task<Attributes> stat(AttrMask mask) override;
    Task<> setattr(const SetAttributes& attributes) override;
    Task<> fsync(bool data_only) override;
    Task<> flush() override;
    Task<> allocate(uint64_t offset, uint64_t length) override;
    Task<> deallocate(uint64_t offset, uint64_t length) override;
    Task<uint64_t> copy_to(OpenFile& target, uint64_t from, uint64_t to, uint64_t count) override;
    Task<> clone_to(OpenFile& target, uint64_t from, uint64_t to, uint64_t count) override;
    Task<> lock(LockKind kind, uint64_t offset, uint64_t length, uint64_t owner,
                bool wait) override;
    Task<> unlock(uint64_t offset, uint64_t length, uint64_t owner) override;
    Task<std::optional<LockConflict>> test_lock(LockKind kind, uint64_t offset, uint64_t length,
                                                uint64_t owner) override;
    Task<> close() override;

  private:
    bool reads() const { return node_.flags.access != OpenAccess::write; }
    bool writes() const {
        return node_.flags.access == OpenAccess::write || node_.flags.access == OpenAccess::both;
    }
    Result<> ready_to_write() const;
    bool may_wait(const SetAttributes& change) const;
    using Feature = Refusals::Feature;
    bool refuses(Feature feature) const {
        return mount().refusals().refused(feature, mount().hold().last_known(handle()));
    }
    void note_refusal(Feature feature) {
        mount().refusals().note(feature, mount().hold().last_known(handle()));
    }
    Compound on_open() const;  // a program that begins at this node with its open, if it has one
    void keep_open(const Reply& reply);
    // What was written through us and need not be asked for.
    std::optional<BufferChain> written_here(uint64_t offset, size_t count) const;
    bool server_reaches(uint64_t end) const;
    Task<BufferChain> read_under_lock(uint64_t offset, size_t count);
    // With what came with the open.
    Task<BufferChain> read_from_server(uint64_t offset, size_t count);
    Task<BufferChain> read_with_head(uint64_t offset, size_t count);
    bool take_from_head(uint64_t offset, size_t count, BufferChain& got);
    Task<> check_head();
    Task<size_t> put(std::optional<uint64_t> offset, BufferChain data);
    Task<uint64_t> put_piece(std::optional<uint64_t> offset, BufferChain piece);
    Task<uint64_t> seek_in_file(uint64_t offset, bool hole);
    // Runs a change of the file's data: pending writes first, what was read before is dropped.
    Task<Reply> change_data(Compound program);
    // All of the file came with its open.
    bool in_memory() const { return state_->head().whole && !state_->writes().data_pending(); }
    Task<uint64_t> copy_by_server(OpenRegular& target, uint64_t from, uint64_t to, uint64_t count);
    Task<uint64_t> copy_by_client(OpenFile& target, uint64_t from, uint64_t to, uint64_t count);
    Task<> try_lock(const Lock& wanted);
    static Task<> finish(Ref<OpenRegular> self);

    const FileStateRef state_;
    OpenId open_;
    bool opening_ = false;  // a compound that opens is under way
    bool closing_ = false;
    bool had_locks_ = false;  // locks were taken through it
    struct Range {
        uint64_t offset, end;
    };
    std::vector<Range> locked_;  // taken through it, and nothing of them given back since
    Event closed_;
    Mutex opening_mutex_;
    Mutex position_mutex_;
    uint64_t position_ = 0;
    uint64_t seen_errors_ = 0;
    ReadStream stream_;
};

}  // namespace strait::vfs
