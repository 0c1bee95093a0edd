// SPDX-License-Identifier: LGPL-2.1-or-later
// OPEN (RFC 8881 section 18.16), with every claim that a client of 4.1 may make. No delegation is
// ever granted, so the claims that name one are refused.

#include "server/nfs4/attributes.h"
#include "server/nfs4/names.h"
#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/open.h"

namespace strait::server::nfs4 {
namespace {

constexpr uint32_t access_bits = OPEN4_SHARE_ACCESS_BOTH;
constexpr uint32_t want_bits = OPEN4_SHARE_ACCESS_WANT_DELEG_MASK |
                               OPEN4_SHARE_ACCESS_WANT_SIGNAL_DELEG_WHEN_RESRC_AVAIL |
                               OPEN4_SHARE_ACCESS_WANT_PUSH_DELEG_WHEN_UNCONTENDED;

class Open final : public FileOperation<OPEN4args, OPEN4res> {
    size_t reply_bound(const Call&) const override { return 96; }

    Built build(Program& program) override {
        for (auto check : {&Open::check_modes, &Open::check_claim, &Open::check_lease})
            if (nfsstat4 wrong = (this->*check)(program); wrong != NFS4_OK) return wrong;
        vfs::Open step;
        step.access = static_cast<vfs::OpenAccess>(args.share_access & access_bits);
        step.deny = static_cast<vfs::OpenDeny>(args.share_deny);
        if (nfsstat4 wrong = plan_create(program, step); wrong != NFS4_OK) return wrong;
        auto owner = program.call().states().open_owner(args.owner.owner.text());
        if (!owner) return owner.error();
        owner_ = *owner;
        step.owner = {program.call().client().id(), owner_};
        step.reclaim = args.claim.claim == CLAIM_PREVIOUS;
        bool by_name = args.claim.claim == CLAIM_NULL;
        if (by_name) step.name = args.claim.file;
        if (program.current().pseudo) return in_pseudo(*program.current().pseudo, by_name);
        Built entered = program.enter(NFS4ERR_ISDIR);
        if (!entered.ok()) return entered;
        where_ = program.where();
        step_ = program.add(std::move(step));
        if (by_name) program.moved();
        program.opened(*this);
        return NFS4_OK;
    }

    nfsstat4 finish(Finish& finish) override {
        vfs::Open::Result& told = finish.at<vfs::Open>(step_);
        StateView state = finish.call().states().opened(
            *where_, told.open, owner_,
            static_cast<vfs::OpenAccess>(args.share_access & access_bits),
            static_cast<vfs::OpenDeny>(args.share_deny));
        finish.program.name_state(*this, state.key);
        key_ = state.key;
        res.resok4.stateid = state.stateid;
        res.resok4.cinfo = wire_change(told.directory);
        res.resok4.rflags = OPEN4_RESULT_LOCKTYPE_POSIX | OPEN4_RESULT_PRESERVE_UNLINKED;
        if (told.created) res.resok4.attrset = set_;
        tell_delegation();
        return NFS4_OK;
    }

    uint32_t state_key() const override { return key_; }

    // --- what can be said at once

    nfsstat4 check_modes(Program&) const {
        if ((args.share_access & access_bits) == 0 ||
            (args.share_access & ~(access_bits | want_bits)) != 0 ||
            args.share_deny > OPEN4_SHARE_DENY_BOTH)
            return NFS4ERR_INVAL;
        bool reclaims = args.claim.claim == CLAIM_PREVIOUS;
        if (reclaims && args.openhow.opentype == OPEN4_CREATE) return NFS4ERR_INVAL;
        return NFS4_OK;
    }

    nfsstat4 check_claim(Program& program) const {
        switch (args.claim.claim) {
            case CLAIM_NULL:
                return check_name(args.claim.file);
            case CLAIM_FH:
                return NFS4_OK;
            // Nobody holds a delegation of ours.
            case CLAIM_PREVIOUS:
                return args.claim.delegate_type == OPEN_DELEGATE_NONE ? NFS4_OK
                                                                      : NFS4ERR_RECLAIM_BAD;
            case CLAIM_DELEGATE_CUR:
            case CLAIM_DELEG_CUR_FH: {
                const stateid4& claimed = args.claim.claim == CLAIM_DELEGATE_CUR
                                              ? args.claim.delegate_cur_info.delegate_stateid
                                              : args.claim.oc_delegate_stateid;
                auto known = program.state(claimed);
                return known ? NFS4ERR_BAD_STATEID : known.error();
            }
            case CLAIM_DELEGATE_PREV:
            case CLAIM_DELEG_PREV_FH:
                return NFS4ERR_NOTSUPP;
        }
        return NFS4ERR_INVAL;
    }

    // RFC 8881 sections 8.4.2.1 and 18.51.3.
    nfsstat4 check_lease(Program& program) const {
        Call& call = program.call();
        SharedGrace& grace = call.service.grace();
        if (args.claim.claim == CLAIM_PREVIOUS) {
            if (call.client().reclaim_complete || !grace.active()) return NFS4ERR_NO_GRACE;
            return grace.may_reclaim(call.client().owner()) ? NFS4_OK : NFS4ERR_RECLAIM_BAD;
        }
        return grace.active() || !call.client().reclaim_complete ? NFS4ERR_GRACE : NFS4_OK;
    }

    nfsstat4 plan_create(Program& program, vfs::Open& step) {
        const Cursor& at = program.current();
        bool creates = args.openhow.opentype == OPEN4_CREATE;
        bool writes = args.share_access & OPEN4_SHARE_ACCESS_WRITE;
        if (at.where && at.where->spec().read_only && (creates || writes)) return NFS4ERR_ROFS;
        if (!creates) return NFS4_OK;
        const createhow4& how = args.openhow.how;
        const fattr4* attributes = &how.createattrs;
        if (how.mode == EXCLUSIVE4) return NFS4ERR_INVAL;  // gone with NFSv4.1's sessions
        if (how.mode == EXCLUSIVE4_1) {
            attributes = &how.ch_createboth.cva_attrs;
            step.verifier = how.ch_createboth.cva_verf;
        }
        auto decoded = decode_settable(*attributes, program.call().minor, true);
        if (!decoded) return decoded.error();
        step.attributes = decoded->set;
        set_ = decoded->mask;
        switch (how.mode) {
            case UNCHECKED4:
                step.create = vfs::Open::Create::unchecked;
                break;
            case GUARDED4:
                step.create = vfs::Open::Create::guarded;
                break;
            default:
                step.create = vfs::Open::Create::exclusive;
                break;
        }
        return NFS4_OK;
    }

    Built in_pseudo(const PseudoNode& at, bool by_name) const {
        if (args.openhow.opentype == OPEN4_CREATE) return NFS4ERR_ROFS;
        if (by_name && !at.find(args.claim.file)) return NFS4ERR_NOENT;
        return NFS4ERR_ISDIR;
    }

    // Who asked for a delegation learns why there is none (RFC 8881 section 18.16.3).
    void tell_delegation() {
        open_delegation4& told = res.resok4.delegation;
        uint32_t want = args.share_access & OPEN4_SHARE_ACCESS_WANT_DELEG_MASK;
        if (want == OPEN4_SHARE_ACCESS_WANT_NO_PREFERENCE) return;
        told.delegation_type = OPEN_DELEGATE_NONE_EXT;
        if (want == OPEN4_SHARE_ACCESS_WANT_NO_DELEG) {
            told.od_whynone.ond_why = WND4_NOT_WANTED;
        } else if (want == OPEN4_SHARE_ACCESS_WANT_CANCEL) {
            told.od_whynone.ond_why = WND4_CANCELLED;
        } else {
            told.od_whynone.ond_why = WND4_NOT_SUPP_FTYPE;
        }
    }

    Export* where_ = nullptr;
    uint64_t owner_ = 0;
    uint32_t key_ = 0;
    size_t step_ = 0;
    bitmap4 set_;
};

// Named attributes are not served: xattrs are (op_xattr.cc).
class OpenAttr final : public FileOperation<OPENATTR4args, OPENATTR4res> {
    Built build(Program&) override { return NFS4ERR_NOTSUPP; }
};

}  // namespace

std::unique_ptr<Operation> make_open() { return make_operation<Open>(); }
std::unique_ptr<Operation> make_openattr() { return make_operation<OpenAttr>(); }

}  // namespace strait::server::nfs4
