// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How libc's streams come to Strait files; see stream.cc.

namespace strait::preload {

// Puts our functions into libc's table of streams; once, from the constructor, and only where there
// are prefixes.
void patch_streams() noexcept;

}  // namespace strait::preload
