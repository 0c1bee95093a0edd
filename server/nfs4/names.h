// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Names as they come over the wire: checked at the border (RFC 8881 section 14.5).

#include <string_view>

#include "wire/nfs4/nfsstat4.h"

namespace strait::server::nfs4 {

using namespace wire::nfs4;

bool is_utf8(std::string_view text);
// Bytes as they are, UTF-8 or not, as Linux servers have it. INVAL: empty. NAMETOOLONG. BADNAME:
// ".", "..", or with '/' or NUL in it.
nfsstat4 check_name(std::string_view name);

}  // namespace strait::server::nfs4
