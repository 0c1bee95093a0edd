// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/findings.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>
#include <nlohmann/json.hpp>

#include "tool/agent_control.h"
#include "tool/agent_folder.h"
#include "tool/format.h"

namespace strait::tool {

namespace {

Finding event_loop(bool uring) {
    if (uring) return {Health::ok, "event loop", "io_uring", ""};
    return {Health::warn, "event loop", "epoll",
            "io_uring is refused here (container profiles do that), or STRAIT_REACTOR asks for "
            "epoll: slower, otherwise the same"};
}

Finding shared_memory() {
    constexpr uint64_t enough = 64u << 20;
    struct statvfs space{};
    if (statvfs("/dev/shm", &space) != 0)
        return {Health::warn, "/dev/shm", strerror(errno),
                "programs under strait run share memory with the agent: mount a tmpfs there"};
    uint64_t available = static_cast<uint64_t>(space.f_bavail) * space.f_frsize;
    std::string text = human_size(available) + " free";
    if (available >= enough) return {Health::ok, "/dev/shm", text, ""};
    return {Health::warn, "/dev/shm", text, "give it at least 64M (docker run --shm-size=256m)"};
}

Finding memory_files() {
    int fd = memfd_create("strait-doctor", MFD_CLOEXEC);
    if (fd < 0)
        return {Health::fail, "memfd", strerror(errno),
                "strait run gives programs descriptors of memory files: permit memfd_create"};
    close(fd);
    return {Health::ok, "memfd", "works", ""};
}

Finding descriptors() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    std::string text = fmt::format("{}, at most {}", limit.rlim_cur, limit.rlim_max);
    if (limit.rlim_max >= 4096) return {Health::ok, "descriptors", text, ""};
    return {Health::warn, "descriptors", text, "the agent may run out of them: raise ulimit -Hn"};
}

Finding agent() {
    auto answer = ask_agent(agent_folder(), "status");
    if (!answer) return {Health::ok, "agent", "none runs: strait run starts one", ""};
    auto status = nlohmann::json::parse(*answer, nullptr, false);
    if (!status.is_object())
        return {Health::warn, "agent", "answers nonsense", "strait agent stop, and try again"};
    return {Health::ok, "agent", fmt::format("process {}", status.value("pid", 0)), ""};
}

Finding shim() {
    std::array<char, PATH_MAX> self{};
    ssize_t size = readlink("/proc/self/exe", self.data(), self.size() - 1);
    std::string folder(self.data(), size > 0 ? static_cast<size_t>(size) : 0);
    folder.resize(folder.rfind('/') == folder.npos ? 0 : folder.rfind('/'));
    for (const char* place : {"/libstrait_preload.so", "/../lib/strait/libstrait_preload.so"})
        if (access((folder + place).c_str(), R_OK) == 0)
            return {Health::ok, "shim", folder + place, ""};
    return {Health::warn, "shim", "libstrait_preload.so is not beside strait",
            "strait run needs it there"};
}

}  // namespace

std::string_view to_string(Health health) {
    switch (health) {
        case Health::ok:
            return "ok";
        case Health::warn:
            return "warn";
        case Health::fail:
            return "fail";
    }
    return "fail";
}

std::string finding_line(const Finding& finding) {
    std::string text =
        fmt::format("{:<5} {:<13} {}\n", to_string(finding.health), finding.what, finding.text);
    if (!finding.advice.empty()) text += fmt::format("{:<20}{}\n", "", finding.advice);
    return text;
}

std::vector<Finding> look_at_machine(bool uring) {
    return {event_loop(uring), shared_memory(), memory_files(), descriptors(), shim(), agent()};
}

}  // namespace strait::tool
