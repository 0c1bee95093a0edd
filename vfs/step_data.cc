// SPDX-License-Identifier: LGPL-2.1-or-later
// Operations on a file's bytes.
#include <algorithm>

#include "vfs/step_cursor.h"

namespace strait::vfs {

namespace {

constexpr uint64_t max_file_size = INT64_MAX;  // as Linux has it: off_t is signed

// [offset, offset+length) as bytes that a file may have. Errc::inval past 2^64, else fbig.
Result<void> check_extent(uint64_t offset, uint64_t length) {
    if (length > ~uint64_t{0} - offset) return fail(Errc::inval);
    if (offset + length > max_file_size) return fail(Errc::fbig);
    return {};
}

Result<void> check_capable(bool capable) {
    if (!capable) return fail(Errc::notsup);
    return {};
}

}  // namespace

Task<> Cursor::allow_data(const Place& place, OpenAccess wanted) {
    if (place.open) {
        if (!place.open->may(wanted)) co_await Errc::openmode;
        co_return;
    }
    uint32_t rights = wanted == OpenAccess::read ? may_read : may_write;
    co_await require_rights(*place.node, rights);
    co_await backend_.leases_.check_io(*place.node, wanted);
}

Task<> Cursor::drop_setid(Node& node) {
    if (is_root(who_)) co_return;
    Attributes attributes = co_await store_.getattr(node, access_mask);
    SetAttributes fallen;
    fallen.mode = mode_after_write(attributes, who_);
    if (*fallen.mode != attributes.mode) co_await store_.setattr(node, fallen);
}

Task<OpResult> Cursor::run(const Read& op) {
    Node* file = co_await file_of(current_);
    co_await allow_data(current_, OpenAccess::read);
    uint32_t count = std::min(op.count, backend_.capabilities_.max_read);
    if (op.offset > max_file_size) co_return Read::Result{{}, true};
    co_return co_await store_.read(*file, op.offset, count);
}

Task<OpResult> Cursor::run(const Write& op) {
    Node* file = co_await file_of(current_);
    co_await allow_data(current_, OpenAccess::write);
    co_await check_extent(op.offset, op.data.size());
    co_await drop_setid(*file);
    uint32_t most = backend_.capabilities_.max_write;
    if (op.data.size() <= most)
        co_return co_await store_.write(*file, op.offset, op.data, op.stability);
    BufferChain head = op.data.slice(0, most);
    co_return co_await store_.write(*file, op.offset, head, op.stability);
}

Task<OpResult> Cursor::run(const Commit& op) {
    Node* file = co_await file_of(current_);
    if (op.count > ~uint64_t{0} - op.offset) co_return Errc::inval;
    co_return co_await store_.commit(*file, op.offset, op.count);
}

Task<OpResult> Cursor::run(const Seek& op) {
    Node* file = co_await file_of(current_);
    co_await check_capable(backend_.capabilities_.seek);
    co_await allow_data(current_, OpenAccess::read);
    co_return co_await store_.seek(*file, op.hole, op.offset);
}

Task<OpResult> Cursor::run(const Allocate& op) {
    Node* file = co_await file_of(current_);
    co_await check_capable(backend_.capabilities_.allocate);
    co_await allow_data(current_, OpenAccess::write);
    if (op.length == 0) co_return Errc::inval;
    co_await check_extent(op.offset, op.length);
    co_await drop_setid(*file);
    co_await store_.allocate(*file, op.offset, op.length);
    co_return Done{};
}

Task<OpResult> Cursor::run(const Deallocate& op) {
    Node* file = co_await file_of(current_);
    co_await check_capable(backend_.capabilities_.allocate);
    co_await allow_data(current_, OpenAccess::write);
    if (op.length == 0) co_return Errc::inval;
    if (op.length > ~uint64_t{0} - op.offset) co_return Errc::inval;
    co_await drop_setid(*file);
    co_await store_.deallocate(*file, op.offset, op.length);
    co_return Done{};
}

Task<OpResult> Cursor::run(const Copy& op) {
    Node* from = co_await file_of(saved_);
    Node* to = co_await file_of(current_);
    co_await check_capable(backend_.capabilities_.copy);
    co_await allow_data(saved_, OpenAccess::read);
    co_await allow_data(current_, OpenAccess::write);
    co_await check_extent(op.source_offset, op.length);
    co_await check_extent(op.target_offset, op.length);
    co_await drop_setid(*to);
    co_return co_await store_.copy(*from, op.source_offset, *to, op.target_offset, op.length);
}

Task<OpResult> Cursor::run(const Clone& op) {
    Node* from = co_await file_of(saved_);
    Node* to = co_await file_of(current_);
    co_await check_capable(backend_.capabilities_.clone);
    co_await allow_data(saved_, OpenAccess::read);
    co_await allow_data(current_, OpenAccess::write);
    co_await check_extent(op.source_offset, op.length);
    co_await check_extent(op.target_offset, op.length);
    co_await drop_setid(*to);
    co_await store_.clone(*from, op.source_offset, *to, op.target_offset, op.length);
    co_return Done{};
}

}  // namespace strait::vfs
