// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the cursor goes, and attributes.
#include "vfs/step_cursor.h"

#include "vfs/names.h"

namespace strait::vfs {

namespace {

constexpr uint64_t max_file_size = INT64_MAX;

// What the store left open of `wanted` and follows from elsewhere.
void complete(Attributes& found, AttrMask wanted, Store& store, Node& node,
              const Capabilities& capabilities) {
    AttrMask missing = wanted - found.valid;
    if (missing.has(Attr::handle)) {
        if (auto handle = store.handle_of(node)) {
            found.handle = *handle;
            found.valid |= Attr::handle;
        }
    }
    if (missing.has(Attr::mounted_on_fileid)) found.mounted_on_fileid = node.fileid();
    if (missing.has(Attr::max_name)) found.max_name = max_name_size;
    if (missing.has(Attr::max_file_size)) found.max_file_size = max_file_size;
    if (missing.has(Attr::xattr_support)) found.xattr_support = capabilities.xattrs;
    found.max_read = capabilities.max_read;
    found.max_write = capabilities.max_write;
    constexpr AttrMask filled{Attr::mounted_on_fileid, Attr::max_name, Attr::max_file_size,
                              Attr::xattr_support,     Attr::max_read, Attr::max_write};
    found.valid |= wanted & filled;
}

}  // namespace

Task<OpResult> Cursor::step(const Op& op) {
    return std::visit([this](const auto& each) { return run(each); }, op);
}

Result<Node*> Cursor::node_of(const Place& place) {
    if (!place.node) return fail(Errc::inval);
    return place.node.get();
}

Result<Node*> Cursor::directory_of(const Place& place) {
    if (!place.node) return fail(Errc::inval);
    if (place.node->type() == FileType::symlink) return fail(Errc::symlink);
    if (!place.node->is_directory()) return fail(Errc::notdir);
    return place.node.get();
}

Result<Node*> Cursor::file_of(const Place& place) {
    if (!place.node) return fail(Errc::inval);
    switch (place.node->type()) {
        case FileType::regular:
            return place.node.get();
        case FileType::directory:
            return fail(Errc::isdir);
        case FileType::symlink:
            return fail(Errc::symlink);
        default:
            return fail(Errc::badtype);
    }
}

Result<OpenRecord*> Cursor::open_of(const Place& place) {
    if (!place.open) return fail(Errc::bad_stateid);
    return place.open.get();
}

Task<> Cursor::require_rights(Node& node, uint32_t rights) {
    bool runs = (rights & may_execute) && !node.is_directory();  // even root needs a bit for that
    if (is_root(who_) && !runs) co_return;
    Attributes attributes = co_await store_.getattr(node, access_mask);
    co_await require(attributes, who_, rights);
}

Task<OpResult> Cursor::run(const Root&) {
    go_to(store_.root());
    co_return Done{};
}

Task<OpResult> Cursor::run(const Put& op) {
    NodeRef node = co_await store_.resolve(op.handle);
    go_to(std::move(node));
    co_return Done{};
}

Task<OpResult> Cursor::run(const Save&) {
    co_await node_of(current_);
    saved_ = current_;
    co_return Done{};
}

Task<OpResult> Cursor::run(const Restore&) {
    co_await node_of(saved_);
    current_ = saved_;
    co_return Done{};
}

Task<OpResult> Cursor::run(const UseOpen& op) {
    OpenRef record = backend_.opens_.find(op.open);
    if (!record) co_return Errc::bad_stateid;
    if (current_.node && current_.node != record->node) co_return Errc::bad_stateid;
    current_ = Place{record->node, record};
    co_return Done{};
}

// One component. An empty one (a doubled or trailing slash) asks only that this is a directory.
Task<> Cursor::walk_one(std::string_view component) {
    Node* directory = co_await directory_of(current_);
    if (component.empty() || component == ".") co_return;
    co_await require_rights(*directory, may_execute);
    NodeRef next;
    if (component == "..") {
        next = co_await store_.parent(*directory);
    } else {
        co_await check_name(component);
        next = co_await store_.lookup(*directory, component);
    }
    go_to(std::move(next));
}

Task<OpResult> Cursor::run(const Walk& op) {
    co_await node_of(current_);
    Walk::Result done;
    std::string_view rest = op.path;
    bool more = !rest.empty();
    while (more) {
        more = rest.find('/') != rest.npos;
        std::string_view component = next_component(rest);
        Result<void> walked = co_await walk_one(component).result();
        if (!walked) {
            partial_ = done;
            co_return walked.error();
        }
        if (!component.empty()) done.walked++;
    }
    if (op.refuse_symlink_end && done.walked > 0 && current_.node->type() == FileType::symlink) {
        partial_ = done;
        co_return Errc::symlink;
    }
    co_return done;
}

Task<OpResult> Cursor::run(const GetHandle&) {
    Node* node = co_await node_of(current_);
    Handle handle = co_await store_.handle_of(*node);
    co_return GetHandle::Result{handle};
}

Task<OpResult> Cursor::run(const GetAttr& op) {
    Node* node = co_await node_of(current_);
    GetAttr::Result result;
    result.attributes = co_await store_.getattr(*node, op.mask);
    complete(result.attributes, op.mask, store_, *node, backend_.capabilities_);
    co_return result;
}

Task<OpResult> Cursor::run(const SetAttr& op) {
    Node* node = co_await node_of(current_);
    SetAttributes wanted = op.attributes;
    bool writing = false;
    if (wanted.size) {
        co_await file_of(current_);
        if (*wanted.size > max_file_size) co_return Errc::fbig;
        if (current_.open && !current_.open->may(OpenAccess::write)) co_return Errc::openmode;
        if (!current_.open) co_await backend_.leases_.check_io(*node, OpenAccess::write);
        writing = bool(current_.open);
    }
    if (wanted.empty()) co_return Done{};
    Attributes now = co_await store_.getattr(*node, access_mask);
    SetAttributes final = co_await permit_setattr(now, wanted, who_, writing);
    co_await store_.setattr(*node, final);
    co_return Done{};
}

Task<OpResult> Cursor::run(const CheckAccess& op) {
    Node* node = co_await node_of(current_);
    Attributes attributes = co_await store_.getattr(*node, access_mask);
    co_return check_access(attributes, who_, op.wanted);
}

}  // namespace strait::vfs
