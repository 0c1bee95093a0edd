// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One COMPOUND that carries a stretch of a program: which operation of the program each NFS
// operation belongs to, how its result is read, and what came of it. What the results change in our
// own tables is done when the reply comes, whoever still waits for it.

#include "base/frame_pool.h"
#include "client/nfs4/opens.h"
#include "client/nfs4/session.h"
#include "vfs/compound.h"

namespace strait::client::nfs4 {

class Mount;
class Batch;

struct Step {
    // What a failure of this step says about the program's operation.
    enum class Role : uint8_t {
        plain,         // the operation fails with the status
        setup,         // brings the cursor back to where it was
        root,          // the same, by the handle of our root that we had remembered
        below_root,    // NVERIFY that we are not at our root: NFS4ERR_SAME means we are
        no_directory,  // NVERIFY of the type: NFS4ERR_SAME is Errc::isdir
        directory,     // VERIFY of the type: NFS4ERR_NOT_SAME is Errc::notdir
        no_symlink,    // NVERIFY of the type: NFS4ERR_SAME is Errc::symlink
        same_file,     // VERIFY of the handle: NFS4ERR_NOT_SAME is Errc::bad_stateid
        reclaim_complete,
    };
    using Take = Result<wire::nfs4::nfsstat4> (*)(Batch&, const Step&,
                                                  wire::nfs4::CompoundResults&);
    Take take = nullptr;
    uint32_t index = 0;  // of the program's operation
    Role role = Role::plain;
    // LOOKUP: components of the walk that are done when it succeeds. READ, WRITE: bytes asked for.
    uint32_t count = 0;
};

// For OPEN: what the reply alone does not tell.
struct Opening {
    OwnerKey owner;
    vfs::OpenAccess access = vfs::OpenAccess::none;
    vfs::OpenDeny deny = vfs::OpenDeny::none;
    vfs::CredentialRef credential;
    vfs::Handle handle;    // known before, or by GETFH
    bool guarded = false;  // an open that succeeds has created
    bool creates = false;
    vfs::OpenId made;  // once the reply is there
    bool merged = false;
    bool brief = false;             // for one operation of this batch only
    std::optional<uint32_t> asked;  // the program's GetHandle behind it, which this answers
};

// For CLOSE, LOCK, LOCKU, OPEN_DOWNGRADE: which open, and what was asked of it.
struct Change {
    vfs::OpenId open;  // none: the one that `opening` makes
    OwnerKey owner;    // of locks
    vfs::LockKind kind = vfs::LockKind::read;
    uint64_t offset = 0, length = 0;
    vfs::OpenAccess access = vfs::OpenAccess::none;
    vfs::OpenDeny deny = vfs::OpenDeny::none;
    bool locks = false;  // it is a LOCK
};

class Batch final : public SessionCall {
  public:
    // `first`: index of the program's first operation here.
    Batch(Mount& owner, uint32_t first);
    // As often made and ended as a coroutine's frame, and as large.
    static void* operator new(size_t size) { return allocate_frame(size); }
    static void operator delete(void* batch, size_t size) noexcept { free_frame(batch, size); }

    Mount& mount;
    const uint32_t first;
    SmallVector<Step, 16> steps;
    // By index - first; `done` of them are whole.
    SmallVector<vfs::OpResult, 8> results;
    std::optional<Step> failed;  // with SessionCall::status
    uint32_t steps_done = 0;

    // The place of the result of the operation at `index`. (The program itself is the caller's,
    // who may be gone when the reply comes: it is not looked at any more.)
    template <class T>
    typename T::Result& result(uint32_t index) {
        auto& place = results[index - first];
        if (auto* there = std::get_if<typename T::Result>(&place)) return *there;
        return place.template emplace<typename T::Result>();
    }

    std::optional<Opening> opening;  // one open a batch, at most
    SmallVector<Change, 2> changes;
    uint32_t changes_done = 0;
    bool closed_unknown = false;    // CLOSE of what the server does not know any more: it is closed
    vfs::Handle cut_handle;         // of the current node where the program was cut
    bool reclaim_complete = false;  // it carries RECLAIM_COMPLETE
    // Given although we asked for none: it is returned at once.
    std::optional<wire::nfs4::stateid4> unwanted_delegation;
    // Decoding once more, after names of owners were looked up: tables stay as they are.
    bool again = false;
    bool waited_for = true;
    uint32_t most_entries = ~0u;  // of a READDIR
    uint32_t state_epoch = 0;     // Mount::state_epoch_ when it was written

    HeldOpen* changed_open(const Change& change);
    // Whether a LOCK under this open is among the steps: what it makes is not known before the
    // reply.
    bool locks(vfs::OpenId open) const;
    // Reads the reply a second time.
    Result<> reread();
    // It will not be sent, or nobody waits for it any more: what it took or opened goes back.
    void settled() noexcept override;
    void end_orphans() noexcept;

  private:
    Result<> answered(wire::nfs4::CompoundResults& results) override;
};

}  // namespace strait::client::nfs4
