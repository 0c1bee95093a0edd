// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Programs to compounds. A program becomes one COMPOUND unless it cannot: it is cut
//   - where the session's limits (operations, bytes of request or reply) would be passed;
//   - behind the first piece of a Read or Write that is larger than one READ or WRITE may be;
//   - before a second Open, and before what must name an open by value that the compound is making.
// At a cut the current node's handle is asked for, and the next compound begins with it. After a
// failure that only asks for patience the program goes on at the operation that failed.
//
// A Lowering is the program's progress; a Builder writes one batch of it.

#include "client/nfs4/batch.h"
#include "client/nfs4/position.h"

namespace strait::client::nfs4 {

class Lowering {
  public:
    Lowering(Mount& mount, const vfs::Compound& program) : mount_(mount), program_(program) {}

    bool ended() const { return next_ >= program_.ops.size(); }
    uint32_t next() const { return next_; }
    const vfs::Op& operation() const { return program_.ops[next_]; }
    // Writes the next stretch. An error: operation next() cannot even be asked for.
    Result<> build(Batch& batch, wire::nfs4::CompoundCall& out);
    // Takes over what the batch brought: the results of whole operations, and where the cursor
    // stands now. The rest is to be built anew.
    void advance(Batch& batch, vfs::Reply& reply);
    // The program walks up from where nobody knows how far our root is; our root's handle must be
    // known first.
    bool needs_root_handle() const;
    // A walk found that `walked` components into operation next() it stood at our root.
    void stood_at_root(uint32_t walked);

    // A Read or Write at next() of which the first piece is done and the rest is not: bulk.cc does
    // it, and then passes over the operation with its result.
    bool in_large() const { return large_.has_value(); }
    vfs::OpResult& large() { return *large_; }
    const Position& position() const { return current_; }
    void finish_large(vfs::Reply& reply);
    // A program that only chooses a file and then reads or writes much needs no first piece: true
    // when it is that and the cursor has been moved to it.
    bool begin_large(vfs::Reply& reply);

    // With what a guarded Open at `index` is told from anybody else's, however often it is sent, to
    // a restarted server too. None: where the server keeps such verifiers in the file's times, or
    // has not said yet, and for other Opens.
    std::optional<wire::nfs4::verifier4> verifier_of_guarded(const vfs::Open& open, uint32_t index);

    // Operations before this one may have been carried out under a session that is gone.
    uint32_t maybe_done_until = 0;
    // The guarded Open whose file such a try has made: opened as it is now.
    std::optional<uint32_t> made_already;
    bool never_cache = false;  // a reply was too big to be kept for a resend

  private:
    friend class Builder;
    void apply(uint32_t index, const vfs::OpResult& result, const Batch& batch);

    Mount& mount_;
    const vfs::Compound& program_;
    uint32_t next_ = 0;
    Position current_, saved_;
    // Of the Walk at next_: where it goes on, and how many components lie behind.
    size_t walk_offset_ = 0;
    uint32_t walked_ = 0;
    // Decided with the first guarded Open: what was sent plainly once stays plain.
    std::optional<bool> with_verifiers_;
    uint64_t verifier_seed_ = 0;
    std::optional<vfs::OpResult> large_;
    bool partial_ = false;           // the batch ends inside an operation
    bool passes_lost_open_ = false;  // the batch closes what the server has lost already
    size_t partial_offset_ = 0;
    Position partial_position_;
};

class Builder {
  public:
    Builder(Lowering& progress, Mount& mount, Batch& batch, wire::nfs4::CompoundCall& out);
    Result<> run();

  private:
    enum class Emitted : uint8_t { whole, partly, not_here };

    Result<Emitted> emit_any(const vfs::Op& op);
    Result<Emitted> emit(const vfs::Root&);
    Result<Emitted> emit(const vfs::Put&);
    Result<Emitted> emit(const vfs::Save&);
    Result<Emitted> emit(const vfs::Restore&);
    Result<Emitted> emit(const vfs::UseOpen&);
    Result<Emitted> emit(const vfs::Walk&);
    Result<Emitted> emit(const vfs::GetHandle&);
    Result<Emitted> emit(const vfs::GetAttr&);
    Result<Emitted> emit(const vfs::SetAttr&);
    Result<Emitted> emit(const vfs::CheckAccess&);
    Result<Emitted> emit(const vfs::Open&);
    Result<Emitted> emit(const vfs::Downgrade&);
    Result<Emitted> emit(const vfs::Close&);
    Result<Emitted> emit(const vfs::Read&);
    Result<Emitted> emit(const vfs::Write&);
    Result<Emitted> emit(const vfs::Commit&);
    Result<Emitted> emit(const vfs::ReadDir&);
    Result<Emitted> emit(const vfs::ReadLink&);
    Result<Emitted> emit(const vfs::Create&);
    Result<Emitted> emit(const vfs::Remove&);
    Result<Emitted> emit(const vfs::Rename&);
    Result<Emitted> emit(const vfs::Link&);
    Result<Emitted> emit(const vfs::Lock&);
    Result<Emitted> emit(const vfs::TestLock&);
    Result<Emitted> emit(const vfs::Unlock&);
    Result<Emitted> emit(const vfs::Seek&);
    Result<Emitted> emit(const vfs::Allocate&);
    Result<Emitted> emit(const vfs::Deallocate&);
    Result<Emitted> emit(const vfs::Copy&);
    Result<Emitted> emit(const vfs::Clone&);
    Result<Emitted> emit(const vfs::GetXattr&);
    Result<Emitted> emit(const vfs::SetXattr&);
    Result<Emitted> emit(const vfs::ListXattrs&);
    Result<Emitted> emit(const vfs::RemoveXattr&);

    template <class Args>
    void add(const Args& args, Step::Take take, Step::Role role = Step::Role::plain) {
        out_.add(args);
        note(wire::nfs4::op_of<Args>, take, role);
    }
    void note(wire::nfs4::nfs_opnum4 op, Step::Take take, Step::Role role);
    // Room in the session's limits for so many operations, and bytes of reply and of request.
    bool room(uint32_t operations, uint32_t reply_bytes = 64, uint32_t request_bytes = 64) const;
    // Whether an operation may bring data that begins `bytes` behind here.
    bool data_may_begin_in(uint32_t bytes) const;
    void spend(uint32_t operations, uint32_t reply_bytes = 64);

    // Opens it for locks of this kind too.
    void widen(const HeldOpen& open, vfs::LockKind kind);

    void emit_first_things();
    void emit_position(const Position& position, Step::Role role);
    void emit_limits();
    void emit_name(std::string_view name, Step::Take take, Step::Role role);
    bool emit_type_check(vfs::FileType type, bool must_be, Step::Role role);
    bool saved_is_needed_from(uint32_t index) const;

    // The current open's stateid, as READ and its like want it; `by_value`: never the special one
    // that means "the one from this compound". Errc::stale: lost; not_here: only after a cut.
    Result<std::optional<wire::nfs4::stateid4>> stateid(bool by_value = false) const;
    // Whether this server takes no current stateid where NFSv4.2 does.
    bool by_value() const;
    bool open_briefly(vfs::OpenAccess access);
    void close_briefly();
    // Whether the server is known not to have this operation.
    bool lacks(wire::nfs4::nfs_opnum4 op) const;
    Result<HeldOpen*> held(vfs::OpenId id) const;
    Result<std::optional<std::pair<wire::nfs4::stateid4, wire::nfs4::stateid4>>> two_stateids()
        const;

    Lowering& progress_;
    Mount& mount_;
    Batch& batch_;
    wire::nfs4::CompoundCall& out_;
    const vfs::Compound& program_;
    uint32_t index_ = 0;
    Position current_, saved_;
    bool open_here_ = false;  // the current open is the one that this batch makes
    bool saved_open_here_ = false;
    bool stateid_here_ = false;  // and the server's current stateid is its
    bool saved_stateid_here_ = false;
    uint32_t operations_left_ = 0;
    size_t reply_left_ = 0;
};

}  // namespace strait::client::nfs4
