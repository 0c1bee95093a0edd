// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Attributes in the kernel's form and back.

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "fuse/id_map.h"
#include "vfs/attributes.h"

namespace strait::fuse {

// S_IF* of a type; 0 for none.
mode_t type_bits(vfs::FileType type);
vfs::FileType type_of(mode_t mode);
struct stat to_stat(const vfs::Attributes& of, const IdMaps& ids);
struct statvfs to_statvfs(const vfs::Attributes& of);
// What FUSE_SET_ATTR_* bits name of `attributes`.
vfs::SetAttributes to_change(const struct stat& attributes, int to_set, const IdMaps& ids);

}  // namespace strait::fuse
