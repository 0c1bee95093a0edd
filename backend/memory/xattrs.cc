// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstring>

#include "backend/memory/store.h"

namespace strait::backend {

using namespace vfs;

namespace {
constexpr size_t most_xattrs = 1024;  // of one node
}

Task<Buffer> MemoryStore::getxattr(Node& node, std::string_view name) {
    co_return do_getxattr(as_memory(node), name);
}
Task<ChangeInfo> MemoryStore::setxattr(Node& node, std::string_view name, Bytes value,
                                       SetXattr::Mode mode) {
    co_return do_setxattr(as_memory(node), name, value, mode);
}
Task<ListXattrs::Result> MemoryStore::listxattrs(Node& node, uint64_t cookie, uint32_t max_bytes) {
    co_return do_listxattrs(as_memory(node), cookie, max_bytes);
}
Task<ChangeInfo> MemoryStore::removexattr(Node& node, std::string_view name) {
    co_return do_removexattr(as_memory(node), name);
}

Result<Buffer> MemoryStore::do_getxattr(MemoryNode& node, std::string_view name) {
    std::lock_guard hold(node.mutex);
    if (!node.xattrs) return fail(Errc::nodata);
    auto found = node.xattrs->find(name);
    if (found == node.xattrs->end()) return fail(Errc::nodata);
    return found->second;
}

Result<ChangeInfo> MemoryStore::do_setxattr(MemoryNode& node, std::string_view name, Bytes value,
                                            SetXattr::Mode mode) {
    if (value.size() > max_xattr_size) return fail(Errc::toobig);
    std::lock_guard hold(node.mutex);
    if (!node.xattrs) node.xattrs = std::make_unique<XattrMap>();
    auto found = node.xattrs->find(name);
    bool there = found != node.xattrs->end();
    if (there && mode == SetXattr::Mode::create) return fail(Errc::exist);
    if (!there && mode == SetXattr::Mode::replace) return fail(Errc::nodata);
    if (!there && node.xattrs->size() >= most_xattrs) return fail(Errc::nospc);
    Buffer kept = Buffer::copy_of(value);
    if (there)
        found->second = std::move(kept);
    else
        node.xattrs->emplace(name, std::move(kept));
    uint64_t before = node.change;
    node.changed();
    return ChangeInfo{true, before, node.change};
}

// The cookie is how many names have been given, in order of name.
Result<ListXattrs::Result> MemoryStore::do_listxattrs(MemoryNode& node, uint64_t cookie,
                                                      uint32_t max_bytes) {
    std::lock_guard hold(node.mutex);
    ListXattrs::Result result;
    size_t count = node.xattrs ? node.xattrs->size() : 0;
    if (cookie > count) return fail(Errc::badcookie);
    if (cookie == count) {
        result.cookie = cookie;
        result.eof = true;
        return result;
    }
    size_t bytes = 0;
    auto first = std::next(node.xattrs->begin(), static_cast<ptrdiff_t>(cookie)), last = first;
    for (; last != node.xattrs->end() && bytes + last->first.size() + 8 <= max_bytes; ++last)
        bytes += last->first.size() + 8;
    if (last == first) return fail(Errc::toosmall);
    Buffer names = Buffer::allocate(bytes);
    result.storage.push_back(names);
    std::byte* room = names.data();
    for (auto at = first; at != last; ++at) {
        std::memcpy(room, at->first.data(), at->first.size());
        result.names.push_back(as_text({room, at->first.size()}));
        room += at->first.size();
    }
    result.cookie = cookie + result.names.size();
    result.eof = last == node.xattrs->end();
    return result;
}

Result<ChangeInfo> MemoryStore::do_removexattr(MemoryNode& node, std::string_view name) {
    std::lock_guard hold(node.mutex);
    if (!node.xattrs) return fail(Errc::nodata);
    auto found = node.xattrs->find(name);
    if (found == node.xattrs->end()) return fail(Errc::nodata);
    node.xattrs->erase(found);
    uint64_t before = node.change;
    node.changed();
    return ChangeInfo{true, before, node.change};
}

}  // namespace strait::backend
