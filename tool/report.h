// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The one place where an Error becomes what the user reads: what failed, who said so, what to do.
//
//   strait: open nfs://nas1/data/model.bin: permission denied
//     server nas1:2049 answered NFS4ERR_ACCESS to OPEN (vers=4.2, sec=sys, uid 1000)
//     the export may squash or refuse this user: ...

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tool/tracer.h"

namespace strait::tool {

// What was tried when the error came.
struct Failure {
    std::string_view what;    // "open", "connect to"
    std::string_view where;   // the URL or path as the user knows it
    std::string_view server;  // "nas1:2049"; empty: nothing left this machine
    bool connecting = false;
    std::optional<Refusal> refusal = {};
};

// One to three lines, each ended.
std::string describe(const Failure& failure, Error error);
// What to do about it; "" where nothing helps.
std::string_view hint(Error error, const Failure& failure);

// A line on standard error: "strait: TEXT".
void complain(std::string_view text);

}  // namespace strait::tool
