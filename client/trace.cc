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
    constexpr size_t most_lists = 256;
    auto list = lists_.find(trace.operations);
    if (list == lists_.end()) {
        if (lists_.size() == most_lists) lists_.clear();
        list = lists_.emplace(trace.operations, rows_of(trace.operations)).first;
    }
    for (uint64_t* row : list->second) ++*row;
}

RpcCounters::Rows RpcCounters::rows_of(std::string_view words) {
    Rows rows;
    while (!words.empty()) {
        size_t space = std::min(words.find(' '), words.size());
        auto found = operations.find(words.substr(0, space));
        if (found == operations.end())
            found = operations.emplace(std::string(words.substr(0, space)), 0).first;
        rows.push_back(&found->second);
        words.remove_prefix(std::min(space + 1, words.size()));
    }
    return rows;
}

void RpcCounters::connected(std::string_view, bool) { connects++; }

}  // namespace strait::client
