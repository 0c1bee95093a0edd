// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One COMPOUND that carries a stretch of a program: which operation of the program each NFS
// operation belongs to, how its result is read, and what came of it. What the results change in our
// own tables is done when the reply comes, whoever still waits for it.

#include <string>

#include "client/nfs4/opens.h"
#include "client/nfs4/session.h"
#include "vfs/compound.h"

namespace strait::client::nfs4 {

class Mount;
class Batch;

struct Step {
    // What a failure of this step says about the program's operation.
    enum class Role : uint8_t {
        plain,        // the operation fails with the status
        setup,        // brings the cursor back to where it was
        root,         // the same, by the handle of our root that we had remembered
        below_root,   // NVERIFY that we are not at our root: NFS4ERR_SAME means we are
        no_directory, // NVERIFY of the type: NFS4ERR_SAME is Errc::isdir
        directory,    // VERIFY of the type: NFS4ERR_NOT_SAME is Errc::notdir
        no_symlink,   // NVERIFY of the type: NFS4ERR_SAME is Errc::symlink
        reclaim_complete,
    };
    using Take = Result<wire::nfs4::nfsstat4> (*)(Batch&, const Step&,
                                                  wire::nfs4::CompoundResults&);
    Take take = nullptr;
    uint32_t index = 0;  // of the program's operation
    Role role = Role::plain;
    uint32_t count = 0;  // LOOKUP: components of the walk that are done when it succeeds
};

class Batch final : public SessionCall {
  public:
    Batch(Session& session, Mount& owner, const vfs::Compound& program, uint32_t first);

    Mount& mount;
    const uint32_t first;  // index of the program's first operation here
    SmallVector<Step, 16> steps;
    // By index - first; `done` of them are whole.
    SmallVector<vfs::OpResult, 8> results;
    std::optional<Step> failed;  // with SessionCall::status
    uint32_t steps_done = 0;

    // The operation at `index` and its result's place. `program` is the caller's: only valid while
    // somebody waits (see `waited_for`), so operations are looked at before the call is sent.
    template <class T>
    typename T::Result& result(uint32_t index) {
        auto& place = results[index - first];
        if (auto* there = std::get_if<typename T::Result>(&place)) return *there;
        return place.template emplace<typename T::Result>();
    }

    // For OPEN: what the reply alone does not tell. One open a batch, at most.
    struct Opening {
        OwnerKey owner;
        vfs::OpenAccess access = vfs::OpenAccess::none;
        vfs::OpenDeny deny = vfs::OpenDeny::none;
        vfs::CredentialRef credential;
        vfs::Handle handle;    // known before, or by GETFH
        bool guarded = false;  // an open that succeeds has created
        bool creates = false;
        vfs::OpenId made;      // once the reply is there
        bool merged = false;
    };
    std::optional<Opening> opening;
    // For CLOSE, LOCK, LOCKU, OPEN_DOWNGRADE: which open, and what was asked of it.
    struct Change {
        vfs::OpenId open;  // none: the one that `opening` makes
        OwnerKey owner;    // of locks
        vfs::LockKind kind = vfs::LockKind::read;
        uint64_t offset = 0, length = 0;
        vfs::OpenAccess access = vfs::OpenAccess::none;
        vfs::OpenDeny deny = vfs::OpenDeny::none;
    };
    SmallVector<Change, 2> changes;
    uint32_t changes_done = 0;
    vfs::Handle cut_handle;   // of the current node where the program was cut
    bool reclaim_complete = false;  // it carries RECLAIM_COMPLETE
    // Given although we asked for none: it is returned at once.
    std::optional<wire::nfs4::stateid4> unwanted_delegation;
    // Decoding once more, after names of owners were looked up: tables stay as they are.
    bool again = false;
    bool waited_for = true;

    HeldOpen* changed_open(const Change& change);
    // Reads the reply a second time.
    Result<> reread();

  private:
    Result<> answered(wire::nfs4::CompoundResults& results) override;
    void settled() noexcept override;
};

}  // namespace strait::client::nfs4
