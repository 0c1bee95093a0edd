// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Between the public values and those of vfs.

#include "asyncapi/types.h"
#include "base/buffer.h"
#include "vfs/filesystem.h"

namespace strait::asyncapi {

Stat public_stat(const vfs::Attributes& attributes);
SpaceStat public_space(const vfs::Attributes& attributes);
Data public_data(BufferChain chain);
vfs::OpenFlags open_flags(const OpenMode& mode);
vfs::SetAttributes set_attributes(const Changes& changes);
// R_OK, W_OK, X_OK to the bits of vfs; 0: is it there.
uint32_t access_bits(int mode);

}  // namespace strait::asyncapi
