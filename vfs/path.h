// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Paths as text: components joined by single slashes. Nothing here knows what a component is on the
// server: "a/.." is not taken to be "" unless the caller knows that `a` is a directory.

#include <string>
#include <string_view>

#include "base/result.h"

namespace strait::vfs {

inline constexpr size_t max_path_bytes = 4095;  // PATH_MAX without its NUL

// Takes the first component, and the slashes around it, off `rest`; "" when there is none.
std::string_view take_component(std::string_view& rest);
void push_component(std::string& path, std::string_view name);
void pop_component(std::string& path);
// "a/b/c": "a/b" and "c". "c": "" and "c".
std::string_view parent_path(std::string_view path);
std::string_view last_component(std::string_view path);
// The first `count` components of a joined path, and what follows them.
std::string_view first_components(std::string_view path, size_t count);
std::string_view after_components(std::string_view path, size_t count);
size_t count_components(std::string_view path);
// Whether `path` is `directory` or lies below it; both joined, "" is the root.
bool is_within(std::string_view path, std::string_view directory);
// What of `path` lies below `directory`, which it is within.
std::string_view below(std::string_view path, std::string_view directory);
// Lexically: "/n/./a//b/../c" is "n/a/c"; ".." at the root stays there.
std::string normalise(std::string_view path);
// nametoolong, inval (a NUL byte). Whether a name is too long is said where it is looked up: a
// directory that is missing before it comes first.
Result<> check_path(std::string_view path);

}  // namespace strait::vfs
