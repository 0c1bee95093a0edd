// SPDX-License-Identifier: LGPL-2.1-or-later
// Does this compiler compile coroutines right? Standalone on purpose: the smallest lazy task, and
// the forms in which Debian's g++ 12.2 goes wrong without a word. Exit status 0: all right. Else
// each wrong form is named.

#include <sys/wait.h>
#include <unistd.h>

#include <coroutine>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

namespace {

template <class T>
struct Task {
    struct promise_type {
        T value{};
        std::coroutine_handle<> continuation = std::noop_coroutine();
        Task get_return_object() {
            return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct Final {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(
                std::coroutine_handle<promise_type> self) noexcept {
                return self.promise().continuation;
            }
            void await_resume() noexcept {}
        };
        Final final_suspend() noexcept { return {}; }
        void return_value(T made) { value = std::move(made); }
        void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;

    explicit Task(std::coroutine_handle<promise_type> h) : handle(h) {}
    Task(Task&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
    ~Task() {
        if (handle) handle.destroy();
    }
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        handle.promise().continuation = awaiting;
        return handle;
    }
    T await_resume() { return std::move(handle.promise().value); }
};

// Counts its living copies, and knows its own address: a bitwise copy is found out.
struct Tracked {
    static inline int alive = 0;
    static inline int moved_bitwise = 0;
    const Tracked* self = this;
    std::string text;
    explicit Tracked(std::string t) : text(std::move(t)) { alive++; }
    Tracked(const Tracked& other) : text(other.text) { alive++; }
    ~Tracked() {
        alive--;
        if (self != this) moved_bitwise++;
    }
};

Task<bool> yes() { co_return true; }
Task<int> countdown(int& left) { co_return left-- > 0 ? 1 : 0; }
Task<int> length(Tracked by_value) { co_return static_cast<int>(by_value.text.size()); }
Task<int> length_of_both(Tracked a, const Tracked& b) {
    co_return static_cast<int>(a.text.size() + b.text.size());
}
struct Named {
    Tracked name;
    int extra = 0;
};
Task<int> length_of_member(Named named) {
    co_return static_cast<int>(named.name.text.size()) + named.extra;
}
Tracked made(const char* text) {
    return Tracked(std::string(text) + ", longer than a small string holds");
}

Task<int> condition_of_if() {
    if (co_await yes()) co_return 1;
    co_return 0;
}

Task<int> condition_of_while() {
    int left = 3;
    int rounds = 0;
    while (co_await countdown(left)) rounds++;
    co_return rounds;
}

Task<int> condition_with_and() {
    int left = 1;
    if (co_await yes() && co_await countdown(left) == 1) co_return 1;
    co_return 0;
}

Task<int> conditional_expression() { co_return co_await yes() ? co_await length(made("a")) : -1; }

Task<int> temporary_argument() { co_return co_await length(made("abc")); }

Task<int> temporaries_by_value_and_reference() {
    int sum = co_await length_of_both(made("a"), made("bc"));
    co_return sum;
}

Task<int> aggregate_argument() {
    int sum = co_await length_of_member({made("abc"), 1});
    co_return sum;
}

Task<int> lambda_argument() {
    auto call = [](auto make) -> Task<int> { co_return static_cast<int>(make().text.size()); };
    int sum = co_await call([kept = made("abc")] { return kept; });
    co_return sum;
}

Task<int> temporary_in_condition() {
    if (co_await length(made("abc")) > 0) co_return 1;
    co_return 0;
}

int wrong = 0;

// Each form runs in a child of its own, since wrong code may end the process that runs it.
void check(const char* form, Task<int> (*coroutine)(), int expected) {
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        auto task = coroutine();
        task.handle.resume();
        bool right = task.handle.done() && task.handle.promise().value == expected &&
                     Tracked::alive == 0 && Tracked::moved_bitwise == 0;
        _exit(right ? 0 : 1);
    }
    int status = 0;
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0) return;
    wrong++;
    std::printf("miscompiled: %s (%s)\n", form, WIFSIGNALED(status) ? "crashes" : "wrong result");
}

}  // namespace

int main() {
    const int tail = static_cast<int>(std::string(", longer than a small string holds").size());
    check("co_await in the condition of an if", condition_of_if, 1);
    check("co_await in the condition of a while", condition_of_while, 3);
    check("two co_await joined by && in a condition", condition_with_and, 1);
    check("co_await in a conditional expression", conditional_expression, 1 + tail);
    check("an awaited call with a temporary argument", temporary_argument, 3 + tail);
    check("an awaited call with two temporaries", temporaries_by_value_and_reference, 3 + 2 * tail);
    check("an awaited call with an aggregate made in place", aggregate_argument, 4 + tail);
    check("an awaited call with a lambda that captures by value", lambda_argument, 3 + tail);
    check("an awaited call with a temporary in a condition", temporary_in_condition, 1);
    if (wrong == 0) std::puts("coroutines are compiled right");
    return wrong == 0 ? 0 : 1;
}
