// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The few operations that copying needs, the same on a local path and on a server. Local metadata
// calls block: they are short.

#include "tool/listing.h"
#include "tool/place.h"
#include "vfs/attributes.h"

namespace strait::tool {

// lstat or stat; null when nothing is there.
Task<std::optional<vfs::Attributes>> look(const Place& place, bool follow);
Task<std::vector<Entry>> list(const Place& place);
Task<> make_directory(const Place& place, uint32_t mode);
Task<> make_symlink(const Place& place, std::string target);
// A fifo, socket or device.
Task<> make_special(const Place& place, const vfs::Attributes& like);
Task<std::string> read_symlink(const Place& place);
Task<> rename_over(const Place& from, const Place& to);
Task<> remove_file(const Place& place);
// Never follows a link. Of links, modes are left alone.
Task<> set_attributes(const Place& place, const vfs::SetAttributes& attributes);
// Where the links that `place` is lead to.
Task<Place> resolve_links(const Place& place);
// The caller's umask.
uint32_t current_umask();

}  // namespace strait::tool
