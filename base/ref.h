// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Intrusive reference counting. Counts are atomic: references may cross cores, the objects say
// themselves what else may.

#include <atomic>
#include <cstdint>
#include <utility>

namespace strait {

class RefCounted {
  public:
    RefCounted() = default;
    RefCounted(const RefCounted&) = delete;
    RefCounted& operator=(const RefCounted&) = delete;

    void add_ref() const noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
    void drop_ref() const noexcept {
        if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            const_cast<RefCounted*>(this)->last_ref_gone();
    }
    // A reference from a weak table: false when the last one is gone already. The caller keeps the
    // memory alive meanwhile (last_ref_gone() takes the table's lock first).
    bool try_add_ref() const noexcept {
        uint32_t count = count_.load(std::memory_order_relaxed);
        while (count != 0 &&
               !count_.compare_exchange_weak(count, count + 1, std::memory_order_acq_rel)) {
        }
        return count != 0;
    }
    uint32_t ref_count() const noexcept { return count_.load(std::memory_order_acquire); }

  protected:
    virtual ~RefCounted() = default;
    virtual void last_ref_gone() noexcept { delete this; }

  private:
    mutable std::atomic<uint32_t> count_{0};
};

template <class T>
class Ref {
  public:
    Ref() = default;
    Ref(std::nullptr_t) {}  // NOLINT
    explicit Ref(T* object) noexcept : object_(object) {
        if (object_) object_->add_ref();
    }
    Ref(const Ref& other) noexcept : Ref(other.object_) {}
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Ref(const Ref<U>& other) noexcept : Ref(other.get()) {}  // NOLINT
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Ref(Ref<U>&& other) noexcept : object_(other.detach()) {}  // NOLINT
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() {
        if (object_) object_->drop_ref();
    }

    T* get() const noexcept { return object_; }
    T* operator->() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    // Gives the reference away without dropping it.
    T* detach() noexcept { return std::exchange(object_, nullptr); }
    friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

  private:
    T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make_ref(Args&&... args) {
    return Ref<T>(new T(std::forward<Args>(args)...));
}

}  // namespace strait
