// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/program.h"

namespace strait::server::nfs4 {

namespace {

bool is_anonymous(const stateid4& stateid) {
    return stateid == anonymous_stateid || stateid == read_bypass_stateid;
}

bool allows(vfs::OpenAccess access, StateUse use) {
    unsigned bits = static_cast<unsigned>(access);
    if (use == StateUse::read) return bits & 1;
    if (use == StateUse::write) return bits & 2;
    return true;
}

}  // namespace

// --- entering

void Program::put(const vfs::Handle& handle) {
    add(vfs::Put{handle});
    open_ = {};
}

Built Program::enter(nfsstat4 in_pseudo) {
    if (!current_.set()) return NFS4ERR_NOFILEHANDLE;
    if (current_.pseudo) return in_pseudo;
    if (stretch_ != current_.where) {
        if (!empty()) return Built::after_flush();
        stretch_ = current_.where;
        compound_.credential = stretch_->credential(call_.caller);
    }
    if (!current_.here) {
        put(*current_.handle);
        current_.here = true;
    }
    return NFS4_OK;
}

Built Program::enter_both(nfsstat4 in_pseudo) {
    if (!current_.set() || !saved_.set()) return NFS4ERR_NOFILEHANDLE;
    if (current_.pseudo || saved_.pseudo) return in_pseudo;
    if (current_.where != saved_.where) return NFS4ERR_XDEV;
    Built entered = enter(in_pseudo);
    if (!entered.ok() || saved_.here) return entered;
    if (!current_.handle) return Built::after_flush();
    put(*saved_.handle);
    add(vfs::Save{});
    saved_open_ = {};
    saved_.here = true;
    put(*current_.handle);
    return NFS4_OK;
}

// --- stateids

bool Program::is_pending(const stateid4& stateid) const {
    return stateid == current_stateid && current_.state.kind == CurrentState::Kind::pending;
}

std::expected<StateView, nfsstat4> Program::state(const stateid4& stateid) const {
    if (stateid != current_stateid) return call_.states().find(stateid);
    if (current_.state.kind != CurrentState::Kind::known)
        return std::unexpected(NFS4ERR_BAD_STATEID);
    return call_.states().find_key(current_.state.key);
}

std::expected<std::optional<StateView>, nfsstat4> Program::view(const stateid4& stateid,
                                                                const Cursor& at,
                                                                StateUse use) const {
    if (is_anonymous(stateid)) return std::nullopt;
    auto found = state(stateid);
    if (!found) return std::unexpected(found.error());
    if (found->where != at.where) return std::unexpected(NFS4ERR_BAD_STATEID);
    if (!allows(found->access, use)) return std::unexpected(NFS4ERR_OPENMODE);
    return *found;
}

Built Program::use_open(const stateid4& stateid, StateUse use) {
    if (is_pending(stateid))
        return open_.kind == StretchOpen::Kind::pending ? Built(NFS4_OK) : Built::after_flush();
    auto found = view(stateid, current_, use);
    // An OPEN before it in this stretch may widen what the stateid allows.
    if (!found && found.error() == NFS4ERR_OPENMODE && open_.kind == StretchOpen::Kind::pending)
        return Built::after_flush();
    if (!found) return found.error();
    if (!*found) {
        if (open_.kind == StretchOpen::Kind::none) return NFS4_OK;
        if (!current_.handle) return Built::after_flush();
        put(*current_.handle);
        return NFS4_OK;
    }
    if (open_.kind == StretchOpen::Kind::known && open_.open == (*found)->open) return NFS4_OK;
    add(vfs::UseOpen{(*found)->open});
    open_ = {StretchOpen::Kind::known, (*found)->open};
    return NFS4_OK;
}

Built Program::enter_with(const stateid4& stateid, StateUse use) {
    Built entered = enter(NFS4ERR_ISDIR);
    return entered.ok() ? use_open(stateid, use) : entered;
}

Built Program::enter_both_with(const stateid4& source, const stateid4& target) {
    if (!current_.set() || !saved_.set()) return NFS4ERR_NOFILEHANDLE;
    if (current_.pseudo || saved_.pseudo) return NFS4ERR_ISDIR;
    if (current_.where != saved_.where) return NFS4ERR_XDEV;
    Built entered = enter(NFS4ERR_ISDIR);
    if (!entered.ok()) return entered;
    if (!current_.handle || !saved_.handle || is_pending(source) || is_pending(target))
        return Built::after_flush();
    auto from = view(source, saved_, StateUse::read);
    if (!from) return from.error();
    put(*saved_.handle);
    if (*from) add(vfs::UseOpen{(*from)->open});
    add(vfs::Save{});
    saved_.here = true;
    saved_open_ = *from ? StretchOpen{StretchOpen::Kind::known, (*from)->open} : StretchOpen{};
    put(*current_.handle);
    return use_open(target, StateUse::write);
}

// --- the cursor

void Program::move_to(const Unsealed& place) {
    current_ = {};
    current_.where = place.where;
    current_.pseudo = place.pseudo;
    if (place.where) current_.handle = place.handle;
}

void Program::move_to(const PseudoNode& node) {
    Unsealed place;
    place.where = node.mounted();
    if (place.where) {
        place.handle = place.where->root_handle();
    } else {
        place.pseudo = &node;
    }
    move_to(place);
}

void Program::moved() {
    current_.handle.reset();
    current_.here = true;
    current_.state = {};
    open_ = {};
}

void Program::opened(const Operation& maker) {
    open_.kind = StretchOpen::Kind::pending;
    set_state_pending(maker);
}

void Program::closed() {
    open_ = {};
    current_.state = {};
}

void Program::save() {
    if (current_.here) {
        add(vfs::Save{});
        saved_open_ = open_;
    }
    saved_ = current_;
}

Built Program::restore() {
    if (!saved_.set()) return NFS4ERR_NOFILEHANDLE;
    if (saved_.here) {
        add(vfs::Restore{});
        open_ = saved_open_;
    }
    current_ = saved_;
    return NFS4_OK;
}

void Program::name_state(const Operation& maker, uint32_t key) {
    for (Cursor* cursor : {&current_, &saved_})
        if (cursor->state.kind == CurrentState::Kind::pending && cursor->state.maker == &maker)
            cursor->state = {CurrentState::Kind::known, key, nullptr};
}

// --- stretches

void Program::add_tail() {
    if (current_.here && !current_.handle) current_tail_ = add(vfs::GetHandle{});
    if (saved_.here && !saved_.handle) {
        add(vfs::Restore{});
        saved_tail_ = add(vfs::GetHandle{});
    }
}

void Program::ran(vfs::Reply& reply) {
    if (current_tail_)
        if (auto* told = reply.at<vfs::GetHandle>(*current_tail_)) current_.handle = told->handle;
    if (saved_tail_)
        if (auto* told = reply.at<vfs::GetHandle>(*saved_tail_)) saved_.handle = told->handle;
    current_tail_.reset();
    saved_tail_.reset();
    current_.here = saved_.here = false;
    open_ = saved_open_ = {};
    compound_.ops.clear();
    stretch_ = nullptr;
}

}  // namespace strait::server::nfs4
