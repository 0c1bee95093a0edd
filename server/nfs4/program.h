// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The vfs compound being built for a stretch of NFS operations, and where the NFS cursor will stand
// once it has run. Operations append to it; the engine (compound_run.h) runs it when an operation
// needs to know an earlier one's result, and goes on with a new stretch.
//
// Invariant: a cursor that is not `here` has a known handle, so any stretch can begin with a Put.

#include <optional>

#include "server/nfs4/call.h"
#include "server/nfs4/sealed_handle.h"
#include "vfs/compound.h"

namespace strait::server::nfs4 {

// What an operation's build half says: appended; or run what there is and ask again; or its error.
struct Built {
    nfsstat4 status = NFS4_OK;
    bool flush_first = false;
    Built(nfsstat4 s) : status(s) {}  // NOLINT: implicit on purpose
    static Built after_flush() {
        Built made(NFS4_OK);
        made.flush_first = true;
        return made;
    }
    // Appended without fault?
    bool ok() const { return status == NFS4_OK && !flush_first; }
};

class Operation;

// What "the current stateid" (RFC 8881 section 16.2.3.1.2) stands for.
struct CurrentState {
    enum class Kind : uint8_t { none, pending, known };
    Kind kind = Kind::none;
    uint32_t key = 0;                  // known: the state
    const Operation* maker = nullptr;  // pending: the operation whose result will name it
};

struct Cursor {
    Export* where = nullptr;             // in an export
    const PseudoNode* pseudo = nullptr;  // or in the pseudo file system; neither: no filehandle
    std::optional<vfs::Handle> handle;   // the backend's, as far as known
    bool here = false;                   // the stretch's own cursor stands on it
    CurrentState state;

    bool set() const { return where || pseudo; }
};

enum class StateUse : uint8_t { any, read, write };

class Program {
  public:
    explicit Program(Call& call) : call_(call) {}

    Call& call() const { return call_; }
    const Cursor& current() const { return current_; }
    const Cursor& saved() const { return saved_; }
    vfs::Compound& compound() { return compound_; }
    bool empty() const { return compound_.ops.empty(); }

    // --- for the operations' build halves
    // Appends a step; its index, to find its result again.
    template <class T>
    size_t add(T step) {
        compound_.add(std::move(step));
        return compound_.ops.size() - 1;
    }
    // Makes the stretch's cursor stand on the current filehandle, which must lie in an export.
    // NFS4ERR_NOFILEHANDLE; in the pseudo file system `in_pseudo`.
    Built enter(nfsstat4 in_pseudo);
    // The same, with the saved filehandle as the stretch's saved cursor. NFS4ERR_XDEV: they lie in
    // different exports.
    Built enter_both(nfsstat4 in_pseudo);
    // enter(), and the open that the stateid means becomes the stretch's current open; the
    // anonymous stateids mean none.
    Built enter_with(const stateid4& stateid, StateUse use);
    // Both cursors with their opens, for COPY and CLONE.
    Built enter_both_with(const stateid4& source, const stateid4& target);
    // The state that a stateid (the current one too) means; BAD_STATEID for the anonymous ones.
    std::expected<StateView, nfsstat4> state(const stateid4& stateid) const;
    // Is it the current stateid, of an operation in this very stretch?
    bool is_pending(const stateid4& stateid) const;

    // --- moving the cursor
    void move_to(const Unsealed& place);
    void move_to(const PseudoNode& node);  // an export's root, when one is mounted there
    // The stretch's cursor moved on by a step just added: its handle is not known now.
    void moved();
    // The step just added opened what is current now; `maker`'s result will name the state.
    void opened(const Operation& maker);
    void closed();
    // Which state the current stateid means from now on (LOCK, LOCKU...).
    void set_state(uint32_t key) { current_.state = {CurrentState::Kind::known, key, nullptr}; }
    void set_state_pending(const Operation& maker) {
        current_.state = {CurrentState::Kind::pending, 0, &maker};
    }
    void clear_state() { current_.state = {}; }
    void clear_filehandle() { current_ = {}; }
    void save();
    Built restore();  // NFS4ERR_NOFILEHANDLE

    // --- for finish halves: what `maker` was pending for is this state.
    void name_state(const Operation& maker, uint32_t key);

    // --- for the engine
    Export* where() const { return stretch_; }
    // Appends what is needed to go on after this stretch.
    void add_tail();
    // The stretch ran: forget it, and keep what its tail told.
    void ran(vfs::Reply& reply);

  private:
    struct StretchOpen {
        enum class Kind : uint8_t { none, pending, known } kind = Kind::none;
        vfs::OpenId open;
    };

    std::expected<std::optional<StateView>, nfsstat4> view(const stateid4& stateid,
                                                           const Cursor& at, StateUse use) const;
    Built use_open(const stateid4& stateid, StateUse use);
    void put(const vfs::Handle& handle);

    Call& call_;
    Cursor current_, saved_;
    vfs::Compound compound_;
    Export* stretch_ = nullptr;  // whose backend the stretch is for
    StretchOpen open_, saved_open_;
    std::optional<size_t> current_tail_, saved_tail_;
};

}  // namespace strait::server::nfs4
