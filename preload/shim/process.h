// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a program started from here needs to find: the shim and the mounts, in its environment.

#include <cstddef>

namespace strait::preload {

// The caller's environment with our variables, in memory of its own; the caller's where there is
// nothing to add.
class Environment {
  public:
    explicit Environment(char* const* given) noexcept;
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
};

// Replaces the process by the program at `path`, which may lie under a prefix. -1 and errno, or
// does not return.
int execute(const char* path, char* const* argv, char* const* envp) noexcept;

}  // namespace strait::preload
