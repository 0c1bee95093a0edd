// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes of files and entries of directories. What is read is copied once, into the window; what is
// written once, out of it.

#include <dirent.h>

#include <cstring>

#include "preload/door/operations.h"
#include "vfs/file_mode.h"

namespace strait::preload {

namespace {

// linux_dirent64: inode, cookie, record length, type, name, NUL, up to eight.
constexpr size_t entry_head = 19;
constexpr size_t entry_bytes(size_t name) { return (entry_head + name + 1 + 7) / 8 * 8; }

size_t put_entry(std::byte* out, const vfs::DirEntry& entry) {
    size_t size = entry_bytes(entry.name.size());
    uint64_t ino = entry.attributes.fileid, cookie = entry.cookie;
    auto length = static_cast<uint16_t>(size);
    auto type = static_cast<uint8_t>(IFTODT(vfs::type_bits(entry.attributes.type)));
    std::memset(out, 0, size);
    std::memcpy(out, &ino, 8);
    std::memcpy(out + 8, &cookie, 8);
    std::memcpy(out + 16, &length, 2);
    std::memcpy(out + 18, &type, 1);
    std::memcpy(out + entry_head, entry.name.data(), entry.name.size());
    return size;
}

}  // namespace

Task<> op_read(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    size_t count = std::min<size_t>(exchange.request.count, shm::window_bytes);
    uint64_t offset = exchange.request.offset;
    co_await exchange.maps.before_read(*token->file, offset, count);
    BufferChain data;
    if (offset == shm::at_position) {
        data = co_await token->file->read(count);
    } else {
        data = co_await token->file->read_at(offset, count);
    }
    exchange.reply.data_bytes = static_cast<uint32_t>(data.copy_to(exchange.window()));
}

Task<> op_write(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    BufferChain data(Buffer::copy_of(exchange.sent()));
    token->written = true;
    // Where an append goes is not its offset's to say, and the position stays.
    bool append = exchange.request.flags & shm::flag_append;
    uint64_t before = 0, offset = append ? shm::at_position : exchange.request.offset;
    if (append) before = co_await token->file->seek(0, vfs::Whence::current);
    exchange.reply.value = co_await exchange.maps.write(*token->file, offset, std::move(data));
    if (append) co_await token->file->seek(static_cast<int64_t>(before), vfs::Whence::set);
}

Task<> op_seek(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    auto offset = static_cast<int64_t>(exchange.request.offset);
    if (exchange.request.arg > static_cast<uint32_t>(vfs::Whence::hole)) co_await Errc::inval;
    if (token->file->type() == vfs::FileType::directory) {  // its positions are cookies
        auto whence = static_cast<vfs::Whence>(exchange.request.arg);
        if (whence != vfs::Whence::set && whence != vfs::Whence::current) co_await Errc::inval;
        int64_t from = whence == vfs::Whence::set ? 0 : static_cast<int64_t>(token->cookie);
        int64_t to = 0;
        if (__builtin_add_overflow(from, offset, &to) || (to < 0 && offset != 0))
            co_await Errc::inval;
        exchange.reply.value = token->cookie = static_cast<uint64_t>(to);
        co_return;
    }
    exchange.reply.value =
        co_await token->file->seek(offset, static_cast<vfs::Whence>(exchange.request.arg));
}

Task<> op_readdir(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    bool at_position = exchange.request.offset == shm::at_position;
    uint64_t cookie = at_position ? token->cookie : exchange.request.offset;
    size_t room = std::min<size_t>(exchange.request.count, shm::window_bytes);
    vfs::ReadDir::Result storage;
    // Attributes come along, so an answer of the server holds fewer entries than its bytes suggest.
    std::vector<vfs::DirEntry> entries =
        co_await token->file->list(cookie, static_cast<uint32_t>(room), storage);
    size_t used = 0;
    for (const vfs::DirEntry& entry : entries) {
        if (entry.name.size() > NAME_MAX) continue;
        if (used + entry_bytes(entry.name.size()) > room) break;
        used += put_entry(exchange.window().data() + used, entry);
        cookie = entry.cookie;
    }
    if (used == 0 && !entries.empty()) co_await Errc::inval;
    if (at_position) token->cookie = cookie;
    exchange.reply.data_bytes = static_cast<uint32_t>(used);
}

Task<> op_allocate(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    constexpr uint32_t keep_size = 1;  // FALLOC_FL_KEEP_SIZE
    if (exchange.request.arg & keep_size) {
        vfs::Attributes attributes = co_await token->file->stat(vfs::Attr::size);
        uint64_t end = exchange.request.offset + exchange.request.count;
        if (end > attributes.size) co_await Errc::notsup;
    }
    co_await token->file->allocate(exchange.request.offset, exchange.request.count);
    co_await exchange.maps.resized(*token->file);
}

Task<> op_deallocate(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    token->written = true;
    uint64_t offset = exchange.request.offset, count = exchange.request.count;
    co_await exchange.maps.before_read(*token->file, offset, count);
    co_await token->file->deallocate(offset, count);
    co_await exchange.maps.changed(*token->file, offset, count);
}

Task<> op_copy(Exchange& exchange) {
    TokenRef source = co_await exchange.token();
    TokenRef target = co_await exchange.token2();
    uint64_t from = exchange.request.offset, to = exchange.request.offset2;
    bool move_source = from == shm::at_position, move_target = to == shm::at_position;
    if (move_source) from = co_await source->file->seek(0, vfs::Whence::current);
    if (move_target) to = co_await target->file->seek(0, vfs::Whence::current);
    target->written = true;
    co_await exchange.maps.before_read(*source->file, from, exchange.request.count);
    co_await exchange.maps.before_read(*target->file, to, exchange.request.count);
    uint64_t moved =
        co_await source->file->copy_to(*target->file, from, to, exchange.request.count);
    exchange.reply.value = moved;
    co_await exchange.maps.changed(*target->file, to, moved);
    if (move_source)
        co_await source->file->seek(static_cast<int64_t>(from + moved), vfs::Whence::set);
    if (move_target)
        co_await target->file->seek(static_cast<int64_t>(to + moved), vfs::Whence::set);
}

Task<> op_clone(Exchange& exchange) {
    TokenRef source = co_await exchange.token();
    TokenRef target = co_await exchange.token2();
    target->written = true;
    uint64_t count = exchange.request.count;
    if (count == 0) {  // to the end
        vfs::Attributes attributes = co_await source->file->stat(vfs::Attr::size);
        if (attributes.size <= exchange.request.offset) co_return;
        count = attributes.size - exchange.request.offset;
    }
    uint64_t from = exchange.request.offset, to = exchange.request.offset2;
    co_await exchange.maps.before_read(*source->file, from, count);
    co_await exchange.maps.before_read(*target->file, to, count);
    co_await source->file->clone_to(*target->file, from, to, count);
    co_await exchange.maps.changed(*target->file, to, count);
}

}  // namespace strait::preload
