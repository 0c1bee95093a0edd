// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Whose each mount option is: the kernel's and libfuse's, ours, the protocol's (mount.nfs's names,
// client/options.h), or nobody's here (mount(8)'s own words in fstab lines).

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace strait::fuse {

struct SortedOptions {
    std::vector<std::string> fuse;  // for libfuse, each by itself
    std::string protocol;           // the rest, by commas
    bool allow_other = false;
    bool default_permissions = false;
    bool no_default_permissions = false;
    bool read_only = false;
    Duration missing_names = Duration::zero();  // negative_timeout=S
    std::string pid_file;                       // pidfile=PATH
    std::string log_file;                       // logfile=PATH
};

// `texts`: each as after -o, by commas. Errc::inval with `complaint` when one of ours makes no
// sense.
Result<SortedOptions> sort_options(const std::vector<std::string>& texts, std::string& complaint);

}  // namespace strait::fuse
