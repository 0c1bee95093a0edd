// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/agent_trace.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

namespace strait::tool {

Result<> AgentTrace::listen(const std::string& path) {
    Descriptor fifo(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    if (!fifo) return fail_errno(errno);
    listeners_.push_back(std::move(fifo));
    return {};
}

void AgentTrace::tell(std::string line) {
    line.insert(0, "strait: ");
    line.push_back('\n');
    std::erase_if(listeners_, [&line](const Descriptor& fifo) {
        return write(fifo.get(), line.data(), line.size()) < 0 && errno != EAGAIN;
    });
}

void AgentTrace::rpc(const client::RpcTrace& trace) {
    counters.rpc(trace);
    if (listeners_.empty()) return;
    auto took = std::chrono::duration_cast<std::chrono::microseconds>(trace.took);
    std::string line =
        fmt::format("{} [{}] {} bytes out, {} in, {} us", trace.server, trace.operations,
                    trace.request_bytes, trace.reply_bytes, took.count());
    if (trace.sends > 1) line += fmt::format(", sent {} times", trace.sends);
    if (trace.status.code != Errc::ok) line += fmt::format(": {}", errc_name(trace.status.code));
    tell(std::move(line));
}

void AgentTrace::connected(std::string_view server, bool again) {
    counters.connected(server, again);
    if (!listeners_.empty()) tell(fmt::format("{} connected{}", server, again ? " again" : ""));
}

void AgentTrace::lost(std::string_view server, Error why) {
    counters.lost(server, why);
    if (!listeners_.empty()) tell(fmt::format("{} lost: {}", server, errc_text(why.code)));
}

}  // namespace strait::tool
