// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A whole RPC record of NFSv4 or its callback program as one line, for traces and for tests that
// look at what was sent.

#include <string>

#include "base/buffer.h"

namespace strait::wire::nfs4 {

enum class Program { nfs, callback };
enum class Detail {
    names,  // CALL xid=7 SEQUENCE PUTFH READ
    full    // with all arguments or results, bounded
};

// `record` is without its record mark. A reply does not say its program: `program` does. What
// cannot be read ends the line with " (malformed)".
std::string describe_record(const BufferChain& record, Program program, Detail detail);

}  // namespace strait::wire::nfs4
