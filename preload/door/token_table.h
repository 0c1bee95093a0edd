// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Open files as programs name them: by a random number, which any program of the user that received
// the descriptor may present. A token lives while a process, or a ticket of a fork, holds it.

#include <string>
#include <unordered_map>
#include <vector>

#include "base/sync.h"
#include "vfs/filesystem.h"

namespace strait::preload {

class TokenTable;

struct Token final : RefCounted {
    Token(TokenTable& owner, uint64_t number, vfs::OpenFileRef opened) noexcept
        : table(&owner), id(number), file(std::move(opened)) {}
    ~Token() override;
    TokenTable* table;
    const uint64_t id;
    vfs::OpenFileRef file;
    uint64_t cookie = 0;  // where getdents64 goes on
    bool written = false;
    bool position_told = false;  // by the program that kept it while it answered for itself
    bool locked = false;         // some process owns a record lock through it
    // Of stores into a mapping, met where munmap had nobody to tell: the next fsync, msync or
    // close.
    Error late{Errc::ok};
    Event adopted;  // some process has taken it from a descriptor it was sent
};
using TokenRef = Ref<Token>;
// What one holder holds, each once.
using Holding = std::unordered_map<uint64_t, TokenRef>;

class TokenTable {
  public:
    // Errc::io: the system has no random numbers.
    Result<TokenRef> enter(vfs::OpenFileRef file);
    TokenRef find(uint64_t id) const;
    size_t size() const noexcept { return tokens_.size(); }
    // Some process has a record lock through it from now on.
    void note_locked(Token& token);
    // All such of the same file.
    std::vector<TokenRef> locked(const vfs::OpenFile& file) const;

  private:
    friend struct Token;
    std::unordered_map<uint64_t, Token*> tokens_;
    std::unordered_multimap<std::string, Token*> locked_;  // by the file's identity
};

// Leaves with token.late, once.
Task<> tell_late(Token& token);
// Gives a token up: writes back, and closes the file when nobody else holds it. `owner`: whose
// record locks on the file end, as POSIX says of any close.
Task<> give_up(TokenRef token, uint64_t owner);
// Gives up all; the first error of write-back leaves at the end.
Task<> give_up_all(Holding holding, uint64_t owner);

}  // namespace strait::preload
