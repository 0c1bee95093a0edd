// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Co<T>: a plain lazy coroutine, for programs that have no coroutine type of their own. It may
// await Async, other Co, and whatever else is awaitable. C++20. g++ 12 miscompiles coroutines: with
// it, let co_await initialise a variable and stand in no condition.

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace strait {

template <class T = void>
class Co;

namespace detail {

struct CoFinal {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
        return self.promise().continuation;
    }
    void await_resume() const noexcept {}
};

struct CoPromiseBase {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::suspend_always initial_suspend() const noexcept { return {}; }
    CoFinal final_suspend() const noexcept { return {}; }
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

template <class T>
struct CoPromise : CoPromiseBase {
    std::optional<T> value;
    Co<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& made) {
        value.emplace(std::forward<U>(made));
    }
    T take() { return std::move(*value); }
};

template <>
struct CoPromise<void> : CoPromiseBase {
    Co<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const noexcept {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Co {
  public:
    using promise_type = detail::CoPromise<T>;
    explicit Co(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
    Co(Co&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Co& operator=(Co&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Co() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        handle_.promise().continuation = awaiting;
        return handle_;
    }
    T await_resume() { return handle_.promise().take(); }

    // For loops: start it, drive the Context until done(), then take().
    void start() { handle_.resume(); }
    bool done() const noexcept { return handle_.done(); }
    T take() { return handle_.promise().take(); }

  private:
    std::coroutine_handle<promise_type> handle_;
};

namespace detail {
template <class T>
Co<T> CoPromise<T>::get_return_object() noexcept {
    return Co<T>(std::coroutine_handle<CoPromise>::from_promise(*this));
}
inline Co<void> CoPromise<void>::get_return_object() noexcept {
    return Co<void>(std::coroutine_handle<CoPromise>::from_promise(*this));
}
}  // namespace detail

}  // namespace strait
