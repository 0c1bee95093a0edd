// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens.
#include "client/nfs4/attributes.h"
#include "client/nfs4/lowering.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/close.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/getattr.h"
#include "wire/nfs4/lock.h"
#include "wire/nfs4/open.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;
using Role = Step::Role;

namespace {

createhow4 to_createhow(const vfs::Open& open, const SettableAttributes& values) {
    createhow4 how;
    switch (open.create) {
        case vfs::Open::Create::never:
        case vfs::Open::Create::unchecked:
            how.mode = UNCHECKED4;
            break;
        case vfs::Open::Create::guarded:
        case vfs::Open::Create::exclusive:
            how.mode = GUARDED4;
            break;
    }
    how.createattrs = values.fattr();
    return how;
}

createhow4 exclusive_createhow(const verifier4& verifier, const SettableAttributes& values) {
    createhow4 how;
    how.mode = EXCLUSIVE4_1;
    how.ch_createboth.cva_verf = verifier;
    how.ch_createboth.cva_attrs = values.fattr();
    return how;
}

// What an exclusive create cannot carry where the server does not say otherwise: it may keep the
// verifier in the times, and a new file is empty anyhow.
vfs::SetAttributes without_times_and_size(vfs::SetAttributes attributes) {
    attributes.size.reset();
    attributes.atime.reset();
    attributes.mtime.reset();
    return attributes;
}

}  // namespace

Result<Builder::Emitted> Builder::emit(const vfs::Open& open) {
    // An open without any access cannot be said in NFSv4.
    if (open.access == vfs::OpenAccess::none) return fail(Errc::inval);
    if (batch_.opening || !room(3, 1024, 1024)) return Emitted::not_here;
    bool creates = open.create != vfs::Open::Create::never;
    bool named = !open.name.empty();
    if (creates && !named) return fail(Errc::inval);
    if (auto good = check_name(open.name); named && !good) return fail(good.error());
    bool exclusive = open.create == vfs::Open::Create::exclusive;
    // An owner of the caller itself is nobody else's: any will do that no open uses. Servers keep
    // owners, and nfs-ganesha 4.3 finds one among many slowly.
    bool given = open.owner.client != 0;
    Opening& opening = batch_.opening.emplace();
    opening.owner =
        given ? OwnerKey{'o', open.owner.client, open.owner.id} : mount_.opens_.take_owner();
    opening.access = open.access;
    opening.deny = open.deny;
    opening.credential = program_.credential;
    opening.creates = creates;
    opening.guarded = exclusive || open.create == vfs::Open::Create::guarded;
    bool known = !named && current_.base == Position::Base::handle && current_.names.empty();
    if (known) opening.handle = current_.handle;

    OwnerBytes owner(opening.owner);
    bool apart = exclusive && !mount_.verifiers_apart_;
    SettableAttributes values(apart ? without_times_and_size(open.attributes) : open.attributes);
    OPEN4args args;
    args.share_access = static_cast<uint32_t>(open.access) | OPEN4_SHARE_ACCESS_WANT_NO_DELEG;
    args.share_deny = static_cast<uint32_t>(open.deny);
    args.owner = {mount_.session_.client_id(), owner.bytes()};
    bool made_already = progress_.made_already == index_;
    auto verifier =
        exclusive ? std::optional(open.verifier) : progress_.verifier_of_guarded(open, index_);
    if (verifier) {
        args.openhow = {OPEN4_CREATE, exclusive_createhow(*verifier, values)};
    } else if (creates && !made_already) {
        args.openhow = {OPEN4_CREATE, to_createhow(open, values)};
    }
    args.claim.claim = open.reclaim ? CLAIM_PREVIOUS : named ? CLAIM_NULL : CLAIM_FH;
    args.claim.file = open.name;
    add(args, &Takes::open);
    if (!known) add(GETFH4args{}, &Takes::opened_handle);
    stateid_here_ = open_here_ = true;
    if (apart && (open.attributes.atime || open.attributes.mtime)) {
        vfs::SetAttributes times;
        times.atime = open.attributes.atime;
        times.mtime = open.attributes.mtime;
        add(SETATTR4args{current_stateid, SettableAttributes(times).fattr()},
            &Takes::status<SETATTR4res>);
    }
    spend(3, 1024);
    // The names that led here are not needed any more: GETFH brings the handle.
    if (named) current_.step(open.name);
    return Emitted::whole;
}

// For what some servers do only with a real open (nfs-ganesha answers SEEK without one with
// zeroes): opened for the operation that follows, and closed behind it by close_briefly(). False:
// not in this batch.
bool Builder::open_briefly(vfs::OpenAccess access) {
    if (batch_.opening || !room(5, 1024, 1024)) return false;
    Opening& opening = batch_.opening.emplace();
    opening.owner = mount_.opens_.take_owner();
    opening.access = access;
    opening.credential = program_.credential;
    opening.brief = true;
    OwnerBytes owner(opening.owner);
    OPEN4args args;
    args.share_access = static_cast<uint32_t>(access) | OPEN4_SHARE_ACCESS_WANT_NO_DELEG;
    args.owner = {mount_.session_.client_id(), owner.bytes()};
    args.claim.claim = CLAIM_FH;
    add(args, &Takes::open);
    add(GETFH4args{}, &Takes::opened_handle);
    spend(2, 512);
    return true;
}

void Builder::close_briefly() {
    batch_.changes.push_back({});
    add(CLOSE4args{0, current_stateid}, &Takes::close);
    spend(1);
}

Takes::Status Takes::open(Batch& batch, const Step& step, Results& in) {
    OPEN4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    Opening& opening = *batch.opening;
    auto& out = batch.result<vfs::Open>(step.index);
    const OPEN4resok& ok = result.resok4;
    out.directory = to_change(ok.cinfo);
    out.created = opening.guarded || (opening.creates && ok.cinfo.before != ok.cinfo.after);
    if (batch.again) {
        out.open = opening.made;
        out.merged = opening.merged;
        return status;
    }
    OpenTable& opens = batch.mount.opens_;
    HeldOpen* held = opening.owner.kind == 'o' ? opens.find(ok.stateid) : nullptr;
    out.merged = held != nullptr;
    if (held) {
        held->access = static_cast<vfs::OpenAccess>(static_cast<int>(held->access) |
                                                    static_cast<int>(opening.access));
        held->deny = static_cast<vfs::OpenDeny>(static_cast<int>(held->deny) |
                                                static_cast<int>(opening.deny));
    } else {
        HeldOpen made;
        made.owner = opening.owner;
        made.handle = opening.handle;
        made.access = opening.access;
        made.deny = opening.deny;
        made.credential = opening.credential;
        held = &opens.add(std::move(made));
    }
    held->stateid = ok.stateid;
    opening.made = out.open = held->id;
    opening.merged = out.merged;
    if (ok.delegation.delegation_type != OPEN_DELEGATE_NONE &&
        ok.delegation.delegation_type != OPEN_DELEGATE_NONE_EXT)
        batch.unwanted_delegation = ok.delegation.delegation_type == OPEN_DELEGATE_READ
                                        ? ok.delegation.read.stateid
                                        : ok.delegation.write.stateid;
    return status;
}

Takes::Status Takes::opened_handle(Batch& batch, const Step&, Results& in) {
    GETFH4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK) return status;
    auto handle = vfs::Handle::from(result.resok4.object);
    if (!handle) return fail(Errc::protocol);
    batch.opening->handle = *handle;
    if (batch.opening->asked) batch.result<vfs::GetHandle>(*batch.opening->asked).handle = *handle;
    if (HeldOpen* held = batch.mount.opens_.find(batch.opening->made)) held->handle = *handle;
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Downgrade& to) {
    if (!room(1)) return Emitted::not_here;
    auto with = stateid();
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    batch_.changes.push_back(
        {.open = open_here_ ? vfs::OpenId() : current_.open, .access = to.access, .deny = to.deny});
    add(OPEN_DOWNGRADE4args{**with, 0, static_cast<uint32_t>(to.access),
                            static_cast<uint32_t>(to.deny)},
        &Takes::downgrade);
    spend(1);
    return Emitted::whole;
}

Takes::Status Takes::downgrade(Batch& batch, const Step&, Results& in) {
    OPEN_DOWNGRADE4res result;
    auto status = in.next(result);
    if (!status || *status != NFS4_OK || batch.again) return status;
    const Change& change = batch.changes[batch.changes_done++];
    if (HeldOpen* open = batch.changed_open(change)) {
        open->stateid = result.resok4.open_stateid;
        open->access = change.access;
        open->deny = change.deny;
    }
    return status;
}

Result<Builder::Emitted> Builder::emit(const vfs::Close&) {
    if (!open_here_ && !current_.open) return fail(Errc::bad_stateid);
    HeldOpen* open = open_here_ ? nullptr : mount_.opens_.find(current_.open);
    if (!open_here_ && !open) return fail(Errc::bad_stateid);
    if (open && batch_.locks(open->id)) return Emitted::not_here;
    if (open && open->lost) {  // nothing is left to close at the server
        progress_.passes_lost_open_ = true;
        current_.open = {};
        return Emitted::whole;
    }
    uint32_t most = open ? static_cast<uint32_t>(open->locks.size()) : 0;
    if (!room(1 + most)) return Emitted::not_here;
    auto with = stateid();
    if (!with) return fail(with.error());
    if (!*with) return Emitted::not_here;
    // A server may refuse to close what has locks (NFS4ERR_LOCKS_HELD, RFC 8881 section 18.2.3).
    uint32_t locks = 0;
    for (uint32_t i = 0; i < most; i++) {
        const HeldLocks& held = open->locks[i];
        if (held.ranges.empty()) continue;
        locks++;
        batch_.changes.push_back(
            {.open = open->id, .owner = held.owner, .length = vfs::lock_to_end});
        add(LOCKU4args{READ_LT, 0, latest(held.stateid), 0, NFS4_UINT64_MAX}, &Takes::unlock);
    }
    batch_.changes.push_back({.open = open ? open->id : vfs::OpenId()});
    // Of just this state: what another request makes of it meanwhile is not closed unseen.
    add(CLOSE4args{0, open ? open->stateid : **with}, &Takes::close);
    spend(1 + locks);
    if (open) open->closing = true;
    current_.open = {};
    open_here_ = stateid_here_ = false;
    return Emitted::whole;
}

Takes::Status Takes::close(Batch& batch, const Step&, Results& in) {
    CLOSE4res result;
    auto status = in.next(result);
    if (!status || batch.again) return status;
    // An open that the server does not know any more is closed.
    bool gone = *status == NFS4ERR_BAD_STATEID || *status == NFS4ERR_STALE_STATEID ||
                *status == NFS4ERR_EXPIRED || *status == NFS4ERR_ADMIN_REVOKED;
    if (*status != NFS4_OK && !gone) return status;
    batch.closed_unknown = gone;
    const Change& change = batch.changes[batch.changes_done++];
    if (HeldOpen* open = batch.changed_open(change)) batch.mount.opens_.erase(*open);
    return status;
}

}  // namespace strait::client::nfs4
