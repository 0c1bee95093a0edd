// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Options that every verb on URLs has.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace strait::tool {

// What the program's exit status says; docs/strait.md lists them.
enum ExitStatus : int {
    exit_ok = 0,
    exit_failed = 1,        // some operation failed
    exit_usage = 2,         // the command line, or a URL, makes no sense
    exit_unreachable = 3,   // a server could not be reached, or turned us away
    exit_interrupted = 130  // SIGINT
};

struct CommonOptions {
    bool json = false;
    bool trace = false;
    bool stats = false;
    std::vector<std::string> mount_options;  // "-o vers=4.1,soft", each as given
    double timeout_s = 0;                    // 0: as the mount options say
};

enum class Json : bool { no, yes };

// A subcommand with the common options, and an example at the end of its help.
CLI::App* add_verb(CLI::App& tool, const std::string& name, const std::string& what,
                   const std::string& example, CommonOptions& options, Json json);

}  // namespace strait::tool
