// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Reads of one open file from the server: large ones split and parallel, sequential ones with
// readahead in flight. What was read ahead is dropped when our own writes touch the file, and when
// it has waited too long to be believed.

#include <deque>

#include "base/sync.h"
#include "vfs/mount.h"
#include "vfs/pacing.h"

namespace strait::vfs {

class OpenRegular;

class ReadStream {
  public:
    explicit ReadStream(OpenRegular& file) : file_(file) {}

    // Fewer bytes only at the end of the file.
    Task<BufferChain> read(uint64_t offset, size_t count);
    // [.., end) was read without us: a read that goes on there is sequential.
    void passed(uint64_t end);
    void drop();

  private:
    struct Piece final : RefCounted {
        uint64_t offset = 0;
        uint32_t count = 0;
        MonoTime started{};
        Duration took{};  // once done
        Event done;
        Result<Read::Result> outcome = fail(Errc::io);
        MountRef mount;  // before what is of it
        KeptReads::Share share;
        uint64_t end() const { return offset + count; }
    };
    using PieceRef = Ref<Piece>;

    Task<BufferChain> read_sequential(uint64_t offset, size_t count);
    Task<BufferChain> read_scattered(uint64_t offset, size_t count);
    Task<BufferChain> read_once(uint64_t offset, size_t count);
    // Moves what piece has for [at, at+want) to `got`; false when the reading ends with it.
    Result<bool> consume(Piece& piece, uint64_t at, size_t want, BufferChain& got);
    PieceRef start(uint64_t offset, uint32_t count);
    static Task<> fetch(Ref<OpenRegular> file, PieceRef piece);
    void claim(std::deque<PieceRef>& mine, uint64_t at, uint64_t end, uint64_t limit);
    void schedule_ahead(uint64_t at, size_t want);
    void forget_before(uint64_t at);
    void skip_to(uint64_t at);
    bool at_known_end(uint64_t offset) const;
    uint32_t chunk() const;
    uint64_t most_ahead(size_t count) const;

    OpenRegular& file_;
    std::deque<PieceRef> pieces_;  // adjacent, ascending
    uint64_t version_ = 0;         // of the file's data that pieces_ are of
    uint64_t next_ = 0;
    uint64_t window_ = 0;
    Pacing pacing_;
    uint64_t end_ = 0;  // where the server said that the file ends ...
    MonoTime end_until_{};
};

}  // namespace strait::vfs
