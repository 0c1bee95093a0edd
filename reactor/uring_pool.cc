// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/uring_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>

namespace strait::reactor {

namespace {

// Newer than Debian 12's headers.
constexpr uint16_t pbuf_ring_incremental = 2;  // IOU_PBUF_RING_INC, Linux 6.12
constexpr uint32_t cqe_buffer_more = 1u << 4;  // IORING_CQE_F_BUF_MORE

constexpr size_t shared_block_bytes = 256u << 10;
constexpr size_t single_block_bytes = 32u << 10;  // a completion takes it whole
constexpr size_t first_blocks = 4;
constexpr size_t most_in_ring_bytes = 1u << 20;
constexpr unsigned ring_entries = 1024;

void* map_memory(size_t bytes) {
    void* room = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return room == MAP_FAILED ? nullptr : room;
}

}  // namespace

class UringPool::PoolBlock final : public Block {
  public:
    PoolBlock(UringPool& pool, uint16_t id, std::byte* data, size_t capacity)
        : Block(data, capacity), pool_(pool), id_(id) {}
    ~PoolBlock() override { ::munmap(data_, capacity_); }
    void last_ref_gone() noexcept override { pool_.returned(*this); }

    UringPool& pool_;
    uint16_t id_;
    size_t used_ = 0;
    bool in_ring_ = false;
    PoolBlock* next_returned_ = nullptr;
};

Result<Ref<UringPool>> UringPool::create(io_uring& ring, size_t most_bytes) {
    Ref<UringPool> pool(new UringPool);
    pool->ring_bytes_ = ring_entries * sizeof(io_uring_buf);
    void* room = map_memory(pool->ring_bytes_);
    if (!room) return fail(Errc::nomem);
    pool->ring_ = static_cast<io_uring_buf_ring*>(room);
    io_uring_buf_ring_init(pool->ring_);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<uint64_t>(room);
    registration.ring_entries = ring_entries;
    registration.bgid = group;
    registration.pad = pbuf_ring_incremental;  // named `flags` since
    pool->block_bytes_ = shared_block_bytes;
    int refused = io_uring_register_buf_ring(&ring, &registration, 0);
    if (refused == -EINVAL) {
        registration.pad = 0;
        pool->block_bytes_ = single_block_bytes;
        refused = io_uring_register_buf_ring(&ring, &registration, 0);
    }
    if (refused < 0) return fail_errno(-refused);
    pool->most_blocks_ = std::clamp<size_t>(most_bytes / pool->block_bytes_, 1, ring_entries);
    return pool;
}

UringPool::~UringPool() {
    assert(in_ring_ == 0);
    if (ring_) ::munmap(ring_, ring_bytes_);
}

bool UringPool::grow() {
    size_t target =
        std::min(most_blocks_, std::max(first_blocks, blocks_.size() + blocks_.size() / 2));
    while (blocks_.size() < target) {
        void* room = map_memory(block_bytes_);
        if (!room) break;
        auto id = static_cast<uint16_t>(blocks_.size());
        blocks_.push_back(
            std::make_unique<PoolBlock>(*this, id, static_cast<std::byte*>(room), block_bytes_));
        spare_.reserve(blocks_.size());
        spare_.push_back(blocks_.back().get());
    }
    fill_ring();
    return in_ring_ > 0;
}

void UringPool::fill_ring() noexcept {
    while (!spare_.empty() && in_ring_ * block_bytes_ < most_in_ring_bytes) {
        PoolBlock* block = spare_.back();
        spare_.pop_back();
        provide(*block);
    }
}

bool UringPool::has_room() {
    if (in_ring_ == 0) recycle();
    return in_ring_ > 0 || grow();
}

void UringPool::provide(PoolBlock& block) noexcept {
    block.used_ = 0;
    block.in_ring_ = true;
    block.add_ref();  // the kernel's
    add_ref();        // until it is returned
    in_ring_++;
    io_uring_buf_ring_add(ring_, block.data(), static_cast<unsigned>(block.capacity()), block.id_,
                          io_uring_buf_ring_mask(ring_entries), 0);
    io_uring_buf_ring_advance(ring_, 1);
}

Buffer UringPool::take(uint32_t flags, size_t size) {
    PoolBlock& block = *blocks_[flags >> IORING_CQE_BUFFER_SHIFT];
    assert(block.in_ring_ && size <= block.capacity() - block.used_);
    Buffer came(Ref<Block>(&block), block.data() + block.used_, size);
    block.used_ += size;
    if (!(flags & cqe_buffer_more)) {
        block.in_ring_ = false;
        in_ring_--;
        block.drop_ref();
    }
    return came;
}

void UringPool::returned(PoolBlock& block) noexcept {
    PoolBlock* head = returned_.load(std::memory_order_relaxed);
    do {
        block.next_returned_ = head;
    } while (!returned_.compare_exchange_weak(head, &block, std::memory_order_release,
                                              std::memory_order_relaxed));
    drop_ref();  // may end the pool and the block with it
}

void UringPool::recycle() noexcept {
    PoolBlock* block = returned_.load(std::memory_order_relaxed);
    if (block) block = returned_.exchange(nullptr, std::memory_order_acquire);
    // The list has the last one first.
    auto middle = static_cast<ptrdiff_t>(spare_.size());
    for (; block; block = block->next_returned_) spare_.push_back(block);
    std::reverse(spare_.begin() + middle, spare_.end());
    fill_ring();
}

void UringPool::detach() noexcept {
    for (auto& block : blocks_) {
        if (!block->in_ring_) continue;
        block->in_ring_ = false;
        in_ring_--;
        block->drop_ref();
    }
}

}  // namespace strait::reactor
