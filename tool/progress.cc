// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "tool/format.h"
#include "tool/output.h"

namespace strait::tool {

namespace {
constexpr Duration interval = 200ms;
constexpr Duration worth_showing = 1s;

std::string clock_text(double seconds) {
    auto whole = static_cast<uint64_t>(seconds);
    if (whole >= 3600)
        return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string bar(double share, size_t width) {
    auto full = static_cast<size_t>(share * static_cast<double>(width));
    std::string text(full, '=');
    if (full < width) text += '>';
    text.resize(width, ' ');
    return "[" + text + "]";
}
}  // namespace

std::string progress_line(const ProgressState& state, Duration since_start, unsigned width) {
    double seconds = std::chrono::duration<double>(since_start).count();
    double rate = seconds > 0 ? static_cast<double>(state.bytes_done) / seconds : 0;
    double share = state.bytes_known > 0 ? static_cast<double>(state.bytes_done) /
                                               static_cast<double>(state.bytes_known)
                                         : 0;
    share = std::min(share, 1.0);
    std::string text =
        fmt::format("{:3.0f}% {} of {}, {} of {} files, {}/s", share * 100,
                    human_size(state.bytes_done), human_size(state.bytes_known), state.files_done,
                    state.files_known, human_size(static_cast<uint64_t>(rate)));
    if (rate > 0 && state.bytes_known > state.bytes_done)
        text += fmt::format(
            ", {} left",
            clock_text(static_cast<double>(state.bytes_known - state.bytes_done) / rate));
    constexpr size_t least_bar = 10, most_bar = 40;
    if (text.size() + least_bar + 4 <= width)
        text = bar(share, std::min(most_bar, width - text.size() - 4)) + " " + text;
    if (text.size() >= width) text.resize(width > 0 ? width - 1 : 0);
    return text;
}

Progress::Progress(Reactor& reactor, bool wanted) : reactor_(reactor), wanted_(wanted) {}

Task<> Progress::draw() {
    Output terminal(STDERR_FILENO);
    if (!terminal.terminal()) co_return;
    if (!wanted_) co_await reactor_.sleep_for(worth_showing);
    for (;;) {
        terminal.text("\r" + progress_line(state, MonoClock::now() - begun_, terminal.columns()) +
                      "\x1b[K");
        terminal.flush();
        shown_ = true;
        co_await reactor_.sleep_for(interval);
    }
}

void Progress::erase() {
    if (std::exchange(shown_, false)) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace strait::tool
