// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/export.h"

#include <fmt/format.h>

#include "server/siphash.h"

namespace strait::server {

namespace {

constexpr uint32_t nobody = 65534;
// To chown(2) this number means "leave it": what is made by nobody's id would stay the server's
// own.
constexpr uint32_t no_id = ~uint32_t{0};

// Ids come from names, under a key that never changes.
uint64_t name_hash(std::string_view name) { return siphash(SipKey{}, as_bytes(name)); }

}  // namespace

Export::Export(ExportSpec spec, std::unique_ptr<vfs::Backend> backend)
    : spec_(std::move(spec)),
      backend_(std::move(backend)),
      id_(static_cast<uint32_t>(name_hash(spec_.name)) | 1) {}

vfs::CredentialRef Export::credential(const Caller& caller) const {
    bool squash_root = spec_.squash != Squash::none;
    bool anonymous = caller.flavor == 0 || spec_.squash == Squash::all || caller.uid == no_id ||
                     (squash_root && caller.uid == 0);
    if (anonymous) return make_ref<vfs::Credential>(spec_.anonymous_uid, spec_.anonymous_gid);
    // A user whose groups claim root's: that group is squashed, too.
    auto refused = [&](uint32_t group) { return group == no_id || (squash_root && group == 0); };
    SmallVector<uint32_t, 16> groups;
    for (uint32_t group : caller.groups) groups.push_back(refused(group) ? nobody : group);
    uint32_t gid = refused(caller.gid) ? spec_.anonymous_gid : caller.gid;
    return make_ref<vfs::Credential>(caller.uid, gid, std::move(groups));
}

Task<> Export::start() {
    vfs::Compound program;
    program.root().get_handle().getattr(vfs::Attr::fileid);
    vfs::Reply reply = co_await vfs::run_all(*backend_, program);
    root_handle_ = reply.at<vfs::GetHandle>(1)->handle;
    root_fileid_ = reply.at<vfs::GetAttr>(2)->attributes.fileid;
}

PseudoNode::PseudoNode(std::string path, const PseudoNode* parent)
    : path_(std::move(path)), parent_(parent), fileid_(name_hash("pseudo:" + path_) >> 1 | 2) {}

const PseudoNode* PseudoNode::find(std::string_view name) const {
    auto at = children_.find(name);
    return at == children_.end() ? nullptr : at->second.get();
}

vfs::Attributes PseudoNode::attributes() const {
    static const Timestamp started = wall_now();
    vfs::Attributes made;
    // It holds no data and no xattrs: those figures are zero.
    made.valid = vfs::stat_mask | vfs::statfs_mask |
                 vfs::AttrMask{vfs::Attr::mounted_on_fileid, vfs::Attr::max_file_size,
                               vfs::Attr::xattr_support};
    made.type = vfs::FileType::directory;
    made.mode = 0555;
    made.nlink = static_cast<uint32_t>(2 + children_.size());
    made.size = 4096;
    made.space_used = 4096;
    made.fileid = made.mounted_on_fileid = fileid_;
    made.change = static_cast<uint64_t>(started.seconds);
    made.atime = made.mtime = made.ctime = made.btime = started;
    made.max_name = 255;
    return made;
}

std::expected<Export*, std::string> ExportTable::add(ExportSpec spec,
                                                     std::unique_ptr<vfs::Backend> backend) {
    std::string name = spec.name;
    auto made = std::make_unique<Export>(std::move(spec), std::move(backend));
    if (find(made->id()))
        return std::unexpected(fmt::format("two exports are named \"/{}\"", name));
    PseudoNode* at = &root_;
    std::string path;
    std::string_view left = name;
    while (!left.empty() && !at->mounted_) {
        std::string part(left.substr(0, left.find('/')));
        left.remove_prefix(std::min(left.size(), part.size() + 1));
        path += "/" + part;
        auto& child = at->children_[part];
        if (!child) child = std::make_unique<PseudoNode>(path, at);
        at = child.get();
        by_fileid_[at->fileid()] = at;
    }
    if (at->mounted_ || !at->children_.empty())
        return std::unexpected(
            fmt::format("export \"/{}\" lies inside another export, or another inside it", name));
    at->mounted_ = made.get();
    made->mount_point = at;
    by_fileid_[root_.fileid()] = &root_;
    exports_.push_back(std::move(made));
    return exports_.back().get();
}

Task<> ExportTable::start() {
    for (auto& each : exports_) co_await each->start();
}

Task<> ExportTable::close() {
    for (auto& each : exports_) co_await each->backend().close();
}

Task<> ExportTable::expire(uint64_t client) {
    for (auto& each : exports_) co_await each->backend().expire(client);
}

Export* ExportTable::find(uint32_t id) const noexcept {
    for (auto& each : exports_)
        if (each->id() == id) return each.get();
    return nullptr;
}

const PseudoNode* ExportTable::find_pseudo(uint64_t fileid) const noexcept {
    auto at = by_fileid_.find(fileid);
    return at == by_fileid_.end() ? nullptr : at->second;
}

}  // namespace strait::server
