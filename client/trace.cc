// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/trace.h"

#include <algorithm>

namespace strait::client {

void RpcCounters::rpc(const RpcTrace& trace) {
    rpcs++;
    resends += trace.sends > 0 ? trace.sends - 1 : 0;
    failed += trace.status.code != Errc::ok;
    request_bytes += trace.request_bytes;
    reply_bytes += trace.reply_bytes;
    waited += trace.took;
    std::string_view left = trace.operations;
    while (!left.empty()) {
        size_t space = std::min(left.find(' '), left.size());
        auto found = operations.find(left.substr(0, space));
        if (found == operations.end())
            found = operations.emplace(std::string(left.substr(0, space)), 0).first;
        found->second++;
        left.remove_prefix(std::min(space + 1, left.size()));
    }
}

void RpcCounters::connected(std::string_view, bool) { connects++; }

}  // namespace strait::client
