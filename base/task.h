// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Task<T>: a lazy coroutine with one owner, whose outcome is a Result<T>.
//
//   T value = co_await step();             // an Error of step() leaves this coroutine here, as its
//   own outcome Result<T> r = co_await step().result();  // the outcome as a value, errors included
//   co_await some_result;                  // a Result<U> in hand: unwrap it, or leave with its
//   Error co_await Error(Errc::noent);           // leave (the way to fail in a Task<void>;
//   elsewhere `co_return Errc::noent`) const Scope& s = co_await this_scope;  // deadline and stop
//   source that the caller gave
//
// Invariants: a coroutine that an error leaves is never resumed; its locals are destroyed,
// innermost coroutine first, when the nearest ancestor that asked for .result() goes on. Frames
// come from the thread's frame pool. Exceptions end the process.

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/frame_pool.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/time.h"

namespace strait {

// What travels down with every await: until when to try, and who may call it off. The owner
// outlives the task.
struct Scope {
    MonoTime deadline = never;
    StopSource* stop = nullptr;
};
inline constexpr Scope no_scope{};

struct ThisScope {};
inline constexpr ThisScope this_scope{};

template <class T>
class Task;

namespace detail {

struct PromiseBase {
    const Scope* scope = &no_scope;
    PromiseBase* parent = nullptr;  // the Task awaiting us that an error passes through; else null
    std::coroutine_handle<> continuation = std::noop_coroutine();
    Error error{Errc::ok};

    bool failed() const noexcept { return error.code != Errc::ok; }
    // Whom to resume now that this coroutine has ended: our awaiter, or, with an error, the first
    // ancestor that takes it.
    std::coroutine_handle<> finish() noexcept {
        PromiseBase* at = this;
        while (at->failed() && at->parent) {
            at->parent->error = at->error;
            at = at->parent;
        }
        return at->continuation;
    }

    static void* operator new(size_t size) { return allocate_frame(size); }
    static void operator delete(void* frame, size_t size) noexcept { free_frame(frame, size); }

    std::suspend_always initial_suspend() const noexcept { return {}; }
    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
            return self.promise().finish();
        }
        void await_resume() const noexcept {}
    };
    FinalAwaiter final_suspend() const noexcept { return {}; }
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

template <class T>
struct Promise;

// co_await of a Result or Error: go on with the value, or leave.
template <class T>
struct ResultAwaiter {
    Result<T> result;
    bool await_ready() const noexcept { return result.has_value(); }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
        self.promise().error = result.error();
        return self.promise().finish();
    }
    T await_resume() {
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }
};

struct ScopeAwaiter {
    const Scope* scope = nullptr;
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
        scope = self.promise().scope;
        return false;
    }
    const Scope& await_resume() const noexcept { return *scope; }
};

template <class T, bool as_result>
struct TaskAwaiter {
    Task<T> task;
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> awaiting) noexcept {
        auto& mine = task.handle_.promise();
        mine.continuation = awaiting;
        if constexpr (std::is_base_of_v<PromiseBase, P>) {
            if (mine.scope == &no_scope) mine.scope = awaiting.promise().scope;
            if constexpr (!as_result) mine.parent = &awaiting.promise();
        }
        return task.handle_;
    }
    auto await_resume() {
        auto& mine = task.handle_.promise();
        if constexpr (as_result) {
            return mine.take();
        } else if constexpr (!std::is_void_v<T>) {
            return std::move(*mine.value);
        }
    }
};

struct Awaits {
    template <class T>
    auto await_transform(Task<T>&& task) noexcept {
        return TaskAwaiter<T, false>{std::move(task)};
    }
    template <class T>
    auto await_transform(TaskAwaiter<T, true>&& awaiter) noexcept {
        return std::move(awaiter);
    }
    template <class T>
    auto await_transform(Result<T> result) noexcept {
        return ResultAwaiter<T>{std::move(result)};
    }
    auto await_transform(Error error) noexcept { return ResultAwaiter<void>{fail(error)}; }
    auto await_transform(Errc code) noexcept { return ResultAwaiter<void>{fail(Error(code))}; }
    auto await_transform(ThisScope) noexcept { return ScopeAwaiter{}; }
    // Anything else with the awaiter's three functions: a leaf (an event, a ring operation).
    template <class A>
        requires requires(A& a) { a.await_ready(); }
    decltype(auto) await_transform(A&& awaiter) noexcept {
        return std::forward<A>(awaiter);
    }
};

template <class T>
struct Promise : PromiseBase, Awaits {
    std::optional<T> value;
    Task<T> get_return_object() noexcept;
    template <class U = T>
        requires(std::is_constructible_v<T, U &&> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Result<T>> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Error>)
    void return_value(U&& made) {
        value.emplace(std::forward<U>(made));
    }
    void return_value(Result<T> result) {
        if (result) {
            value.emplace(std::move(*result));
        } else {
            error = result.error();
        }
    }
    void return_value(Error e) noexcept { error = e; }
    void return_value(Errc e) noexcept
        requires(!std::is_same_v<T, Errc>)
    {
        error = e;
    }
    Result<T> take() {
        if (failed()) return fail(error);
        return std::move(*value);
    }
};

template <>
struct Promise<void> : PromiseBase, Awaits {
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    Result<void> take() {
        if (failed()) return fail(error);
        return {};
    }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
  public:
    using promise_type = detail::Promise<T>;

    Task() = default;
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Task() {
        if (handle_) handle_.destroy();
    }

    explicit operator bool() const noexcept { return handle_ != nullptr; }
    // Await this for the Result<T>, errors included.
    detail::TaskAwaiter<T, true> result() && noexcept { return {std::move(*this)}; }
    detail::TaskAwaiter<T, true> result() & noexcept { return {std::move(*this)}; }
    // Gives the task a deadline or stop source of its own; `scope` outlives the task.
    Task within(const Scope& scope) && noexcept {
        handle_.promise().scope = &scope;
        return std::move(*this);
    }

  private:
    friend struct detail::Promise<T>;
    template <class, bool>
    friend struct detail::TaskAwaiter;
    explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
};

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}
}  // namespace detail

// A root: owns a task that nothing awaits, destroys itself at the end and then tells `done`. For
// nurseries and event loops.
class Detached {
  public:
    struct promise_type : detail::Awaits {
        Detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
        static void* operator new(size_t size) { return allocate_frame(size); }
        static void operator delete(void* frame, size_t size) noexcept { free_frame(frame, size); }
    };
};

// Starts `task` at once and calls done(Result<T>) at its end, both on this thread.
template <class T, class F>
Detached start(Task<T> task, F done) {
    done(co_await std::move(task).result());
}

}  // namespace strait
