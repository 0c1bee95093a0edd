// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte-range locks and flock(2), which at the server is a lock of the whole file. With a lock comes
// the promise that what others wrote before they let go of it is seen.
#include <fcntl.h>
#include <sys/file.h>

#include "fuse/lock_table.h"
#include "fuse/operations.h"

namespace strait::fuse {

namespace {

struct Range {
    vfs::LockKind kind = vfs::LockKind::read;
    uint64_t offset = 0, length = vfs::lock_to_end;
};

Range range_of(const struct flock& lock) {
    Range range;
    range.kind = lock.l_type == F_WRLCK ? vfs::LockKind::write : vfs::LockKind::read;
    range.offset = static_cast<uint64_t>(lock.l_start);
    if (lock.l_len != 0) range.length = static_cast<uint64_t>(lock.l_len);
    return range;
}

LockTable& table_of(Inode& inode) {
    if (!inode.locks) inode.locks = std::make_unique<LockTable>();
    return *inode.locks;
}

// Flocks are no locks of a process, and must not meet its locks of ranges: an owner of their own.
uint64_t flock_owner(uint64_t owner) { return owner ^ (uint64_t{1} << 63); }

Task<> lock(Request& request, OpenFileRef file, Range range, uint64_t owner, bool wait) {
    Bridge& bridge = request.bridge();
    if (wait) request.any_signal_ends_it();
    co_await file->file->lock(range.kind, range.offset, range.length, owner, wait);
    table_of(*file->inode).took({owner, file->file, request.pid()});
    // The attributes are asked for under the lock.
    vfs::Attributes now = co_await file->file->stat(vfs::stat_mask);
    (void)now;
    co_await bridge.drop_outdated_pages(*file->inode);
    request.ok();
}

Task<> unlock(Request& request, OpenFileRef file, Range range, uint64_t owner) {
    request.look_after();
    const bool all = range.offset == 0 && range.length == vfs::lock_to_end;
    if (all) {
        co_await unlock_owner(file->inode, owner);
    } else if (file->inode->locks) {
        std::vector<LockTable::Holder> holders = file->inode->locks->holders();
        for (auto& each : holders)
            if (each.owner == owner) co_await each.by->unlock(range.offset, range.length, owner);
    }
    request.ok();
}

pid_t pid_of(const Inode& inode, uint64_t owner) {
    if (!inode.locks) return 0;
    for (auto& each : inode.locks->holders())
        if (each.owner == owner) return each.pid;
    return 0;
}

Task<> getlk(Request& request, OpenFileRef file, Range range, uint64_t owner) {
    std::optional<vfs::LockConflict> conflict =
        co_await file->file->test_lock(range.kind, range.offset, range.length, owner);
    struct flock out{};
    out.l_type = F_UNLCK;
    out.l_whence = SEEK_SET;
    if (conflict) {
        out.l_type = conflict->kind == vfs::LockKind::write ? F_WRLCK : F_RDLCK;
        out.l_start = static_cast<off_t>(conflict->offset);
        const bool to_end = conflict->length > static_cast<uint64_t>(INT64_MAX);
        out.l_len = to_end ? 0 : static_cast<off_t>(conflict->length);
        out.l_pid = pid_of(*file->inode, conflict->owner.id);
    }
    fuse_reply_lock(request.answer(), &out);
}

}  // namespace

Task<> unlock_owner(InodeRef inode, uint64_t owner) {
    if (!inode->locks) co_return;
    std::vector<LockTable::Holder> holders = inode->locks->take(owner);
    Result<> outcome;
    for (auto& each : holders) {
        auto done = co_await each.by->unlock(0, vfs::lock_to_end, owner).result();
        if (!done) outcome = done;
    }
    co_await outcome;
}

void do_getlk(fuse_req_t raw, fuse_ino_t, fuse_file_info* info, struct flock* lock) {
    start(raw, getlk, bridge_of(raw).file(info), range_of(*lock), uint64_t{info->lock_owner});
}

void do_setlk(fuse_req_t raw, fuse_ino_t, fuse_file_info* info, struct flock* wanted, int wait) {
    OpenFileRef file = bridge_of(raw).file(info);
    if (wanted->l_type == F_UNLCK)
        return start(raw, unlock, file, range_of(*wanted), uint64_t{info->lock_owner});
    start(raw, lock, file, range_of(*wanted), uint64_t{info->lock_owner}, wait != 0);
}

void do_flock(fuse_req_t raw, fuse_ino_t, fuse_file_info* info, int operation) {
    OpenFileRef file = bridge_of(raw).file(info);
    const uint64_t owner = flock_owner(info->lock_owner);
    if (operation & LOCK_UN) return start(raw, unlock, file, Range{}, owner);
    Range all{.kind = operation & LOCK_EX ? vfs::LockKind::write : vfs::LockKind::read};
    start(raw, lock, file, all, owner, (operation & LOCK_NB) == 0);
}

}  // namespace strait::fuse
