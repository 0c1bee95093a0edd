// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One request as its handler sees it: a checked private copy, and where the answer goes. Nothing of
// the request is read from shared memory twice.

#include <string>

#include "preload/door/changes.h"
#include "preload/door/mapped_files.h"
#include "preload/door/process.h"

namespace strait::preload {

struct Exchange {
    Exchange(ProcessRef caller, TokenTable& table, MappedFiles& mapped, Changes& all_changes,
             size_t slot_number);

    // Errc::inval when the copy does not hold together.
    Result<> check() const;
    // The open that the request, or its second place, names. Errc::badf.
    Result<TokenRef> token() const { return held(request.token); }
    Result<TokenRef> token2() const { return held(request.token2); }
    // The first place; Errc::badf when its directory is not known. The Exchange outlives its use.
    Result<vfs::At> at();
    Result<vfs::At> at2();
    // A lock that may be held by others for long; it can be called off.
    bool may_wait() const noexcept {
        return request.op == static_cast<uint16_t>(shm::Op::lock) &&
               (request.arg & shm::lock_wait) != 0;
    }
    bool has_path() const noexcept { return request.path_bytes != 0 || request.token == 0; }

    MutableBytes window() noexcept;
    // What the program put into the window.
    Bytes sent() noexcept { return Bytes(window()).first(request.data_bytes); }
    // Answers with bytes; Errc::range when they are more than the window holds.
    Result<> answer(Bytes bytes) noexcept;
    Result<> answer(std::string_view text) noexcept { return answer(as_bytes(text)); }
    // Writes the reply and wakes the program.
    void finish(Error error) noexcept;

    ProcessRef process;
    TokenTable& tokens;
    MappedFiles& maps;
    Changes& changes;
    Ref<RingMemory> memory;
    const size_t slot;
    shm::Request request;
    std::string path, path2;
    std::string leads_out;
    shm::Reply reply{};

  private:
    Result<TokenRef> held(uint64_t id) const;
    // Where a path starts; kept, for the program may give it up meanwhile.
    struct Start {
        TokenRef token;
        vfs::OpenFileRef cwd;
    };
    Result<vfs::At> place(uint64_t token, const std::string& text, bool follow, bool from_cwd,
                          Start& start);
    void begin_at_cwd(vfs::At& at, Start& start) const;
    Start start_, start2_;
};

// For the wait of an Exchange: its own end, or the program's word that it is no longer wanted.
class CallOff final : private StopCallback {
  public:
    CallOff(Exchange& exchange, const Scope& around);
    ~CallOff() override;
    const Scope& scope() const noexcept { return scope_; }

  private:
    void on_stop(Errc reason) noexcept override { source_.request_stop(reason); }
    StopSource*& entry_;
    StopSource source_;
    Scope scope_;
};

// The position that the program kept, where it comes with the request.
Task<> take_position(Exchange& exchange);

// What the program's stat structures need, from what the file system told.
void fill(shm::Stat& out, const vfs::Attributes& from) noexcept;
void fill(shm::StatFs& out, const vfs::Attributes& from) noexcept;

}  // namespace strait::preload
