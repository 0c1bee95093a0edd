// SPDX-License-Identifier: LGPL-2.1-or-later
// Operations on directories and names.
#include "vfs/names.h"
#include "vfs/step_cursor.h"

namespace strait::vfs {

namespace {

constexpr size_t max_target_size = 4095;  // bytes of a symlink's target, PATH_MAX less its NUL
constexpr uint32_t change_entries = may_write | may_execute;

Result<void> check_new(const Create& op) {
    switch (op.type) {
        case FileType::directory:
        case FileType::block:
        case FileType::character:
        case FileType::fifo:
        case FileType::socket:
            return check_name(op.name);
        case FileType::symlink:
            if (op.target.empty()) return fail(Errc::inval);
            if (op.target.size() > max_target_size) return fail(Errc::nametoolong);
            if (op.target.find('\0') != op.target.npos) return fail(Errc::inval);
            return check_name(op.name);
        case FileType::none:
        case FileType::regular:
            break;
    }
    return fail(Errc::badtype);
}

}  // namespace

Task<> Cursor::allow_removal(Node& directory, std::string_view name) {
    if (is_root(who_)) co_return;
    Attributes parent = co_await store_.getattr(directory, access_mask);
    co_await require(parent, who_, change_entries);
    if (!(parent.mode & mode_sticky)) co_return;
    Result<NodeRef> found = co_await store_.lookup(directory, name).result();
    if (!found) co_return;
    Attributes victim = co_await store_.getattr(**found, access_mask);
    co_await may_take_out(parent, victim, who_);
}

Task<OpResult> Cursor::run(const ReadDir& op) {
    Node* directory = co_await directory_of(current_);
    co_await require_rights(*directory, may_read);
    if (op.cookie == 1 || op.cookie == 2) co_return Errc::badcookie;
    co_return co_await store_.readdir(*directory, op);
}

Task<OpResult> Cursor::run(const ReadLink&) {
    Node* node = co_await node_of(current_);
    if (node->type() != FileType::symlink) co_return Errc::inval;
    Buffer target = co_await store_.readlink(*node);
    co_return ReadLink::Result{std::move(target)};
}

Task<OpResult> Cursor::run(const Create& op) {
    Node* directory = co_await directory_of(current_);
    co_await check_new(op);
    co_await require_rights(*directory, may_execute);
    Attributes parent = co_await born_in(*directory);
    Result<void> may = require(parent, who_, may_write);
    if (!may) {
        // What is there already is said before what is not allowed, as mkdir(2) does.
        Result<NodeRef> there = co_await store_.lookup(*directory, op.name).result();
        if (there) co_return Errc::exist;
        co_return may.error();
    }
    bool device = op.type == FileType::block || op.type == FileType::character;
    if (device && !is_root(who_)) co_return Errc::perm;
    NewNode what = co_await newborn(parent, op.type, op.attributes);
    what.target = op.target;
    what.device = op.device;
    Made made = co_await store_.create(*directory, op.name, what);
    co_await set_rest(*made.node, op.attributes);
    go_to(std::move(made.node));
    co_return Create::Result{made.directory};
}

Task<OpResult> Cursor::run(const Remove& op) {
    Node* directory = co_await directory_of(current_);
    co_await check_name(op.name);
    co_await allow_removal(*directory, op.name);
    ChangeInfo change = co_await store_.remove(*directory, op.name, op.kind);
    co_return Remove::Result{change};
}

Task<OpResult> Cursor::run(const Rename& op) {
    Node* from = co_await directory_of(saved_);
    Node* to = co_await directory_of(current_);
    co_await check_name(op.from);
    co_await check_name(op.to);
    constexpr uint32_t known = rename_noreplace | rename_exchange;
    if ((op.flags & ~known) || op.flags == known) co_return Errc::inval;
    if (op.flags && !backend_.capabilities_.rename_flags) co_return Errc::notsup;
    co_await allow_removal(*from, op.from);
    co_await allow_removal(*to, op.to);
    if (from != to && !is_root(who_)) {
        // A directory that moves gets another "..": that is a write to it.
        NodeRef moved = co_await store_.lookup(*from, op.from);
        if (moved->is_directory()) co_await require_rights(*moved, may_write);
    }
    co_return co_await store_.rename(*from, op.from, *to, op.to, op.flags);
}

Task<OpResult> Cursor::run(const Link& op) {
    Node* node = co_await node_of(saved_);
    Node* directory = co_await directory_of(current_);
    co_await check_name(op.name);
    if (node->is_directory()) co_return Errc::isdir;
    co_await require_rights(*directory, change_entries);
    ChangeInfo change = co_await store_.link(*node, *directory, op.name);
    co_return Link::Result{change};
}

}  // namespace strait::vfs
