// SPDX-License-Identifier: LGPL-2.1-or-later
// The steps on a file's bytes. Each holds the file's mutex only.
#include <algorithm>

#include "backend/memory/store.h"

namespace strait::backend {

using namespace vfs;

namespace {

constexpr int64_t access_time_age = 24 * 3600;  // seconds, as Linux's relatime

void was_read(MemoryNode& node) {
    if (node.atime > node.mtime && node.atime > node.ctime) {
        if (wall_now().seconds - node.atime.seconds < access_time_age) return;
    }
    node.atime = wall_now();
}

}  // namespace

Task<Read::Result> MemoryStore::read(Node& node, uint64_t offset, uint32_t count) {
    FileNode* file = co_await as_file(node);
    co_return do_read(*file, offset, count);
}
Task<Write::Result> MemoryStore::write(Node& node, uint64_t offset, const BufferChain& data,
                                       Stability) {
    FileNode* file = co_await as_file(node);
    co_return do_write(*file, offset, data);
}
// Nothing survives a restart, and then the instance is another one.
Task<Commit::Result> MemoryStore::commit(Node& node, uint64_t, uint64_t) {
    co_await as_file(node);
    co_return Commit::Result{instance_};
}
Task<Seek::Result> MemoryStore::seek(Node& node, bool hole, uint64_t offset) {
    FileNode* file = co_await as_file(node);
    co_return do_seek(*file, hole, offset);
}
Task<> MemoryStore::allocate(Node& node, uint64_t offset, uint64_t length) {
    FileNode* file = co_await as_file(node);
    co_await do_allocate(*file, offset, length);
}
Task<> MemoryStore::deallocate(Node& node, uint64_t offset, uint64_t length) {
    FileNode* file = co_await as_file(node);
    co_await do_deallocate(*file, offset, length);
}

Result<Read::Result> MemoryStore::do_read(FileNode& file, uint64_t offset, uint32_t count) {
    std::lock_guard hold(file.mutex);
    if (offset >= file.size) return Read::Result{{}, true};
    uint64_t length = std::min<uint64_t>(count, file.size - offset);
    if (length > 0) was_read(file);
    return Read::Result{file.data.read(offset, length), offset + length == file.size};
}

// Claims room before it is used, so that writers on all cores together stay within the limit.
Result<void> MemoryStore::grow_usage(uint64_t bytes) {
    uint64_t now = table_.usage.bytes.load(std::memory_order_relaxed);
    do {
        if (bytes > options_.size_bytes || now > options_.size_bytes - bytes)
            return fail(Errc::nospc);
    } while (
        !table_.usage.bytes.compare_exchange_weak(now, now + bytes, std::memory_order_relaxed));
    return {};
}

// After pages were given up: `before` is what the file held.
void MemoryStore::settle_usage(FileNode& file, uint64_t before) {
    table_.usage.bytes.fetch_sub(before - file.data.allocated(), std::memory_order_relaxed);
}

Result<Write::Result> MemoryStore::do_write(FileNode& file, uint64_t offset,
                                            const BufferChain& data) {
    uint64_t length = data.size();
    if (offset > max_file_size || length > max_file_size - offset) return fail(Errc::fbig);
    std::lock_guard hold(file.mutex);
    if (length > 0) {
        auto room = grow_usage(file.data.missing(offset, length));
        if (!room) return fail(room.error());
        file.data.write(offset, data);
        file.size = std::max(file.size, offset + length);
        file.modified();
    }
    return Write::Result{static_cast<uint32_t>(length), Stability::file_sync, instance_};
}

Result<void> MemoryStore::resize(FileNode& file, uint64_t size) {
    uint64_t before = file.data.allocated();
    if (size < file.size) file.data.punch(size, ~uint64_t{0});
    settle_usage(file, before);
    file.size = size;
    return {};
}

Result<Seek::Result> MemoryStore::do_seek(FileNode& file, bool hole, uint64_t offset) {
    std::lock_guard hold(file.mutex);
    if (offset >= file.size) return fail(Errc::nxio);
    if (hole) return Seek::Result{std::min(file.data.next_hole(offset), file.size), false};
    auto found = file.data.next_data(offset);
    if (!found || *found >= file.size) return fail(Errc::nxio);
    return Seek::Result{*found, false};
}

Result<void> MemoryStore::do_allocate(FileNode& file, uint64_t offset, uint64_t length) {
    if (offset > max_file_size || length > max_file_size - offset) return fail(Errc::fbig);
    std::lock_guard hold(file.mutex);
    auto room = grow_usage(file.data.missing(offset, length));
    if (!room) return room;
    file.data.reserve(offset, length);
    file.size = std::max(file.size, offset + length);
    file.modified();
    return {};
}

Result<void> MemoryStore::do_deallocate(FileNode& file, uint64_t offset, uint64_t length) {
    std::lock_guard hold(file.mutex);
    uint64_t before = file.data.allocated();
    file.data.punch(offset, length);
    settle_usage(file, before);
    file.modified();
    return {};
}

}  // namespace strait::backend
