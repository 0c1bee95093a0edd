// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/stat_habit.h"

namespace strait::vfs {

namespace {
constexpr size_t most_rows = 1024;
constexpr uint32_t most_chunks = 32;
// After a listing that was worth it, the first question to another directory lists it, too.
constexpr Duration eager_span = 1s;
}  // namespace

StatHabit::Row& StatHabit::row(std::string_view directory) {
    MonoTime now = MonoClock::now();
    auto [at, made] = rows_.try_emplace(std::string(directory));
    if (made && rows_.size() > most_rows) {
        rows_.clear();
        at = rows_.try_emplace(std::string(directory)).first;
        made = true;
    }
    Row& found = at->second;
    if (made || (now - found.since >= span_ && !found.under_way)) found = Row{.since = now};
    return found;
}

std::optional<StatHabit::From> StatHabit::begin(std::string_view directory) {
    if (span_ == Duration{}) return std::nullopt;
    Row& it = row(directory);
    if (it.under_way || it.ended || it.chunks >= most_chunks) return std::nullopt;
    if (it.asked == 0 && MonoClock::now() >= eager_until_) return std::nullopt;
    it.under_way = true;
    return it.next;
}

void StatHabit::listed(std::string_view directory, const ReadDir::Result* chunk) {
    Row& it = row(directory);
    it.under_way = false;
    it.asked++;
    if (chunk && !chunk->entries.empty()) {
        it.chunks++;
        it.next = {chunk->entries.back().cookie, chunk->verifier};
        it.ended = chunk->eof;
        last_listed_ = directory;
        proving_ = true;
    } else {
        it.ended = true;
    }
}

void StatHabit::asked(std::string_view directory) {
    if (span_ != Duration{}) row(directory).asked++;
}

void StatHabit::known(std::string_view directory) {
    if (!proving_ || directory != last_listed_) return;
    proving_ = false;
    eager_until_ = MonoClock::now() + eager_span;
}

}  // namespace strait::vfs
