// SPDX-License-Identifier: LGPL-2.1-or-later
// A program's progress, and the loop that writes a stretch of it.
#include "client/nfs4/lowering.h"

#include <cstring>

#include "base/variant.h"
#include "client/nfs4/mount.h"
#include "client/nfs4/takes.h"
#include "wire/nfs4/attributes.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/getattr.h"
#include "wire/nfs4/lookup.h"

namespace strait::client::nfs4 {

using namespace wire::nfs4;

std::optional<std::string_view> next_component(std::string_view path, size_t& offset) {
    while (offset < path.size()) {
        size_t end = std::min(path.find('/', offset), path.size());
        std::string_view name = path.substr(offset, end - offset);
        offset = std::min(end + 1, path.size());
        if (!name.empty() && name != ".") return name;
    }
    return std::nullopt;
}

std::optional<verifier4> Lowering::verifier_of_guarded(const vfs::Open& open, uint32_t index) {
    if (open.create != vfs::Open::Create::guarded) return std::nullopt;
    if (!with_verifiers_) {
        with_verifiers_ = mount_.verifiers_apart_;
        verifier_seed_ = mount_.next_verifier_;
        mount_.next_verifier_ += uint64_t{1} << 32;  // apart from what `index` may make of it
    }
    if (!*with_verifiers_) return std::nullopt;
    const uint64_t number = verifier_seed_ ^ index;
    verifier4 verifier;
    std::memcpy(verifier.data(), &number, sizeof(number));
    return verifier;
}

Result<> Lowering::build(Batch& batch, CompoundCall& out) {
    partial_ = passes_lost_open_ = false;
    return Builder(*this, mount_, batch, out).run();
}

// Moves the cursor over an operation that has succeeded.
void Lowering::apply(uint32_t index, const vfs::OpResult& result, const Batch& batch) {
    const vfs::Op& op = program_.ops[index];
    if (holds<vfs::Root>(op)) {
        current_.set_root();
    } else if (auto* put = std::get_if<vfs::Put>(&op)) {
        current_ = Position();
        current_.set_handle(put->handle);
    } else if (holds<vfs::Save>(op)) {
        saved_ = current_;
    } else if (holds<vfs::Restore>(op)) {
        current_ = saved_;
    } else if (auto* use = std::get_if<vfs::UseOpen>(&op)) {
        current_.open = use->open;
        HeldOpen* open = mount_.opens_.find(use->open);
        if (open && current_.base == Position::Base::none) {
            current_.set_handle(open->handle);
            current_.open = use->open;
        }
    } else if (auto* walk = std::get_if<vfs::Walk>(&op)) {
        size_t offset = index == next_ ? walk_offset_ : 0;
        while (auto name = next_component(walk->path, offset))
            if (*name != ".." || current_.depth != 0) current_.step(*name);
    } else if (auto* open = std::get_if<vfs::Open>(&op)) {
        (void)open;
        auto& made = std::get<vfs::Open::Result>(result);
        current_.set_handle(batch.opening->handle);
        current_.open = made.open;
    } else if (holds<vfs::Close>(op)) {
        // What the server lost is closed without asking it.
        HeldOpen* open = mount_.opens_.find(current_.open);
        if (open && open->lost) mount_.opens_.erase(*open);
        current_.open = {};
    } else if (auto* create = std::get_if<vfs::Create>(&op)) {
        current_.step(create->name);
    }
}

void Lowering::advance(Batch& batch, vfs::Reply& reply) {
    uint32_t last = batch.first + static_cast<uint32_t>(batch.results.size());
    uint32_t stop = batch.failed ? batch.failed->index : last;
    if (!batch.failed && partial_) stop = last - 1;
    // Behind the last operation nobody asks where the cursor stands.
    const bool over = stop == program_.ops.size() && !passes_lost_open_;
    for (uint32_t index = next_; index < stop; index++) {
        if (!over) apply(index, batch.results[index - batch.first], batch);
        reply.results.push_back(std::move(batch.results[index - batch.first]));
        next_ = index + 1;
        walk_offset_ = walked_ = 0;
    }
    if (!batch.failed && partial_) {
        if (holds<vfs::Walk>(program_.ops[next_])) {
            current_ = partial_position_;
            walk_offset_ = partial_offset_;
            walked_ = batch.result<vfs::Walk>(next_).walked;
        } else {
            large_ = std::move(batch.results[next_ - batch.first]);
        }
    }
    if (!batch.failed && !batch.cut_handle.empty()) {
        vfs::OpenId open = current_.open;
        current_.set_handle(batch.cut_handle, current_.depth);
        current_.open = open;
    }
}

void Lowering::finish_large(vfs::Reply& reply) {
    reply.results.push_back(std::move(*large_));
    large_.reset();
    next_++;
}

bool Lowering::begin_large(vfs::Reply& reply) {
    if (next_ != 0 || program_.ops.size() < 2) return false;
    size_t last = program_.ops.size() - 1;
    auto* read = std::get_if<vfs::Read>(&program_.ops[last]);
    auto* write = std::get_if<vfs::Write>(&program_.ops[last]);
    bool large = (read && read->count > mount_.read_size()) ||
                 (write && write->data.size() > mount_.write_size());
    if (!large || !mount_.limits_known_) return false;
    Position position;
    for (size_t i = 0; i < last; i++) {
        if (auto* put = std::get_if<vfs::Put>(&program_.ops[i])) {
            position = Position();
            position.set_handle(put->handle);
        } else if (auto* use = std::get_if<vfs::UseOpen>(&program_.ops[i])) {
            HeldOpen* open = mount_.opens_.find(use->open);
            if (!open || open->lost) return false;
            if (position.base == Position::Base::none) position.set_handle(open->handle);
            position.open = use->open;
        } else {
            return false;
        }
    }
    for (size_t i = 0; i < last; i++) reply.results.emplace_back();
    current_ = position;
    next_ = static_cast<uint32_t>(last);
    large_ = read ? vfs::OpResult(vfs::Read::Result()) : vfs::OpResult(vfs::Write::Result());
    return true;
}

bool Lowering::needs_root_handle() const {
    if (mount_.root_handle_) return false;
    bool rooted = current_.depth >= 0;
    for (uint32_t i = next_; i < program_.ops.size(); i++) {
        if (holds<vfs::Root>(program_.ops[i])) rooted = true;
        if (holds<vfs::Put>(program_.ops[i])) rooted = false;
        auto* walk = std::get_if<vfs::Walk>(&program_.ops[i]);
        size_t offset = 0;
        while (walk && !rooted)
            if (auto name = next_component(walk->path, offset); !name)
                break;
            else if (*name == "..")
                return true;
    }
    return false;
}

void Lowering::stood_at_root(uint32_t walked) {
    auto& walk = std::get<vfs::Walk>(program_.ops[next_]);
    size_t offset = walk_offset_;
    int depth = 0;
    for (uint32_t i = walked_; i < walked; i++)
        depth += next_component(walk.path, offset) == ".." ? -1 : 1;
    current_.depth = -depth;
}

Builder::Builder(Lowering& progress, Mount& mount, Batch& batch, CompoundCall& out)
    : progress_(progress),
      mount_(mount),
      batch_(batch),
      out_(out),
      program_(progress.program_),
      index_(progress.next_) {
    const SessionLimits& limits = mount.session_.limits();
    operations_left_ = limits.max_operations - 2;  // SEQUENCE, and GETFH at a cut
    reply_left_ = limits.max_response - 512;
}

void Builder::note(nfs_opnum4 op, Step::Take take, Step::Role role) {
    batch_.steps.push_back({take, index_, role});
    batch_.operations.push_back(op);
}

bool Builder::room(uint32_t operations, uint32_t reply_bytes, uint32_t request_bytes) const {
    return operations <= operations_left_ && reply_bytes <= reply_left_ &&
           out_.size() + request_bytes + 512 <= mount_.session_.limits().max_request;
}

bool Builder::data_may_begin_in(uint32_t bytes) const {
    const size_t limit = mount_.session_.limits().data_within;
    return out_.size() < limit && bytes < limit - out_.size();
}

void Builder::spend(uint32_t operations, uint32_t reply_bytes) {
    operations_left_ -= std::min(operations, operations_left_);
    reply_left_ -= std::min<size_t>(reply_bytes, reply_left_);
}

bool Builder::saved_is_needed_from(uint32_t index) const {
    for (uint32_t i = index; i < program_.ops.size(); i++) {
        const vfs::Op& op = program_.ops[i];
        if (holds<vfs::Save>(op)) return false;
        if (holds<vfs::Restore>(op) || holds<vfs::Rename>(op) || holds<vfs::Link>(op) ||
            holds<vfs::Copy>(op) || holds<vfs::Clone>(op))
            return true;
    }
    return false;
}

namespace {

// What a read-only mount refuses.
bool changes(const vfs::Op& op) {
    if (auto* open = std::get_if<vfs::Open>(&op))
        return open->create != vfs::Open::Create::never ||
               (static_cast<int>(open->access) & static_cast<int>(vfs::OpenAccess::write)) != 0;
    return holds<vfs::SetAttr>(op) || holds<vfs::Write>(op) || holds<vfs::Create>(op) ||
           holds<vfs::Remove>(op) || holds<vfs::Rename>(op) || holds<vfs::Link>(op) ||
           holds<vfs::Allocate>(op) || holds<vfs::Deallocate>(op) || holds<vfs::Copy>(op) ||
           holds<vfs::Clone>(op) || holds<vfs::SetXattr>(op) || holds<vfs::RemoveXattr>(op);
}

}  // namespace

Result<Builder::Emitted> Builder::emit_any(const vfs::Op& op) {
    if (mount_.options_.read_only && changes(op)) return fail(Errc::rofs);
    return std::visit([this](const auto& each) { return emit(each); }, op);
}

Result<> Builder::run() {
    emit_first_things();
    current_ = progress_.current_;
    saved_ = progress_.saved_;
    if (saved_.base != Position::Base::none && saved_is_needed_from(index_)) {
        emit_position(saved_, Step::Role::setup);
        add(SAVEFH4args{}, &Takes::status<SAVEFH4res>, Step::Role::setup);
        spend(1);
    }
    if (current_.base != Position::Base::none) emit_position(current_, Step::Role::setup);
    for (; index_ < program_.ops.size(); index_++) {
        batch_.results.emplace_back();
        auto emitted = emit_any(program_.ops[index_]);
        if (emitted && *emitted == Emitted::whole) continue;
        bool first = index_ == progress_.next_;
        if (emitted && *emitted == Emitted::partly) {
            progress_.partial_ = true;
            break;
        }
        batch_.results.pop_back();
        if (!first) break;
        // What does not fit into a compound of its own never will.
        return emitted ? fail(Errc::toobig) : Result<>(fail(emitted.error()));
    }
    bool goes_on = index_ < program_.ops.size();
    if (goes_on && current_.base != Position::Base::none && !current_.names.empty()) {
        add(GETFH4args{}, &Takes::cut_handle, Step::Role::setup);
    }
    return {};
}

// What rides with the first compound of a client id, and of a mount.
void Builder::emit_first_things() {
    if (!mount_.session_.take_reclaim_complete()) return;
    add(RECLAIM_COMPLETE4args{false}, &Takes::status<RECLAIM_COMPLETE4res>,
        Step::Role::reclaim_complete);
    spend(1);
    batch_.reclaim_complete = true;
}

void Builder::emit_limits() {
    if (mount_.limits_known_) return;
    add(GETATTR4args{{FATTR4_LEASE_TIME, FATTR4_MAXREAD, FATTR4_MAXWRITE, FATTR4_SUPPATTR_EXCLCREAT,
                      FATTR4_XATTR_SUPPORT}},
        &Takes::limits, Step::Role::setup);
    spend(1, 144);
}

void Builder::emit_name(std::string_view name, Step::Take take, Step::Role role) {
    if (name == "..") {
        add(LOOKUPP4args{}, take, role);
    } else {
        add(LOOKUP4args{name}, take, role);
    }
    spend(1);
}

// Makes `position` the server's current filehandle.
void Builder::emit_position(const Position& position, Step::Role role) {
    stateid_here_ = false;
    if (position.base == Position::Base::handle) {
        add(PUTFH4args{position.handle.bytes()}, &Takes::status<PUTFH4res>, role);
        spend(1);
        emit_limits();
    } else if (mount_.root_handle_) {
        add(PUTFH4args{mount_.root_handle_->bytes()}, &Takes::status<PUTFH4res>, Step::Role::root);
        spend(1);
        emit_limits();
    } else {
        add(PUTROOTFH4args{}, &Takes::status<PUTROOTFH4res>, role);
        for (const std::string& name : mount_.prefix_)
            emit_name(name, name == ".." ? &Takes::status<LOOKUPP4res> : &Takes::status<LOOKUP4res>,
                      role);
        add(GETFH4args{}, &Takes::root_handle, role);
        spend(2, 256);
        emit_limits();
    }
    for (std::string_view name : position.names)
        emit_name(name, name == ".." ? &Takes::status<LOOKUPP4res> : &Takes::status<LOOKUP4res>,
                  Step::Role::setup);
}

bool Builder::lacks(nfs_opnum4 op) const { return mount_.session_.minor() < 2 || mount_.lacks(op); }

Result<HeldOpen*> Builder::held(vfs::OpenId id) const {
    HeldOpen* open = mount_.opens_.find(id);
    if (!open) return fail(Errc::bad_stateid);
    if (open->lost) return fail(Errc::stale);
    return open;
}

bool Builder::by_value() const { return !mount_.session_.limits().current_stateid_in_all; }

Result<std::optional<stateid4>> Builder::stateid(bool by_value) const {
    if (open_here_) {
        if (by_value || !stateid_here_) return std::nullopt;
        return current_stateid;
    }
    if (!current_.open) return anonymous_stateid;
    auto open = held(current_.open);
    if (!open) return fail(open.error());
    return latest((*open)->stateid);
}

}  // namespace strait::client::nfs4
