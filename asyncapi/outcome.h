// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Outcome<T>: a value, or a Failure that says what went wrong. C++20; no exceptions.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace strait {

// What went wrong, for programs and for people.
struct Failure {
    int number = 0;      // an errno value
    std::string name;    // our own name of it, finer than errno: "stale", "grace", "denied"
    std::string status;  // the server's own word where there was one: "nfs4 status 13"
    std::string text;    // one line: "open nfs://nas/a/b: permission denied (nfs4 status 13)"
};

template <class T = void>
class [[nodiscard]] Outcome {
  public:
    Outcome(T value) : value_(std::move(value)) {}              // NOLINT: implicit on purpose
    Outcome(Failure failure) : failure_(std::move(failure)) {}  // NOLINT
    bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    T& operator*() & { return *value_; }
    const T& operator*() const& { return *value_; }
    T&& operator*() && { return std::move(*value_); }
    T* operator->() { return &*value_; }
    const T* operator->() const { return &*value_; }
    T value_or(T other) && { return has_value() ? std::move(*value_) : std::move(other); }
    const Failure& error() const { return failure_; }

  private:
    std::optional<T> value_;
    Failure failure_;
};

template <>
class [[nodiscard]] Outcome<void> {
  public:
    Outcome() = default;
    Outcome(Failure failure) : failure_(std::move(failure)) {}  // NOLINT
    bool has_value() const noexcept { return !failure_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    void operator*() const noexcept {}
    const Failure& error() const { return *failure_; }

  private:
    std::optional<Failure> failure_;
};

}  // namespace strait
