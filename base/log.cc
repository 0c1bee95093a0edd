// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

namespace strait {

namespace {

constexpr std::array<std::string_view, 5> words{"error", "warn", "info", "debug", "trace"};

int level_of(std::string_view word) {
    for (size_t i = 0; i < words.size(); i++)
        if (words[i] == word) return static_cast<int>(i);
    return -1;
}

int initial_level() {
    const char* asked = std::getenv("STRAIT_LOG");
    int level = asked ? level_of(asked) : -1;
    return level >= 0 ? level : static_cast<int>(LogLevel::warn);
}

std::atomic<int> current{-1};

}  // namespace

bool log_enabled(LogLevel level) noexcept {
    int now = current.load(std::memory_order_relaxed);
    if (now < 0) current.store(now = initial_level(), std::memory_order_relaxed);
    return static_cast<int>(level) <= now;
}

void set_log_level(LogLevel level) noexcept { current.store(static_cast<int>(level)); }

bool set_log_level(std::string_view word) noexcept {
    int level = level_of(word);
    if (level >= 0) current.store(level);
    return level >= 0;
}

void log_line(LogLevel level, std::string_view text) {
    std::string line = fmt::format("strait: {}: {}\n", words[static_cast<int>(level)], text);
    // One write, so that lines of several processes do not mix.
    [[maybe_unused]] ssize_t done = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace strait
