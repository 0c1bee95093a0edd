// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// straitd's command line and configuration file. Both say the same things; the command line wins,
// and lists of both (exports, addresses) add up.

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "server/export_spec.h"

namespace strait::server {

struct StraitdOptions {
    std::vector<ExportSpec> exports;
    std::vector<Address> listen;  // 127.0.0.1:2049 when none is named
    std::string state_dir;
    uint32_t lease_seconds = 90;
    uint32_t grace_seconds = 0;  // 0: as long as a lease
    uint32_t threads = 0;        // 0: as many as cores, four at most
    Address metrics;             // empty: none
    std::string log = "warn";
};

// Why the program ends before it serves: what to print, and the exit status (0 for --help).
struct EndEarly {
    int status = 0;
    std::string text;
};
std::expected<StraitdOptions, EndEarly> read_options(int argc, char** argv);

// Adds what a configuration file says; the error is a sentence for the user.
std::expected<void, std::string> read_config(const std::string& path, StraitdOptions& options);

}  // namespace strait::server
