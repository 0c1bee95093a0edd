// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Notices when programs ask for one name of a directory after the other (git status, make, python's
// import): then the next question brings a part of the directory's listing with it, and the names
// that follow need not be asked for. A directory is listed once in a while at most, as long as what
// is learnt is believed, and a large one to a bound.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "vfs/compound.h"

namespace strait::vfs {

class StatHabit {
  public:
    // `span`: how long a listing's attributes are believed; zero: nothing is ever listed.
    explicit StatHabit(Duration span) : span_(span) {}

    // A name of this directory is about to be asked for: where its listing should begin, or none.
    struct From {
        uint64_t cookie = 0;
        uint64_t verifier = 0;
    };
    std::optional<From> begin(std::string_view directory);
    // What came of begin(): a listing, or none (it may not be listed).
    void listed(std::string_view directory, const ReadDir::Result* chunk);
    // A name was asked for by itself, and was there.
    void asked(std::string_view directory);
    // A name of this directory was known: it was worth listing.
    void known(std::string_view directory);

  private:
    struct Row {
        MonoTime since{};
        uint32_t asked = 0;
        uint32_t chunks = 0;
        bool under_way = false;
        bool ended = false;  // complete, or refused
        From next;
    };
    Row& row(std::string_view directory);

    const Duration span_;
    std::unordered_map<std::string, Row> rows_;
    std::string last_listed_;  // not known yet to have been worth it
    bool proving_ = false;
    MonoTime eager_until_{};
};

}  // namespace strait::vfs
