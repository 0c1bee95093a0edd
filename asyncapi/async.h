// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Async<T>: one operation of a Context. Nothing happens before it is awaited (in any C++20
// coroutine, or by Context::run); it is awaited once, on the Context's thread. Dropping it calls
// the operation off. C++20.

#include <chrono>
#include <coroutine>
#include <memory>

#include "asyncapi/outcome.h"

namespace strait {

namespace detail {

// What runs behind an Async. Lives until the operation has ended, even when its Async is gone.
class Pending {
  public:
    virtual void start(std::coroutine_handle<> resume) noexcept = 0;
    virtual void cancel() noexcept = 0;
    virtual void limit(std::chrono::steady_clock::time_point deadline) noexcept = 0;
    virtual void abandon() noexcept = 0;

  protected:
    ~Pending() = default;
};

template <class T>
class PendingOf : public Pending {
  public:
    std::optional<Outcome<T>> outcome;

  protected:
    ~PendingOf() = default;
};

struct Abandon {
    void operator()(Pending* pending) const noexcept { pending->abandon(); }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Async {
  public:
    explicit Async(detail::PendingOf<T>* pending) : pending_(pending) {}

    // The operation fails with ETIMEDOUT at the deadline. To be said before it is awaited.
    Async&& within(std::chrono::nanoseconds timeout) && {
        pending_->limit(std::chrono::steady_clock::now() + timeout);
        return std::move(*this);
    }
    // Ends the wait with ECANCELED, soon; what had reached the server may have been done.
    void cancel() { pending_->cancel(); }

    bool await_ready() const noexcept { return pending_->outcome.has_value(); }
    void await_suspend(std::coroutine_handle<> resume) noexcept { pending_->start(resume); }
    Outcome<T> await_resume() { return std::move(*pending_->outcome); }

  private:
    std::unique_ptr<detail::PendingOf<T>, detail::Abandon> pending_;
};

}  // namespace strait
