// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What this client holds at the server: opens and the locks under them. The table is what
// vfs::OpenId means, and what is reclaimed when the server has forgotten.

#include <memory>
#include <unordered_map>
#include <vector>

#include "vfs/compound.h"
#include "wire/nfs4/basic.h"

namespace strait::client::nfs4 {

// A state owner as the server sees it: 25 bytes.
struct OwnerKey {
    char kind = 0;  // 'p' from our pool, 'o' an open owner given to us, 'l' a lock owner
    uint64_t client = 0;
    uint64_t id = 0;
    // Of a lock owner: nfs-ganesha 4.3 answers NFS4ERR_DELAY for ever to one that has locks under
    // another open's owner, so each file has its own. Locks of different files never meet. Where
    // one file is open more than once, see OpenTable::locked_by.
    uint64_t file = 0;
    friend bool operator==(const OwnerKey&, const OwnerKey&) = default;
};
class OwnerBytes {
  public:
    explicit OwnerBytes(const OwnerKey& key) noexcept;
    Bytes bytes() const noexcept { return bytes_; }
    // Back from what a server told of a lock's holder; none when it is not one of ours.
    static std::optional<OwnerKey> parse(Bytes bytes) noexcept;

  private:
    std::array<std::byte, 25> bytes_;
};

// The state as it is when the server looks, whatever else is under way (RFC 8881 section 8.2.2):
// two requests for one state that go at once do not outdate each other.
inline wire::nfs4::stateid4 latest(wire::nfs4::stateid4 stateid) {
    stateid.seqid = 0;
    return stateid;
}

struct HeldRange {
    uint64_t begin = 0, end = 0;  // end: ~0 for to the end of all files
    vfs::LockKind kind = vfs::LockKind::read;
};

// The locks of one owner under one open.
struct HeldLocks {
    OwnerKey owner;
    wire::nfs4::stateid4 stateid;
    std::vector<HeldRange> ranges;  // sorted, apart from each other

    void add(vfs::LockKind kind, uint64_t offset, uint64_t length);
    void remove(uint64_t offset, uint64_t length);
};

struct HeldOpen {
    vfs::OpenId id;
    OwnerKey owner;
    vfs::Handle handle;
    wire::nfs4::stateid4 stateid;
    vfs::OpenAccess access = vfs::OpenAccess::none;
    vfs::OpenDeny deny = vfs::OpenDeny::none;
    vfs::CredentialRef credential;
    std::vector<HeldLocks> locks;
    // Grows when the state was made anew after the server forgot it: an error about the old stateid
    // is no news then.
    uint32_t renewals = 0;
    // The server lost it and would not give it back: its users get Errc::stale, and only they.
    bool lost = false;

    // Its CLOSE is on its way.
    bool closing = false;

    HeldLocks* find_locks(const OwnerKey& owner);
    // Whether others were kept out: what was lost meanwhile cannot be had again.
    bool promises() const;
};

class OpenTable {
  public:
    // An owner that no open uses at this moment. Few are ever in use, so the server keeps few.
    OwnerKey take_owner();
    void give_back_owner(const OwnerKey& owner);

    HeldOpen& add(HeldOpen open);
    HeldOpen* find(vfs::OpenId id);
    // The open that this stateid belongs to, whatever its seqid.
    HeldOpen* find(const wire::nfs4::stateid4& stateid);
    void erase(HeldOpen& open);
    // The opens of this file under which the owner has, or had, locks. nfs-ganesha 4.3 lets a lock
    // owner have state under one open alone (of another it says NFS4ERR_RESOURCE until the first is
    // closed), so the state is used where it is, or freed there.
    std::vector<HeldOpen*> locked_by(const OwnerKey& owner, const vfs::Handle& file);
    HeldLocks& add_locks(HeldOpen& open, const OwnerKey& owner);
    void drop_locks(HeldOpen& open, const OwnerKey& owner);
    size_t size() const noexcept { return opens_.size(); }
    std::vector<vfs::OpenId> all() const;

  private:
    struct OwnerHash {
        size_t operator()(const OwnerKey& key) const noexcept {
            return key.id * 0x9e3779b97f4a7c15 ^ key.client ^ key.file;
        }
    };
    void forget_home(const HeldOpen& open, const OwnerKey& owner);

    std::unordered_map<uint64_t, std::unique_ptr<HeldOpen>> opens_;
    std::unordered_multimap<OwnerKey, uint64_t, OwnerHash> lock_homes_;  // ids of opens
    std::vector<uint64_t> free_owners_;
    uint64_t owners_ = 0;
    uint64_t ids_ = 0;
};

}  // namespace strait::client::nfs4
