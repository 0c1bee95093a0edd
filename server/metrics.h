// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What the server counts, and how it tells it: Prometheus' text format, version 0.0.4.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace strait::server {

// Shared by all cores; relaxed counters.
class SharedMetrics {
  public:
    using Count = std::atomic<uint64_t>;

    Count calls{0};           // RPCs answered
    Count bytes_received{0};  // of records
    Count bytes_sent{0};
    Count connections{0};  // open now
    Count connections_total{0};
    Count replays{0};  // replies sent again from a slot
    Count refused{0};  // records and calls that were no proper RPC

    // One NFSv4 operation ended.
    void count_nfs4(uint32_t operation, uint32_t status) noexcept;
    uint64_t nfs4(uint32_t operation, uint32_t status) const noexcept;

    // A value that is asked for when the text is made.
    void add_gauge(std::string name, std::string help, std::function<uint64_t()> value);
    // How operations and statuses are called in the text.
    using Namer = std::string (*)(uint32_t);
    std::string text(Namer operation, Namer status) const;

  private:
    static constexpr size_t operations = 77;  // the last one: OP_ILLEGAL
    static constexpr size_t statuses = 208;   // 0..99, and 10000..10107 behind them
    static size_t column(uint32_t status) noexcept;

    struct Gauge {
        std::string name, help;
        std::function<uint64_t()> value;
    };
    std::array<std::array<Count, statuses>, operations> nfs4_{};
    std::vector<Gauge> gauges_;
};

}  // namespace strait::server
