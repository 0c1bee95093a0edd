// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A whole directory with the attributes of its entries, in as few round trips as the server
// allows.

#include <sys/stat.h>

#include <string>
#include <vector>

#include "tool/place.h"

namespace strait::tool {

struct Entry {
    std::string name;
    vfs::Attributes attributes;  // may lack some where the server could not give them
};

// All entries without "." and "..", in the server's order. Errc::notdir when it is no directory.
Task<std::vector<Entry>> list_directory(const Place& place);
// The same of a local directory; attributes are lstat(2)'s.
Result<std::vector<Entry>> list_local(const std::string& path);

vfs::Attributes attributes_of(const struct ::stat& from);

}  // namespace strait::tool
