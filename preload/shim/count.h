// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// STRAIT_REPORT=FILE: how many calls of each name were served by Strait, and how many were passed
// on to libc. Nothing is counted, and one load and a branch is all it costs, while nobody asked.

#include <cstddef>
#include <cstdint>

namespace strait::preload {

// The names of names.def; an alias counts as what it stands for.
enum class Name : uint16_t {
#define EACH(type, name, parameters, arguments) of_##name,
#include "preload/shim/names.def"
    count_
};

struct Counts {
    uint64_t served[static_cast<size_t>(Name::count_)];
    uint64_t passed[static_cast<size_t>(Name::count_)];
    static constexpr size_t uncovered_limit = 32;
    struct {
        const char* call;
        uint64_t times;
    } uncovered[uncovered_limit];
};
extern Counts* counts;  // null: nobody asked. A child of fork finds it empty.

// What this thread asked of the agent, or did with a descriptor of ours: tells whether a call that
// decides for itself was served.
extern constinit thread_local uint64_t deeds __attribute__((tls_model("initial-exec")));

inline void count(uint64_t& counter) noexcept { __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED); }
inline void count_served(Name name) noexcept {
    if (__builtin_expect(counts != nullptr, 0)) count(counts->served[static_cast<size_t>(name)]);
}
inline void count_passed(Name name) noexcept {
    if (__builtin_expect(counts != nullptr, 0)) count(counts->passed[static_cast<size_t>(name)]);
}
class Counted {
  public:
    explicit Counted(Name name) noexcept : name_(name) {
        if (__builtin_expect(counts != nullptr, 0)) before_ = deeds;
    }
    ~Counted() {
        if (__builtin_expect(counts == nullptr, 1)) return;
        deeds == before_ ? count_passed(name_) : count_served(name_);
    }

  private:
    uint64_t before_ = 0;
    Name name_;
};

// Once, when STRAIT_REPORT is set.
void begin_counting() noexcept;
// Appends what was counted so far to the file, in one write, and begins anew: at the end of the
// process and before another program takes its place.
void write_counts() noexcept;

}  // namespace strait::preload
