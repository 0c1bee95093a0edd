// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/watch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "fuse/request.h"
#include "reactor/descriptor.h"

namespace strait::fuse {

namespace {

std::string read_proc(pid_t thread, const char* name) {
    Descriptor file(open(fmt::format("/proc/{}/{}", thread, name).c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(4096, '\0');
    ssize_t got = file ? read(file.get(), text.data(), text.size()) : -1;
    text.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return text;
}

bool pending(const std::string& status, std::string_view field, int signal) {
    size_t at = status.find(field);
    if (at == std::string::npos) return false;
    uint64_t mask = std::strtoull(status.c_str() + at + field.size(), nullptr, 16);
    return (mask >> (signal - 1) & 1) != 0;
}

// The last field of proc(5)'s stat: how the thread ended, once it has begun to.
bool killed_on_exit(const std::string& stat) {
    size_t end = stat.find_last_not_of("\n ");
    size_t begin = end == std::string::npos ? end : stat.find_last_of(' ', end);
    if (begin == std::string::npos) return false;
    return (std::atoi(stat.c_str() + begin) & 0x7f) != 0;
}

}  // namespace

bool is_dying(pid_t thread) {
    if (thread == 0) return true;
    std::string status = read_proc(thread, "status");
    if (status.empty()) return true;
    if (pending(status, "SigPnd:\t", SIGKILL) || pending(status, "ShdPnd:\t", SIGKILL)) return true;
    return killed_on_exit(read_proc(thread, "stat"));
}

void Watch::add(Request& request) {
    requests_.push_back(&request);
    if (!std::exchange(looking_, true)) nursery_.spawn(look());
}

void Watch::remove(Request& request) { std::erase(requests_, &request); }

Task<> Watch::look() {
    while (!requests_.empty()) {
        auto slept = co_await reactor_.sleep_for(pause).result();
        if (!slept) break;
        std::vector<Request*> now = requests_;
        // Ending one only schedules its coroutine: none goes away meanwhile.
        for (Request* each : now) each->end_if_dying();
    }
    looking_ = false;
}

Task<> Watch::close() {
    nursery_.stop();
    co_await nursery_.close();
}

}  // namespace strait::fuse
