// SPDX-License-Identifier: LGPL-2.1-or-later
// Extended attributes. As with Linux's user namespace, files and directories only have them.
#include "vfs/names.h"
#include "vfs/step_cursor.h"

namespace strait::vfs {

namespace {

Result<void> check_xattr_name(std::string_view name) {
    if (name.empty()) return fail(Errc::inval);
    if (name.size() > max_name_size) return fail(Errc::nametoolong);
    if (name.find('\0') != name.npos) return fail(Errc::inval);
    return {};
}

bool has_xattrs(const Node& node) {
    return node.type() == FileType::regular || node.type() == FileType::directory;
}

}  // namespace

Task<OpResult> Cursor::run(const GetXattr& op) {
    Node* node = co_await node_of(current_);
    if (!backend_.capabilities_.xattrs) co_return Errc::notsup;
    co_await check_xattr_name(op.name);
    if (!has_xattrs(*node)) co_return Errc::nodata;
    co_await require_rights(*node, may_read);
    Buffer value = co_await store_.getxattr(*node, op.name);
    co_return GetXattr::Result{std::move(value)};
}

Task<OpResult> Cursor::run(const SetXattr& op) {
    Node* node = co_await node_of(current_);
    if (!backend_.capabilities_.xattrs) co_return Errc::notsup;
    co_await check_xattr_name(op.name);
    if (!has_xattrs(*node)) co_return Errc::perm;
    co_await require_rights(*node, may_write);
    ChangeInfo change = co_await store_.setxattr(*node, op.name, op.value, op.mode);
    co_return SetXattr::Result{change};
}

Task<OpResult> Cursor::run(const ListXattrs& op) {
    Node* node = co_await node_of(current_);
    if (!backend_.capabilities_.xattrs) co_return Errc::notsup;
    if (!has_xattrs(*node)) {
        ListXattrs::Result none;
        none.eof = true;
        co_return none;
    }
    co_await require_rights(*node, may_read);
    co_return co_await store_.listxattrs(*node, op.cookie, op.max_bytes);
}

Task<OpResult> Cursor::run(const RemoveXattr& op) {
    Node* node = co_await node_of(current_);
    if (!backend_.capabilities_.xattrs) co_return Errc::notsup;
    co_await check_xattr_name(op.name);
    if (!has_xattrs(*node)) co_return Errc::perm;
    co_await require_rights(*node, may_write);
    ChangeInfo change = co_await store_.removexattr(*node, op.name);
    co_return RemoveXattr::Result{change};
}

}  // namespace strait::vfs
