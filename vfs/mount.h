// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One mounted backend: how programs are run on it, what is known of it, which files are open.

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/sync.h"
#include "vfs/filesystem.h"
#include "vfs/hold.h"
#include "vfs/kept_reads.h"
#include "vfs/left_listing.h"
#include "vfs/local_locks.h"
#include "vfs/refusals.h"
#include "vfs/stat_habit.h"
#include "vfs/waiting_data.h"

namespace strait::vfs {

class FileState;
class OpenNode;

class Mount final : public RefCounted {
  public:
    Mount(std::string prefix, std::unique_ptr<Backend> backend, const MountPolicy& policy,
          CredentialRef credential, const FileSystemOptions& options);

    const std::string& prefix() const { return prefix_; }  // joined, without the first slash
    const MountPolicy& policy() const { return policy_; }
    Capabilities capabilities() const { return backend_->capabilities(); }
    // An empty program on behalf of this mount's user.
    Compound program() const { return Compound(credential_); }
    // The same on behalf of somebody else, if anybody is given.
    Compound program(const CredentialRef& as) const { return Compound(as ? as : credential_); }
    // Errc::closed after close(). The failure of an operation is in the reply.
    Task<Reply> run(const Compound& program);
    Task<Reply> run_all(const Compound& program);
    // Errc::closed once close() has begun.
    Result<> usable() const;
    // Errc::rofs on a read-only mount.
    Result<> writable() const;

    Hold& hold() { return hold_; }
    WaitingData& waiting_data() { return waiting_data_; }
    KeptReads& kept_reads() { return kept_reads_; }
    Refusals& refusals() { return refusals_; }
    LocalLocks& directory_locks() { return directory_locks_; }
    StatHabit& stat_habit() { return stat_habit_; }
    LeftListing& left_listing() { return left_listing_; }
    // Programs list extended attributes of what they open (cp -a): an open may ask for them, too.
    void xattrs_were_listed() { lists_xattrs_until_ = MonoClock::now() + listing_habit; }
    bool lists_xattrs(const Attributes* of) const;
    // Each open has an owner of its own, so that opens never merge.
    Owner new_owner() { return Owner{0, ++last_owner_}; }
    // The one state of a file that is open; made when there is none.
    Ref<FileState> state_of(const Handle& handle);
    FileState* find_state(const Handle& handle) const;
    // Without close-to-open, a small file that was read stays for those who open it next.
    void keep_for_next_open(Ref<FileState> state);
    void forget_state(const Handle& handle) { states_.erase(handle); }
    const std::unordered_map<Handle, FileState*, HandleHash>& states() const { return states_; }

    // Whether its mode gives these rights to the user that we speak for.
    bool has_rights(const Attributes& node, uint32_t rights) const;
    // A directory that we may not search tells nothing of the names in it, whatever is known.
    bool may_search(const Attributes& node) const;
    // `after` came with a change of ours to the node that this path leads to: the hold is told.
    void changed_to(const Handle& handle, const Attributes& after, std::string_view physical);
    // We have removed a name, or what it led to has another: the hold is told. When that is not
    // known, any open file may have lost a link.
    void entry_gone(std::string_view physical, bool with_children);
    // Open files know their path, where one led to them: a rename or removal of ours tells them.
    void add_directory(OpenNode& node) { directories_.push_back(&node); }
    void remove_directory(OpenNode& node) { std::erase(directories_, &node); }
    void renamed(std::string_view from, std::string_view to);
    void swapped(std::string_view one, std::string_view other);
    void directory_removed(std::string_view physical);

    // Something was written, or set, that waits here: it is sent once it has aged.
    void something_waits();
    // Attributes of one more file wait here, or of one less.
    void attributes_wait(int change) { attributes_waiting_ += change; }
    bool attributes_waiting() const { return attributes_waiting_ > 0; }

    // Ends an open soon; nobody waits for it. Those that come together travel together.
    void close_later(const Handle& handle, OpenId open);
    // Returns when it is closed, whatever the server said.
    Task<> close_now(Handle handle, OpenId open);
    // Work that no caller owns: it goes on when the caller that began it is called off.
    Nursery& background() { return background_; }
    const FileSystemOptions& options() const { return options_; }
    // After all open files are closed.
    Task<> close();
    void refuse_newcomers() { refusing_ = true; }

  private:
    struct Due {
        Handle handle;
        OpenId open;
    };
    template <class Visit>
    void each_named_open(Visit visit);
    Task<> gather_closes();
    Task<> close_due();
    Task<> send_what_aged();

    const std::string prefix_;
    const std::unique_ptr<Backend> backend_;
    const MountPolicy policy_;
    const CredentialRef credential_;
    const FileSystemOptions options_;
    Hold hold_;
    WaitingData waiting_data_;
    KeptReads kept_reads_;
    Refusals refusals_;
    StatHabit stat_habit_;
    LeftListing left_listing_;
    LocalLocks directory_locks_;
    static constexpr Duration listing_habit = 1s;
    MonoTime lists_xattrs_until_{};
    uint64_t last_owner_ = 0;
    std::unordered_map<Handle, FileState*, HandleHash> states_;
    std::deque<Ref<FileState>> kept_;  // of files that nobody has open any more, bounded
    std::vector<OpenNode*> directories_;
    std::vector<Due> due_;
    int attributes_waiting_ = 0;  // files
    bool ageing_ = false;
    bool gathering_closes_ = false;
    bool closing_due_ = false;
    bool refusing_ = false;
    bool closed_ = false;
    Nursery background_;
    Nursery timers_;
};
using MountRef = Ref<Mount>;

}  // namespace strait::vfs
