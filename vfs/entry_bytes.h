// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a directory's entry takes of a reply, at least: a store that is asked for so many bytes of
// entries gives as many as may fit. The door that writes the reply counts exactly, and cuts; a
// guess that is too large costs round trips, one that is too small only entries looked at twice.

#include "vfs/attributes.h"

namespace strait::vfs {

// As NFSv4 writes it (RFC 8881 section 18.23.2), owners being short numbers.
uint32_t least_entry_bytes(size_t name_bytes, AttrMask mask) noexcept;

}  // namespace strait::vfs
