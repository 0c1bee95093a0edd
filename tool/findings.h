// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What strait doctor found: a line each, and what to do about those that are not well.

#include <string>
#include <string_view>
#include <vector>

namespace strait::tool {

enum class Health : uint8_t { ok, warn, fail };
std::string_view to_string(Health health);

struct Finding {
    Health health = Health::ok;
    std::string what;    // "connection"
    std::string text;    // what is the case
    std::string advice;  // "" when all is well
};

// "ok    connection   127.0.0.1:2049 in 0.1 ms", advice on a line of its own.
std::string finding_line(const Finding& finding);

// What this machine offers, whatever the server.
std::vector<Finding> look_at_machine(bool uring);

}  // namespace strait::tool
