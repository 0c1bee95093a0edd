// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One export as its owner wrote it: NAME=BACKEND:ARG[,option...]. What each option means is in
// docs/straitd.md. Parsing touches no file and no backend.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "server/address_range.h"

namespace strait::server {

enum class Squash : uint8_t { none, root, all };

struct ExportSpec {
    std::string name;      // path under the pseudo root, without slashes at its ends; "": the root
    std::string backend;   // "memory", "local"
    std::string argument;  // of memory: its options, comma separated; of local: a directory
    bool read_only = false;
    Squash squash = Squash::root;
    uint32_t anonymous_uid = 65534;
    uint32_t anonymous_gid = 65534;
    std::vector<AddressRange> clients;  // empty: everybody

    bool admits(const Address& client) const noexcept;
};

// The error is a sentence for the user.
std::expected<ExportSpec, std::string> parse_export(std::string_view text);

// Sets one option of an export ("ro", "anonuid=7", "clients=10.0.0.0/8"); false when there is no
// such option; the error is a sentence for the user.
std::expected<bool, std::string> set_export_option(ExportSpec& spec, std::string_view option);

// A name in its stored form, or a sentence that says what is wrong with it.
std::expected<std::string, std::string> export_name(std::string_view text);

}  // namespace strait::server
