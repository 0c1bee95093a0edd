// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/open_node.h"

#include "vfs/file_state.h"

namespace strait::vfs {

Task<Attributes> fetch_attributes(Mount& mount, Handle handle, AttrMask mask) {
    auto asked = mount.hold().now();
    Compound ask = mount.program();
    ask.put(handle).getattr(stat_mask | mask);
    Reply reply = co_await mount.run_all(ask);
    Attributes got = reply.take<GetAttr>().attributes;
    mount.hold().learn(handle, got, asked);
    co_return got;
}

OpenNode::OpenNode(Opened opened) : node_(std::move(opened)) {
    if (node_.type == FileType::directory) mount().add_directory(*this);
}

OpenNode::~OpenNode() {
    if (node_.type == FileType::directory) mount().remove_directory(*this);
}

Errc OpenNode::no_data() const {
    return type() == FileType::directory && !node_.flags.path_only ? Errc::isdir : Errc::badf;
}

Task<BufferChain> OpenNode::read(size_t) { co_return no_data(); }
Task<BufferChain> OpenNode::read_at(uint64_t, size_t) { co_return no_data(); }
Task<size_t> OpenNode::write(BufferChain) { co_return Errc::badf; }
Task<size_t> OpenNode::write_at(uint64_t, BufferChain) { co_return Errc::badf; }
Task<uint64_t> OpenNode::seek(int64_t, Whence) { co_return Errc::badf; }

Task<Attributes> OpenNode::stat(AttrMask mask) {
    FileState* state = mount().find_state(handle());
    if (state && state->writes().pending()) {
        FileStateRef keep(state);
        co_await keep->writes().flush();
    }
    if (const Attributes* held = mount().hold().attributes(handle(), mask)) co_return *held;
    auto found = co_await fetch_attributes(mount(), handle(), mask).result();
    if (found) co_return *found;
    const Attributes* last = mount().hold().last_known(handle());
    if (found.error() != Errc::stale || !last) co_return found.error();
    Attributes gone = *last;
    gone.nlink = 0;
    co_return gone;
}

OpenFile::Known OpenNode::known() const {
    FileState* state = mount().find_state(handle());
    const Attributes* held = mount().hold().attributes(handle(), stat_mask);
    if (!held || (state && state->writes().pending())) return {};
    return {MonoClock::now() + mount().hold().remaining(handle()), *held, {}};
}

Task<Attributes> OpenNode::statfs() {
    Compound ask = at_node();
    ask.getattr(statfs_mask);
    Reply reply = co_await mount().run_all(ask);
    co_return reply.take<GetAttr>().attributes;
}

Task<> OpenNode::setattr(const SetAttributes& attributes) {
    co_await mount().writable();
    if (node_.flags.path_only) co_await Errc::badf;
    Compound change = at_node();
    change.setattr(attributes).getattr(stat_mask);
    auto reply = co_await mount().run_all(change).result();
    if (!reply) mount().hold().changed(handle());
    if (!reply) co_await reply.error();
    mount().changed_to(handle(), reply->take<GetAttr>().attributes, physical());
}

Task<> OpenNode::fsync(bool) {
    if (node_.flags.path_only) co_await Errc::badf;
}

Task<> OpenNode::flush() { co_return; }
Task<> OpenNode::allocate(uint64_t, uint64_t) { co_await Errc::badf; }
Task<> OpenNode::deallocate(uint64_t, uint64_t) { co_await Errc::badf; }

Task<uint64_t> OpenNode::copy_to(OpenFile&, uint64_t, uint64_t, uint64_t) { co_return no_data(); }

Task<> OpenNode::clone_to(OpenFile&, uint64_t, uint64_t, uint64_t) { co_await no_data(); }
Task<> OpenNode::lock(LockKind, uint64_t, uint64_t, uint64_t, bool) { co_await Errc::badf; }
Task<> OpenNode::unlock(uint64_t, uint64_t, uint64_t) { co_await Errc::badf; }

Task<std::optional<LockConflict>> OpenNode::test_lock(LockKind, uint64_t, uint64_t, uint64_t) {
    co_return Errc::badf;
}

Task<std::vector<DirEntry>> OpenNode::list(uint64_t, uint32_t, ReadDir::Result&) {
    co_return node_.flags.path_only ? Errc::badf : Errc::notdir;
}

Task<> OpenNode::close() { co_return; }

}  // namespace strait::vfs
