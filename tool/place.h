// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where an argument of a verb is: parsed (Target), and, once its server is connected, to be worked
// with (Place).

#include <optional>
#include <string>
#include <string_view>

#include "client/options.h"
#include "client/url.h"
#include "tool/common_options.h"
#include "vfs/filesystem.h"

namespace strait::tool {

struct Target {
    enum class Kind : uint8_t { local, memory, nfs };
    Kind kind = Kind::local;
    std::string text;  // as the user wrote it
    client::Url url;   // nfs; of memory, its path only
    client::MountOptions options;
};

// A URL, `host:/path`, `memory:/path` (a file system of this process, for tests), or a local path.
// The error is a sentence for the user.
client::UrlResult<Target> parse_target(std::string_view text, const CommonOptions& options);

struct Place {
    vfs::FileSystem* files = nullptr;  // null: a local path
    std::string path;                  // in `files`, or local
    std::string text;                  // for messages
    std::string server;                // "nas1:2049"; empty: none
    std::string root;                  // what `path` begins with, of this server
    uint64_t max_write = 1u << 20;     // bytes that go in one piece

    bool local() const { return files == nullptr; }
    // Of this place. It views `path`: the place outlives what is asked.
    vfs::At at(bool follow = true) const { return {.path = path, .follow = follow}; }
    Place child(std::string_view name) const;
    // The last component; "" of a root.
    std::string_view name() const;
    // The text without its options, with `name` behind it.
    static std::string join_text(std::string_view text, std::string_view name);
};

}  // namespace strait::tool
