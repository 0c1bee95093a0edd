// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Completion scripts of bash, zsh and fish.

#include <string>
#include <string_view>
#include <vector>

namespace strait::tool {

struct VerbWords {
    std::string name;
    std::string description;
    std::vector<std::string> options;  // "--json", "-l", and words as "status"
};

// `shell`: bash, zsh or fish.
std::string completion_script(std::string_view shell, const std::vector<VerbWords>& verbs);

}  // namespace strait::tool
