// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Log lines to stderr (or a file), chosen by STRAIT_LOG=error|warn|info|debug|trace; default warn.
// Form: "strait: <level>: <text>". Never secrets, never payload.

#include <fmt/core.h>

#include <string_view>

namespace strait {

enum class LogLevel : int { error, warn, info, debug, trace };

bool log_enabled(LogLevel level) noexcept;
void set_log_level(LogLevel level) noexcept;
// "error" ... "trace"; false when the word is not one of them.
bool set_log_level(std::string_view word) noexcept;
void log_line(LogLevel level, std::string_view text);

template <class... Args>
void log_at(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(level)) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::error, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_warn(fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::warn, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::debug, format, std::forward<Args>(args)...);
}

}  // namespace strait
