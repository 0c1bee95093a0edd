// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A file's type as stat(2) writes it: the S_IFMT bits of st_mode.

#include "vfs/attributes.h"

namespace strait::vfs {

// FileType::none for bits that name no type.
FileType type_of(uint32_t mode) noexcept;
// 0 for FileType::none.
uint32_t type_bits(FileType type) noexcept;

}  // namespace strait::vfs
