// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// mount(8)'s way of calling a file system's helper: a program named mount.TYPE, its arguments
// `SOURCE DIRECTORY [-sfnv] [-N NAMESPACE] [-t TYPE] [-o OPTIONS]`, its exit statuses mount(8)'s.

#include <optional>
#include <string>
#include <vector>

namespace strait::tool {

struct HelperCall {
    std::vector<std::string> arguments;  // of `strait`
    bool fake = false;                   // -f: all but the mount
};

// None: the program was not called as a helper.
std::optional<HelperCall> helper_call(const std::string& program,
                                      const std::vector<std::string>& arguments);
// mount(8)'s status for one of ours.
int helper_status(int status);

}  // namespace strait::tool
