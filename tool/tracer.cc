// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/tracer.h"

#include <fmt/format.h>

#include "tool/status_text.h"

namespace strait::tool {

namespace {

constexpr size_t remembered = 64;  // refusals: as many as operations can be under way together

double milliseconds(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

std::string trace_line(const client::RpcTrace& trace) {
    std::string line =
        fmt::format("rpc {} {}  out {} B, in {} B, {:.3f} ms", trace.server, trace.operations,
                    trace.request_bytes, trace.reply_bytes, milliseconds(trace.took));
    if (trace.sends > 1) line += fmt::format(", sent {} times", trace.sends);
    if (trace.status.code != Errc::ok) {
        line += "  -> " + status_text(trace.status);
        if (!trace.stopped_at.empty()) line += fmt::format(" at {}", trace.stopped_at);
    }
    return line;
}

void Tracer::rpc(const client::RpcTrace& trace) {
    counters_.rpc(trace);
    auto server = by_server_.find(trace.server);
    if (server == by_server_.end()) server = by_server_.emplace(trace.server, 0).first;
    server->second++;
    MonoTime end = MonoClock::now();
    if (end - trace.took >= chain_end_) {
        chain_++;
        chain_end_ = end;
    }
    if (trace.status.code != Errc::ok) remember(trace);
    if (print_) fmt::print(stderr, "{}\n", trace_line(trace));
}

void Tracer::remember(const client::RpcTrace& trace) {
    refusals_.push_front({std::string(trace.server), std::string(trace.stopped_at), trace.status,
                          trace.minor, trace.uid});
    if (refusals_.size() > remembered) refusals_.pop_back();
}

void Tracer::connected(std::string_view server, bool again) {
    counters_.connected(server, again);
    if (print_) fmt::print(stderr, "tcp {} connected{}\n", server, again ? " again" : "");
    if (again && watched_) fmt::print(stderr, "strait: {} is back\n", server);
}

void Tracer::lost(std::string_view server, Error why) {
    if (print_) fmt::print(stderr, "tcp {} lost: {}\n", server, errc_text(why.code));
    if (watched_)
        fmt::print(stderr, "strait: {} does not answer: {}; trying again until you interrupt\n",
                   server, errc_text(why.code));
}

uint64_t Tracer::rpcs_to(std::string_view server) const {
    auto found = by_server_.find(server);
    return found == by_server_.end() ? 0 : found->second;
}

std::optional<Refusal> Tracer::refusal(std::string_view server, Error status) const {
    for (const Refusal& each : refusals_)
        if (each.server == server && each.status.domain == status.domain &&
            each.status.status == status.status)
            return each;
    return std::nullopt;
}

std::string Tracer::summary() const {
    std::string text = fmt::format(
        "{} round trips: {} connections, {} RPCs ({} failed, {} sent again), {} B out, {} B in, "
        "{:.3f} ms waited\n",
        round_trips(), counters_.connects, counters_.rpcs, counters_.failed, counters_.resends,
        counters_.request_bytes, counters_.reply_bytes, milliseconds(counters_.waited));
    for (const auto& [name, count] : counters_.operations)
        text += fmt::format("  {:<20} {}\n", name, count);
    return text;
}

}  // namespace strait::tool
