// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The blocks that io_uring receives into: one ring of provided buffers for all sockets of a core.
// Where the kernel can (6.12), it fills a block piece by piece and several slices share it; else
// each completion takes a block.
//
// A block belongs to the kernel (in the ring) and to the slices cut from it. The last slice may go
// on any thread and after the reactor: a returned block waits on a lock-free list until its core
// takes it back. The ring holds few blocks, and is filled up with the ones used last: bytes come
// into memory that is still in the processor's cache.

#include <liburing.h>

#include <atomic>
#include <memory>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"

namespace strait::reactor {

class UringPool final : public RefCounted {
  public:
    static constexpr uint16_t group = 0;

    static Result<Ref<UringPool>> create(io_uring& ring, size_t most_bytes);
    // Takes the blocks back from the kernel, which no longer uses them (the ring is gone).
    void detach() noexcept;

    // Blocks that the kernel may fill. Grows the pool when there is none and the limit permits.
    bool has_room();
    // The slice a completion with IORING_CQE_F_BUFFER is about.
    Buffer take(uint32_t flags, size_t size);
    // Takes returned blocks back and fills the ring up.
    void recycle() noexcept;

  private:
    class PoolBlock;
    friend class PoolBlock;
    UringPool() = default;
    ~UringPool() override;
    bool grow();
    void fill_ring() noexcept;
    void provide(PoolBlock& block) noexcept;
    void returned(PoolBlock& block) noexcept;

    io_uring_buf_ring* ring_ = nullptr;
    size_t ring_bytes_ = 0;
    size_t block_bytes_ = 0;
    size_t most_blocks_ = 0;
    size_t in_ring_ = 0;
    std::vector<std::unique_ptr<PoolBlock>> blocks_;  // by buffer id
    std::vector<PoolBlock*> spare_;                   // the one used last is the last
    std::atomic<PoolBlock*> returned_{nullptr};
};

}  // namespace strait::reactor
