// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A peer's status by its own name: "NFS4ERR_ACCESS".

#include <string>

#include "base/result.h"

namespace strait::tool {

// The name in the error's domain; where there is none, our own words.
std::string status_text(Error error);

}  // namespace strait::tool
