// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A vector with inline room for the first N elements: no allocation for the usual handful.

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>

namespace strait {

template <class T, size_t N>
class SmallVector {
  public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;

    SmallVector() = default;
    SmallVector(std::initializer_list<T> items) {
        for (auto& item : items) push_back(item);
    }
    SmallVector(const SmallVector& other) {
        reserve(other.size_);
        for (auto& item : other) push_back(item);
    }
    SmallVector(SmallVector&& other) noexcept { take(other); }
    SmallVector& operator=(const SmallVector& other) {
        if (this != &other) *this = SmallVector(other);
        return *this;
    }
    SmallVector& operator=(SmallVector&& other) noexcept {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    ~SmallVector() { release(); }

    T* data() noexcept { return data_; }
    const T* data() const noexcept { return data_; }
    size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    T* begin() noexcept { return data_; }
    T* end() noexcept { return data_ + size_; }
    const T* begin() const noexcept { return data_; }
    const T* end() const noexcept { return data_ + size_; }
    T& operator[](size_t i) noexcept { return data_[i]; }
    const T& operator[](size_t i) const noexcept { return data_[i]; }
    T& front() noexcept { return data_[0]; }
    T& back() noexcept { return data_[size_ - 1]; }
    const T& back() const noexcept { return data_[size_ - 1]; }

    template <class... Args>
    T& emplace_back(Args&&... args) {
        if (size_ == capacity_) {
            // The argument may live inside this vector: build before the old room goes.
            T made(std::forward<Args>(args)...);
            reserve(capacity_ * 2);
            return *std::construct_at(data_ + size_++, std::move(made));
        }
        return *std::construct_at(data_ + size_++, std::forward<Args>(args)...);
    }
    void push_back(const T& item) { emplace_back(item); }
    void push_back(T&& item) { emplace_back(std::move(item)); }
    void pop_back() noexcept { std::destroy_at(data_ + --size_); }
    void clear() noexcept {
        std::destroy_n(data_, size_);
        size_ = 0;
    }
    void reserve(size_t wanted) {
        if (wanted <= capacity_) return;
        T* room = std::allocator<T>().allocate(wanted);
        for (size_t i = 0; i < size_; i++) {
            std::construct_at(room + i, std::move(data_[i]));
            std::destroy_at(data_ + i);
        }
        if (!is_inline()) std::allocator<T>().deallocate(data_, capacity_);
        data_ = room;
        capacity_ = wanted;
    }

  private:
    bool is_inline() const noexcept { return static_cast<const void*>(data_) == room_; }
    T* inline_room() noexcept { return std::launder(reinterpret_cast<T*>(room_)); }
    void release() noexcept {
        clear();
        if (!is_inline()) std::allocator<T>().deallocate(data_, capacity_);
        data_ = inline_room();
        capacity_ = N;
    }
    void take(SmallVector& other) noexcept {
        if (other.is_inline()) {
            for (auto& item : other) std::construct_at(data_ + size_++, std::move(item));
            other.clear();
        } else {
            data_ = std::exchange(other.data_, other.inline_room());
            size_ = std::exchange(other.size_, 0);
            capacity_ = std::exchange(other.capacity_, N);
        }
    }

    alignas(T) std::byte room_[sizeof(T) * N];
    T* data_ = reinterpret_cast<T*>(room_);
    size_t size_ = 0;
    size_t capacity_ = N;
};

}  // namespace strait
