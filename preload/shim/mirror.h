// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Copies of programs and libraries that lie under a prefix, in the agent's folder at the same place
// below it as there: what the kernel and the loader open without us. So $ORIGIN keeps its sense. A
// copy is used while the file it was made from has not changed.

#include <cstddef>

namespace strait::preload {

// Called for each library that a file needs from under a prefix, itself before what needs it.
// `by_origin`: the loader finds it by $ORIGIN.
struct Mirrored {
    virtual void library(const char* copy, bool by_origin) noexcept = 0;

  protected:
    ~Mirrored() = default;
};

// The copy of `path` (absolute, under a prefix), with all it needs; an errno value. ENOENT also
// when the path leads out of all prefixes.
int mirror(const char* path, char* copy, size_t room, Mirrored& needs) noexcept;
// The path under a prefix that `copy` was made from; null: it is no copy.
const char* mirrored_from(const char* copy) noexcept;

}  // namespace strait::preload
