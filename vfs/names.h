// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a single name may be.

#include <string_view>

#include "base/result.h"

namespace strait::vfs {

inline constexpr size_t max_name_size = 255;  // bytes

// A name to look up or to make: inval (empty), badname ("." and ".."), badchar ('/' or NUL inside),
// nametoolong. Any other bytes will do.
Result<void> check_name(std::string_view name);

// Takes the first component off `path` and gives it; "" at a doubled, leading or trailing slash.
std::string_view next_component(std::string_view& path);

}  // namespace strait::vfs
