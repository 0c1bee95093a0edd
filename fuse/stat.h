// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Attributes in the kernel's form and back.

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "fuse/id_map.h"
#include "vfs/attributes.h"

namespace strait::fuse {

struct stat to_stat(const vfs::Attributes& of, const IdMaps& ids);
struct statvfs to_statvfs(const vfs::Attributes& of);
// What FUSE_SET_ATTR_* bits name of `attributes`.
vfs::SetAttributes to_change(const struct stat& attributes, int to_set, const IdMaps& ids);

}  // namespace strait::fuse
