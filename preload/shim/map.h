// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Which parts of the address space are mappings of Strait files. The pages are a memfd's, so the
// kernel does faults, forks and sharing; the agent must only be told when a mapping ends or grows.

#include <cstddef>
#include <cstdint>

namespace strait::preload {

// How many ranges are entered: what is told to the agent at fork, and whether munmap need look.
size_t mapped_count() noexcept;
// Before another program replaces this one: what was stored into mappings goes to the files.
void write_back_mappings() noexcept;

}  // namespace strait::preload
