// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What is mounted where, and how it ends: from /proc/self/mountinfo, without touching the mount
// itself, which may belong to a server that does not answer.

#include <optional>
#include <string>

#include "base/result.h"

namespace strait::fuse {

struct Mounted {
    std::string directory;
    std::string type;         // "fuse.strait"
    std::string source;       // "nas1:/data"
    unsigned connection = 0;  // in /sys/fs/fuse/connections
    bool ours() const { return type == "fuse.strait"; }
};

// `directory` made absolute, its parent's links resolved; its last component is not looked at.
std::string absolute_path(const std::string& directory);
// What is mounted last on an absolute path.
std::optional<Mounted> mounted_at(const std::string& directory);
// The mount is there, but whoever answered it is gone.
bool is_stale(const std::string& directory);

// As root by the system call, else through fusermount3. `lazy`: also when it is busy. Errors: busy,
// perm, inval; the complaint says why.
Result<> unmount(const std::string& directory, bool lazy, std::string& complaint);
// Ends the connection, so that everybody who waits for the mount gets an error at once.
Result<> abort_connection(const Mounted& mounted);
// The same when it may be mounted no longer.
Result<> abort_connection(unsigned connection);

}  // namespace strait::fuse
