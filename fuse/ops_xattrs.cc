// SPDX-License-Identifier: LGPL-2.1-or-later
// Extended attributes: NFS has the name space "user" only (RFC 8276); others are refused here
// without a question.
#include <sys/xattr.h>

#include "fuse/operations.h"

namespace strait::fuse {

namespace {

using vfs::Refusals;

// The name without "user."; Errc::notsup for other name spaces.
Result<std::string> inner(std::string_view name) {
    constexpr std::string_view user = "user.";
    if (!name.starts_with(user)) return fail(Errc::notsup);
    if (name.size() == user.size()) return fail(Errc::inval);
    return std::string(name.substr(user.size()));
}

Result<> permitted(vfs::Mount& mount, const Inode& inode) {
    const vfs::Attributes* known = mount.hold().last_known(inode.handle());
    if (!mount.capabilities().xattrs || mount.refusals().refused(Refusals::Feature::xattrs, known))
        return fail(Errc::notsup);
    return {};
}

void note(vfs::Mount& mount, const Inode& inode, const Error& error) {
    if (error == Errc::notsup)
        mount.refusals().note(Refusals::Feature::xattrs, mount.hold().last_known(inode.handle()));
}

void answer_bytes(Request& request, size_t size, std::string_view value) {
    if (size == 0) {
        fuse_reply_xattr(request.answer(), value.size());
    } else if (value.size() > size) {
        request.fail(Errc::range);
    } else {
        fuse_reply_buf(request.answer(), value.data(), value.size());
    }
}

Task<> getxattr(Request& request, InodeRef inode, std::string name, size_t size) {
    vfs::Mount& mount = request.bridge().mount();
    std::string asked = co_await inner(name);
    co_await permitted(mount, *inode);
    if (mount.hold().no_xattrs(inode->handle())) co_await Errc::nodata;
    vfs::Compound program = mount.program(request.as());
    program.put(inode->handle()).add(vfs::GetXattr{asked});
    vfs::Reply reply = co_await mount.run(program);
    note(mount, *inode, reply.error);
    if (!reply.ok()) co_await reply.error;
    answer_bytes(request, size, reply.find<vfs::GetXattr>()->value.text());
}

Task<> listxattr(Request& request, InodeRef inode, size_t size) {
    vfs::Mount& mount = request.bridge().mount();
    std::string names;
    bool more = permitted(mount, *inode).has_value() && !mount.hold().no_xattrs(inode->handle());
    vfs::ListXattrs ask;
    while (more) {
        vfs::Compound program = mount.program(request.as());
        program.put(inode->handle()).getattr(vfs::Attr::change).add(ask);
        vfs::Reply reply = co_await mount.run(program);
        note(mount, *inode, reply.error);
        // A file system without them has none to list.
        if (reply.error == Errc::notsup) break;
        if (!reply.ok()) co_await reply.error;
        auto got = reply.take<vfs::ListXattrs>();
        for (auto each : got.names) names.append("user.").append(each).push_back('\0');
        if (names.empty() && got.eof)
            mount.hold().learn_no_xattrs(inode->handle(),
                                         reply.take<vfs::GetAttr>().attributes.change);
        more = !got.eof && !got.names.empty();
        ask.cookie = got.cookie;
    }
    answer_bytes(request, size, names);
}

// Runs a change, and takes in what it did to the file's attributes.
Task<> change(Request& request, InodeRef inode, vfs::Compound program) {
    vfs::Mount& mount = request.bridge().mount();
    const vfs::Attributes* before = mount.hold().last_known(inode->handle());
    const bool ours = before && inode->pages_of == before->change;
    program.getattr(vfs::stat_mask);
    auto reply = co_await mount.run(program).result();
    auto* after = reply ? reply->find<vfs::GetAttr>() : nullptr;
    if (!after) mount.hold().changed(inode->handle());
    if (!reply) co_await reply.error();
    note(mount, *inode, reply->error);
    if (!reply->ok()) co_await reply->error;
    vfs::FileState* state = mount.find_state(inode->handle());
    if (state) state->changed_to(after->attributes);
    if (!state) mount.hold().changed_to(inode->handle(), after->attributes);
    if (ours) inode->pages_of = after->attributes.change;
    request.ok();
}

Task<> setxattr(Request& request, InodeRef inode, std::string name, std::string value,
                vfs::SetXattr::Mode mode) {
    vfs::Mount& mount = request.bridge().mount();
    std::string asked = co_await inner(name);
    co_await mount.writable();
    co_await permitted(mount, *inode);
    vfs::Compound program = mount.program(request.as());
    program.put(inode->handle()).add(vfs::SetXattr{asked, as_bytes(value), mode});
    co_await change(request, inode, std::move(program));
}

Task<> removexattr(Request& request, InodeRef inode, std::string name) {
    vfs::Mount& mount = request.bridge().mount();
    std::string asked = co_await inner(name);
    co_await mount.writable();
    co_await permitted(mount, *inode);
    vfs::Compound program = mount.program(request.as());
    program.put(inode->handle()).add(vfs::RemoveXattr{asked});
    co_await change(request, inode, std::move(program));
}

vfs::SetXattr::Mode mode_of(int flags) {
    if (flags & XATTR_CREATE) return vfs::SetXattr::Mode::create;
    if (flags & XATTR_REPLACE) return vfs::SetXattr::Mode::replace;
    return vfs::SetXattr::Mode::either;
}

}  // namespace

void do_setxattr(fuse_req_t raw, fuse_ino_t number, const char* name, const char* value,
                 size_t size, int flags) {
    start(raw, setxattr, bridge_of(raw).inodes().get(number), std::string(name),
          std::string(value, size), mode_of(flags));
}

void do_getxattr(fuse_req_t raw, fuse_ino_t number, const char* name, size_t size) {
    start(raw, getxattr, bridge_of(raw).inodes().get(number), std::string(name), size_t{size});
}

void do_listxattr(fuse_req_t raw, fuse_ino_t number, size_t size) {
    start(raw, listxattr, bridge_of(raw).inodes().get(number), size_t{size});
}

void do_removexattr(fuse_req_t raw, fuse_ino_t number, const char* name) {
    start(raw, removexattr, bridge_of(raw).inodes().get(number), std::string(name));
}

}  // namespace strait::fuse
