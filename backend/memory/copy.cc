// SPDX-License-Identifier: LGPL-2.1-or-later
// COPY and CLONE: pages are shared and copied when one side is written.
#include <algorithm>

#include "backend/memory/store.h"

namespace strait::backend {

using namespace vfs;

Task<Copy::Result> MemoryStore::copy(Node& from, uint64_t from_offset, Node& to, uint64_t to_offset,
                                     uint64_t length) {
    FileNode* source = co_await as_file(from);
    FileNode* target = co_await as_file(to);
    uint64_t count = co_await transfer(*source, from_offset, *target, to_offset, length);
    co_return Copy::Result{count, Stability::file_sync, instance_};
}

// Offsets are multiples of the page; so is the length, unless it reaches the end of both files
// (RFC 7862 section 15.13.3, Linux FICLONERANGE).
Task<> MemoryStore::clone(Node& from, uint64_t from_offset, Node& to, uint64_t to_offset,
                          uint64_t length) {
    FileNode* source = co_await as_file(from);
    FileNode* target = co_await as_file(to);
    Attributes before = attributes_of(*source, Attr::size);
    Attributes there = attributes_of(*target, Attr::size);
    if (from_offset > before.size || length > before.size - from_offset) co_await Errc::inval;
    if (length == 0) length = before.size - from_offset;
    bool to_ends = from_offset + length == before.size && to_offset + length >= there.size;
    bool aligned = ExtentMap::floor(from_offset) == from_offset &&
                   ExtentMap::floor(to_offset) == to_offset &&
                   (to_ends || ExtentMap::floor(length) == length);
    if (!aligned) co_await Errc::inval;
    co_await transfer(*source, from_offset, *target, to_offset, length);
}

namespace {

// Both files' locks, in one order everywhere.
struct BothHeld {
    BothHeld(FileNode& a, FileNode& b) : first(&a < &b ? a.mutex : b.mutex) {
        if (&a != &b) second = std::unique_lock(&a < &b ? b.mutex : a.mutex);
    }
    std::unique_lock<std::mutex> first, second;
};

void move_bytes(ExtentMap& from, uint64_t from_offset, ExtentMap& to, uint64_t to_offset,
                uint64_t length) {
    uint64_t head = std::min(ExtentMap::ceil(from_offset) - from_offset, length);
    bool congruent = (from_offset - to_offset) % ExtentMap::page == 0;
    uint64_t body = congruent ? ExtentMap::floor(length - head) : 0;
    if (!congruent) head = length;
    to.write(to_offset, from.read(from_offset, head));
    if (body > 0) to.share(from, from_offset + head, to_offset + head, body);
    uint64_t done = head + body;
    to.write(to_offset + done, from.read(from_offset + done, length - done));
}

}  // namespace

// Returns the bytes moved: up to the end of `from`. Errc::inval when the ranges overlap.
Result<uint64_t> MemoryStore::transfer(FileNode& from, uint64_t from_offset, FileNode& to,
                                       uint64_t to_offset, uint64_t length) {
    BothHeld hold(from, to);
    uint64_t there = from_offset < from.size ? from.size - from_offset : 0;
    if (length == 0 || length > there) length = there;
    if (to_offset > max_file_size || length > max_file_size - to_offset) return fail(Errc::fbig);
    bool apart = from_offset + length <= to_offset || to_offset + length <= from_offset;
    if (&from == &to && !apart && length > 0) return fail(Errc::inval);
    if (length == 0) return 0;
    // Claims the worst case; what turns out a hole is given back.
    uint64_t before = to.data.allocated(), claim = to.data.missing(to_offset, length);
    if (auto room = grow_usage(claim); !room) return fail(room.error());
    move_bytes(from.data, from_offset, to.data, to_offset, length);
    settle_usage(to, before + claim);
    to.size = std::max(to.size, to_offset + length);
    to.modified();
    return length;
}

}  // namespace strait::backend
