// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a program started from here needs to find: the shim and the mounts, in its environment.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace strait::preload {

// The caller's environment with our variables, in memory of its own; the caller's where there is
// nothing to add.
class Environment {
  public:
    // `libraries`: folders that go before those of LD_LIBRARY_PATH.
    explicit Environment(char* const* given, const char* libraries = "") noexcept;
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    char* const* get() const noexcept { return made_ ? made_ : given_; }

  private:
    char* add(const char* name, const char* value, const char* more = nullptr) noexcept;
    char* const* given_;
    char** made_ = nullptr;
    char* text_ = nullptr;
    void* memory_ = nullptr;
    size_t bytes_ = 0;
    bool shares_ = false;  // our opens, with the program that is about to begin
};

// Replaces the process by the program at `path`, which may lie under a prefix. -1 and errno, or
// does not return.
int execute(const char* path, char* const* argv, char* const* envp) noexcept;
// The same by PATH, as execvp(3).
int execute_found(const char* file, char* const* argv, char* const* envp) noexcept;
const char* search_path() noexcept;
// Whether it is a local script whose interpreter lies under a prefix.
bool script_of_ours(const char* path) noexcept;

// Before a fork: the ticket under which the child claims what we hold; 0: there is nothing to hold,
// or nobody to ask, and the child then fails where it would need it. tell_child() must follow.
uint64_t prepare_fork() noexcept;
// After it, in the parent. pid 0: there is no child.
void tell_child(uint64_t ticket, pid_t pid) noexcept;

}  // namespace strait::preload
