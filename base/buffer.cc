// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/buffer.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <new>
#include <vector>

namespace strait {

namespace {

std::atomic<uint64_t> copied_total{0};

constexpr size_t smallest_shift = 9;  // 512 B
constexpr size_t largest_shift = 21;  // 2 MiB: the largest I/O size plus its message head
// What one thread keeps for reuse: about what a writer has uncommitted, for fresh pages cost more
// than the copy into them.
constexpr size_t most_kept_bytes = 48u << 20;

// Blocks of one power of two, header in front. Kept on the freeing thread's list for reuse.
class PoolBlock final : public Block {
  public:
    PoolBlock(std::byte* data, size_t capacity) : Block(data, capacity) {}
    void last_ref_gone() noexcept override;
    bool keepable() const noexcept override { return true; }
    static PoolBlock* make(size_t capacity) {
        void* room = ::operator new(sizeof(PoolBlock) + capacity, std::align_val_t{64});
        return new (room) PoolBlock(static_cast<std::byte*>(room) + sizeof(PoolBlock), capacity);
    }
    static void destroy(PoolBlock* block) noexcept {
        block->~PoolBlock();
        ::operator delete(static_cast<void*>(block), std::align_val_t{64});
    }
};

struct ThreadPool {
    std::array<std::vector<PoolBlock*>, largest_shift + 1> free;
    size_t kept_bytes = 0;
    ~ThreadPool();
};
thread_local bool pool_gone = false;
thread_local ThreadPool pool;

ThreadPool::~ThreadPool() {
    pool_gone = true;
    for (auto& list : free)
        for (auto* block : list) PoolBlock::destroy(block);
}

size_t shift_of(size_t size) {
    size_t shift = std::bit_width(size > 1 ? size - 1 : size_t{1});
    return shift < smallest_shift ? smallest_shift : shift;
}

void PoolBlock::last_ref_gone() noexcept {
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
    size_t shift = shift_of(capacity());
    if (!pool_gone && shift <= largest_shift) {
        if (pool.kept_bytes + capacity() <= most_kept_bytes) {
            pool.free[shift].push_back(this);
            pool.kept_bytes += capacity();
            return;
        }
    }
#endif
    destroy(this);
}

}  // namespace

Buffer Buffer::allocate(size_t size) {
    size_t shift = shift_of(size);
    PoolBlock* block = nullptr;
    if (shift <= largest_shift) {
        auto& list = pool.free[shift];
        if (!list.empty()) {
            block = list.back();
            list.pop_back();
            pool.kept_bytes -= block->capacity();
        } else {
            block = PoolBlock::make(size_t{1} << shift);
        }
    } else {
        block = PoolBlock::make(size);
    }
    return Buffer(Ref<Block>(block), block->data(), size);
}

Buffer Buffer::copy_of(Bytes bytes) {
    Buffer made = allocate(bytes.size());
    if (!bytes.empty()) std::memcpy(made.data(), bytes.data(), bytes.size());
    count_copied(bytes.size());
    return made;
}

Buffer Buffer::slice(size_t offset, size_t size) const {
    assert(offset <= size_ && size <= size_ - offset);
    return Buffer(block_, data_ + offset, size);
}

void Buffer::trim_front(size_t count) {
    assert(count <= size_);
    data_ += count;
    size_ -= count;
}

void Buffer::trim_to(size_t size) {
    assert(size <= size_);
    size_ = size;
}

void BufferChain::append(BufferChain more) {
    for (auto& part : more.parts_) append(std::move(part));
}

BufferChain BufferChain::slice(size_t offset, size_t size) const {
    assert(offset <= size_ && size <= size_ - offset);
    BufferChain made;
    for (auto& part : parts_) {
        if (size == 0) break;
        if (offset >= part.size()) {
            offset -= part.size();
            continue;
        }
        size_t here = std::min(size, part.size() - offset);
        made.append(part.slice(offset, here));
        size -= here;
        offset = 0;
    }
    return made;
}

size_t BufferChain::copy_to(MutableBytes out, size_t offset) const {
    size_t done = 0;
    for (auto& part : parts_) {
        if (offset >= part.size()) {
            offset -= part.size();
            continue;
        }
        size_t here = std::min(out.size() - done, part.size() - offset);
        if (here == 0) break;
        std::memcpy(out.data() + done, part.data() + offset, here);
        done += here;
        offset = 0;
    }
    count_copied(done);
    return done;
}

Buffer BufferChain::flatten() const {
    if (parts_.empty()) return {};
    if (parts_.size() == 1) return parts_[0];
    Buffer whole = Buffer::allocate(size_);
    copy_to(whole.writable());
    return whole;
}

uint64_t copied_bytes() noexcept { return copied_total.load(std::memory_order_relaxed); }
void count_copied(size_t bytes) noexcept {
    copied_total.fetch_add(bytes, std::memory_order_relaxed);
}

}  // namespace strait
