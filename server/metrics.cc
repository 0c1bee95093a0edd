// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/buffer.h"

namespace strait::server {

namespace {

constexpr uint32_t first_block = 100;     // statuses 0..99 stand for themselves
constexpr uint32_t second_base = 10'000;  // then those from here on

void family(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
    out += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
}

void simple(std::string& out, std::string_view name, std::string_view kind, std::string_view help,
            uint64_t value) {
    family(out, name, kind, help);
    out += fmt::format("{} {}\n", name, value);
}

}  // namespace

size_t SharedMetrics::column(uint32_t status) noexcept {
    if (status < first_block) return status;
    uint32_t behind = status - second_base;
    return std::min<size_t>(first_block + behind, statuses - 1);
}

void SharedMetrics::count_nfs4(uint32_t operation, uint32_t status) noexcept {
    nfs4_[std::min<size_t>(operation, operations - 1)][column(status)].fetch_add(
        1, std::memory_order_relaxed);
}

uint64_t SharedMetrics::nfs4(uint32_t operation, uint32_t status) const noexcept {
    return nfs4_[std::min<size_t>(operation, operations - 1)][column(status)].load();
}

void SharedMetrics::add_gauge(std::string name, std::string help, std::function<uint64_t()> value) {
    gauges_.push_back({std::move(name), std::move(help), std::move(value)});
}

std::string SharedMetrics::text(Namer operation, Namer status) const {
    std::string out;
    family(out, "strait_nfs4_operations_total", "counter", "NFSv4 operations by result");
    for (uint32_t op = 0; op < operations; op++)
        for (uint32_t at = 0; at < statuses; at++) {
            uint64_t count = nfs4_[op][at].load(std::memory_order_relaxed);
            if (count == 0) continue;
            uint32_t number = at < first_block ? at : at - first_block + second_base;
            out += fmt::format("strait_nfs4_operations_total{{op=\"{}\",status=\"{}\"}} {}\n",
                               operation(op), status(number), count);
        }
    simple(out, "strait_rpcs_total", "counter", "RPCs answered", calls);
    simple(out, "strait_replays_total", "counter", "replies sent again from a session slot",
           replays);
    simple(out, "strait_refused_total", "counter", "records and calls that were no proper RPC",
           refused);
    simple(out, "strait_received_bytes_total", "counter", "bytes of requests", bytes_received);
    simple(out, "strait_sent_bytes_total", "counter", "bytes of replies", bytes_sent);
    simple(out, "strait_copied_bytes_total", "counter", "payload bytes copied in memory",
           copied_bytes());
    simple(out, "strait_connections", "gauge", "connections open now", connections);
    simple(out, "strait_connections_total", "counter", "connections accepted", connections_total);
    for (const Gauge& gauge : gauges_) simple(out, gauge.name, "gauge", gauge.help, gauge.value());
    return out;
}

}  // namespace strait::server
