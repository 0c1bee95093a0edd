// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// File attributes as people and scripts read them; as ls(1), stat(1) and df(1) write them where
// they do.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vfs/attributes.h"

namespace strait::tool {

// "drwxr-sr-t".
std::string mode_text(vfs::FileType type, uint32_t mode);
// "regular file", as stat(1) says.
std::string_view type_text(vfs::FileType type);
// "1.5K", "12M": powers of 1024, rounded up, as ls -h.
std::string human_size(uint64_t bytes);
// ls -l's: "Nov 21 02:02", or "Nov 21  2025" when more than half a year from `now`; local time.
std::string short_time(Timestamp when, Timestamp now);
// "2026-11-21 02:02:37.123456789 +0000".
std::string full_time(Timestamp when);
// "2026-11-21T02:02:37.123456789Z", for scripts.
std::string utc_time(Timestamp when);
// The name here, or the number.
std::string user_name(uint32_t uid);
std::string group_name(uint32_t gid);
// Compact, on one line; bytes that are no UTF-8 (names, paths) come as U+FFFD.
std::string json_line(const nlohmann::json& value);
// All attributes that are valid.
nlohmann::json attributes_json(const vfs::Attributes& attributes);

}  // namespace strait::tool
