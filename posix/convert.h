// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Between the structures of libc and those of vfs.

#include "posix/calls.h"
#include "posix/strait.h"

namespace strait::posix {

void fill(struct stat& into, const vfs::Attributes& from);
void fill(struct statvfs& into, const vfs::Attributes& from);
// inval: flags that have no meaning here.
Result<vfs::OpenFlags> open_flags(int flags, mode_t mode);
Result<vfs::SetAttributes> set_times(const struct timespec times[2]);
unsigned char dirent_type(vfs::FileType type);
uint32_t access_bits(int mode);

}  // namespace strait::posix
