// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bench/meter.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <sstream>
#include <vector>

namespace strait::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

struct Usage {
    double cpu_s;
    uint64_t switches;

    static Usage now() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        auto in_s = [](const timeval& time) { return double(time.tv_sec) + time.tv_usec * 1e-6; };
        return {in_s(usage.ru_utime) + in_s(usage.ru_stime),
                uint64_t(usage.ru_nvcsw + usage.ru_nivcsw)};
    }
};

class Round final : public Lanes {
  public:
    Round(Client& client, const Order& order)
        : client_(client), order_(order), started_(order.depth) {
        for (unsigned lane = 0; lane < order.depth; ++lane) {
            idle_.push_back(lane);
        }
    }

    void finished(unsigned lane) override {
        latencies_us_.push_back(float(seconds_between(started_[lane], Clock::now()) * 1e6));
        idle_.push_back(lane);
    }

    void run() {
        const auto began = Clock::now();
        while (latencies_us_.size() + busy() < order_.most &&
               seconds_between(began, Clock::now()) < order_.seconds) {
            start_idle_lanes();
            if (busy() > 0) {
                client_.wait();
            }
        }
        while (busy() > 0) {
            client_.wait();
        }
    }

    std::vector<float>& latencies_us() { return latencies_us_; }

  private:
    size_t busy() const { return order_.depth - idle_.size(); }

    void start_idle_lanes() {
        // A lane that finishes at once (a cache hit) waits for the next turn.
        for (size_t left = idle_.size(); left > 0; --left) {
            if (latencies_us_.size() + busy() >= order_.most) {
                return;
            }
            const unsigned lane = idle_.back();
            idle_.pop_back();
            started_[lane] = Clock::now();
            client_.start(order_.kind, next_index++, lane, *this);
        }
    }

    // Over all rounds, so that a new file is new.
    static uint64_t next_index;

    Client& client_;
    const Order& order_;
    std::vector<Clock::time_point> started_;
    std::vector<unsigned> idle_;
    std::vector<float> latencies_us_;
};

uint64_t Round::next_index = 0;

const std::map<std::string, Kind> kinds{
    {"read_4k", Kind::read_4k},
    {"read_1m", Kind::read_1m},
    {"write_1m", Kind::write_1m},
    {"stat", Kind::stat},
    {"open_read_close", Kind::open_read_close},
    {"create", Kind::create},
    {"create_write_close", Kind::create_write_close},
    {"list", Kind::list},
};

Order parse(const std::string& line) {
    std::istringstream words(line);
    std::string kind;
    Order order;
    words >> kind >> order.depth >> order.seconds >> order.most;
    const auto found = kinds.find(kind);
    if (!words || found == kinds.end() || order.depth == 0 || order.depth > most_lanes) {
        give_up("not an order: " + line);
    }
    order.kind = found->second;
    return order;
}

}  // namespace

std::string deep_path(uint64_t index) {
    return fmt::format("{}/f{:04}", deep_folder, index % deep_files);
}

uint64_t random_offset(uint64_t index) {
    return (index * 0x9E3779B97F4A7C15U >> 20) % (data_bytes / small_bytes) * small_bytes;
}

void give_up(const std::string& what) {
    fmt::print(stderr, "bench: {}\n", what);
    std::_Exit(1);
}

Cost measure(Client& client, const Order& order) {
    if (order.kind == Kind::create || order.kind == Kind::create_write_close) {
        static unsigned folders = 0;
        client.new_folder(fmt::format("new-{}-{}", getpid(), folders++));
    }
    Round round(client, order);
    const auto before = Usage::now();
    const auto began = Clock::now();
    round.run();
    if (order.kind == Kind::write_1m) {
        client.sync();
    }
    Cost cost;
    cost.seconds = seconds_between(began, Clock::now());
    const auto after = Usage::now();
    cost.cpu_s = after.cpu_s - before.cpu_s;
    cost.switches = after.switches - before.switches;
    auto& latencies = round.latencies_us();
    cost.operations = latencies.size();
    if (!latencies.empty()) {
        std::ranges::sort(latencies);
        cost.median_us = latencies[latencies.size() / 2];
        cost.p99_us = latencies[latencies.size() * 99 / 100];
    }
    return cost;
}

void serve_orders(Client& client) {
    std::string line;
    while (std::getline(std::cin, line)) {
        Cost cost;
        if (line == "layout") {
            client.lay_out();
        } else {
            cost = measure(client, parse(line));
        }
        fmt::print(R"({{"operations": {}, "seconds": {:.6f}, "cpu_s": {:.6f}, "switches": {}, )"
                   R"("median_us": {:.1f}, "p99_us": {:.1f}}})"
                   "\n",
                   cost.operations, cost.seconds, cost.cpu_s, cost.switches, cost.median_us,
                   cost.p99_us);
        std::fflush(stdout);
    }
}

}  // namespace strait::bench
