// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening, closing, locking.

#include "preload/door/operations.h"
#include "vfs/file_mode.h"

namespace strait::preload {

namespace {

constexpr uint64_t whole_file = ~uint64_t{0} - 1;  // not at_position

vfs::OpenFlags open_flags(const shm::Request& request) {
    uint32_t flags = request.flags;
    vfs::OpenFlags out;
    bool read = flags & shm::flag_read, write = flags & shm::flag_write;
    out.access = read && write ? vfs::OpenAccess::both
                 : write       ? vfs::OpenAccess::write
                               : vfs::OpenAccess::read;
    out.create = flags & shm::flag_create;
    out.exclusive = flags & shm::flag_exclusive;
    out.truncate = flags & shm::flag_truncate;
    out.append = flags & shm::flag_append;
    out.directory = flags & shm::flag_directory;
    out.no_follow = flags & shm::flag_no_follow;
    out.path_only = flags & shm::flag_path_only;
    out.sync = flags & shm::flag_sync;
    out.mode = request.mode & 07777;
    return out;
}

// Who owns a lock: the process (fcntl), or the open itself.
uint64_t owner_of(const Exchange& exchange) {
    bool by_process = exchange.request.arg & shm::lock_process;
    return by_process ? exchange.process->lock_owner()
                      : exchange.request.token & ~Process::process_owner;
}

vfs::LockKind kind_of(const shm::Request& request) {
    return request.arg & shm::lock_exclusive ? vfs::LockKind::write : vfs::LockKind::read;
}

// What the program may answer for itself from now on. No step may lie between this and the moment
// in which what is known was found.
void tell_known(Exchange& exchange, const vfs::OpenFile& file) {
    constexpr size_t most = 64u << 10;  // of a file's data
    exchange.changes.look(exchange.process->files, exchange.process->seen_news);
    if (!exchange.changes.quiet() || exchange.maps.stored_into(file)) return;
    const vfs::OpenFile::Known known = file.known();
    if (known.until <= MonoClock::now()) return;
    shm::Reply& reply = exchange.reply;
    fill(reply.stat, known.attributes);
    reply.flags |= shm::reply_known;
    reply.as_of = exchange.changes.now();
    reply.value2 =
        static_cast<uint64_t>(std::chrono::nanoseconds(known.until.time_since_epoch()).count());
    if (!known.whole || known.whole->size() > most) return;
    reply.flags |= shm::reply_whole;
    reply.data_bytes = static_cast<uint32_t>(known.whole->copy_to(exchange.window()));
}

}  // namespace

Task<> take_position(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    if (std::exchange(token->position_told, true)) co_return;
    if (token->file->type() == vfs::FileType::directory) co_return;
    auto position = static_cast<int64_t>(exchange.request.position);
    co_await token->file->seek(position, vfs::Whence::set);
}

Task<> op_open(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    vfs::OpenFileRef file =
        co_await exchange.process->files->open(at, open_flags(exchange.request));
    TokenRef token = co_await exchange.tokens.enter(std::move(file));
    if (exchange.request.flags & shm::flag_truncate) co_await exchange.maps.resized(*token->file);
    exchange.reply.value = token->id;
    exchange.reply.stat.mode = vfs::type_bits(token->file->type());
    tell_known(exchange, *token->file);
    exchange.process->holds.emplace(token->id, std::move(token));
}

Task<> op_close(Exchange& exchange) {
    auto node = exchange.process->holds.extract(exchange.request.token);
    if (node.empty()) co_await Errc::badf;
    TokenRef token = std::move(node.mapped());
    if (exchange.request.flags & shm::flag_written) token->written = true;
    auto stored = co_await exchange.maps.before_read(*token->file, 0, whole_file).result();
    co_await give_up(std::move(token), exchange.process->lock_owner());
    co_await stored;
}

Task<> op_lock(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    if (exchange.request.arg & shm::lock_process) exchange.tokens.note_locked(*token);
    const Scope& around = co_await this_scope;
    CallOff called_off(exchange, around);
    auto outcome =
        co_await token->file
            ->lock(kind_of(exchange.request), exchange.request.offset, exchange.request.count,
                   owner_of(exchange), exchange.request.arg & shm::lock_wait)
            .within(called_off.scope())
            .result();
    if (!outcome && outcome.error() == Errc::denied) co_await Errc::again;
    co_await outcome;
}

Task<> op_unlock(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    co_await exchange.maps.before_read(*token->file, 0, whole_file);
    const uint64_t owner = owner_of(exchange);
    co_await token->file->unlock(exchange.request.offset, exchange.request.count, owner);
    if (!(exchange.request.arg & shm::lock_process)) co_return;
    // A process's record locks may have come through any of its opens.
    for (TokenRef& each : exchange.tokens.locked(*token->file)) {
        if (each == token || !exchange.process->holds.contains(each->id)) continue;
        co_await each->file->unlock(exchange.request.offset, exchange.request.count, owner);
    }
}

Task<> op_test_lock(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    std::optional<vfs::LockConflict> conflict =
        co_await token->file->test_lock(kind_of(exchange.request), exchange.request.offset,
                                        exchange.request.count, owner_of(exchange));
    if (!conflict) co_return;
    exchange.reply.flags = 1;
    exchange.reply.data_bytes = conflict->kind == vfs::LockKind::write;
    exchange.reply.value = conflict->offset;
    exchange.reply.value2 = conflict->length;
    if (conflict->owner.id & Process::process_owner)
        exchange.reply.stat.nlink = static_cast<uint32_t>(conflict->owner.id);
}

Task<> op_set_append(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    token->file->set_append(exchange.request.arg != 0);
}

Task<> op_fsync(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    co_await exchange.maps.before_read(*token->file, 0, whole_file);
    co_await token->file->fsync(exchange.request.arg != 0);
    co_await tell_late(*token);
}

Task<> op_flush(Exchange& exchange) {
    // Stores into mappings first: they make their opens written.
    for (const Mappings maps = exchange.process->maps; auto& [id, mapping] : maps)
        if (mapping->writable) co_await MappedFiles::sync(*mapping, 0, whole_file, true);
    std::vector<TokenRef> written;
    for (auto& [id, token] : exchange.process->holds)
        if (token->written) written.push_back(token);
    Result<> first;
    for (auto& token : written) {
        auto outcome = co_await token->file->flush().result();
        if (!outcome && first) first = outcome;
    }
    co_await first;
}

}  // namespace strait::preload
