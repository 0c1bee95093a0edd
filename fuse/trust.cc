// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/trust.h"

namespace strait::fuse {

namespace {
double seconds(Duration span) { return std::chrono::duration<double>(span).count(); }
}  // namespace

double Trust::name() const { return options_.names ? seconds(mount_.policy().acdirmin) : 0; }
double Trust::missing_name() const { return options_.names ? seconds(options_.missing) : 0; }

double Trust::attributes(const vfs::Handle& handle) const {
    return seconds(mount_.hold().remaining(handle));
}

}  // namespace strait::fuse
