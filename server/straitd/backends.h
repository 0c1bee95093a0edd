// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The one place that knows backends by name.

#include <expected>
#include <memory>
#include <string>

#include "server/export_spec.h"
#include "vfs/backend.h"

namespace strait::server {

// The error is a sentence for the user: what, where, why, and what to do.
std::expected<std::unique_ptr<vfs::Backend>, std::string> make_backend(const ExportSpec& spec);

}  // namespace strait::server
