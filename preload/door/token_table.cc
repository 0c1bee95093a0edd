// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/token_table.h"

#include "base/log.h"
#include "base/sync.h"
#include "preload/door/random_id.h"

namespace strait::preload {

Token::~Token() {
    table->tokens_.erase(id);
    if (locked) std::erase_if(table->locked_, [this](auto& entry) { return entry.second == this; });
}

void TokenTable::note_locked(Token& token) {
    if (!std::exchange(token.locked, true)) locked_.emplace(token.file->identity(), &token);
}

std::vector<TokenRef> TokenTable::locked(const vfs::OpenFile& file) const {
    std::vector<TokenRef> found;
    if (locked_.empty()) return found;
    auto [begin, end] = locked_.equal_range(file.identity());
    for (; begin != end; ++begin) found.emplace_back(begin->second);
    return found;
}

Result<TokenRef> TokenTable::enter(vfs::OpenFileRef file) {
    Result<uint64_t> id = random_id(tokens_);
    if (!id) return fail(id.error());
    auto token = make_ref<Token>(*this, *id, std::move(file));
    tokens_.emplace(*id, token.get());
    return token;
}

TokenRef TokenTable::find(uint64_t id) const {
    auto at = tokens_.find(id);
    return at == tokens_.end() ? TokenRef() : TokenRef(at->second);
}

Task<> tell_late(Token& token) {
    Error late = std::exchange(token.late, Errc::ok);
    if (late.code != Errc::ok) co_await late;
}

Task<> give_up(TokenRef token, uint64_t owner) {
    Result<> outcome;
    // POSIX: with any close of a file all record locks of the process on it end.
    std::vector<TokenRef> locked;
    if (owner) locked = token->table->locked(*token->file);
    for (TokenRef& each : locked) {
        auto unlocked = co_await each->file->unlock(0, vfs::lock_to_end, owner).result();
        if (!unlocked) log_debug("unlock at close: {}", errc_text(unlocked.error().code));
    }
    locked.clear();
    if (token->ref_count() > 1) {
        if (token->written) outcome = co_await token->file->flush().result();
    } else {
        outcome = co_await token->file->close().result();
    }
    co_await outcome;
    co_await tell_late(*token);
}

namespace {

Task<> give_up_rest(Holding& holding, uint64_t owner, Result<>& first) {
    while (!holding.empty()) {
        auto node = holding.extract(holding.begin());
        auto outcome = co_await give_up(std::move(node.mapped()), owner).result();
        if (!outcome && first) first = outcome;
    }
}

}  // namespace

Task<> give_up_all(Holding holding, uint64_t owner) {
    constexpr size_t at_once = 16;
    static constexpr Scope to_the_end{};
    Result<> first;
    Nursery nursery;
    for (size_t i = 0; i < at_once && !holding.empty(); ++i)
        nursery.spawn(give_up_rest(holding, owner, first));
    co_await nursery.close().within(to_the_end);
    co_await first;
}

}  // namespace strait::preload
