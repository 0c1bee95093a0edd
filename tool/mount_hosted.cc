// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/mount_hosted.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "fuse/mountpoint.h"
#include "fuse/session.h"
#include "tool/agent_control.h"
#include "tool/agent_folder.h"
#include "tool/format.h"
#include "tool/report.h"
#include "tool/servers.h"

namespace strait::tool {

namespace {

using json = nlohmann::json;

// What the agent says, or what became of it.
struct Answer {
    bool done = false;
    bool reached = true;
    std::string complaint;
};

Answer ask(const std::string& folder, std::string_view word, const MountCommand& command,
           int device) {
    auto text = ask_agent(folder, fmt::format("{} {}", word, to_line(command)), device);
    if (!text)
        return {false, true,
                fmt::format("the agent does not answer: {} (see {}/agent.log)",
                            errc_text(text.error().code), folder)};
    auto told = json::parse(*text, nullptr, false);
    if (told.value("ok", false)) return {true, true, {}};
    const Error error{from_errno(told.value("errno", EIO))};
    std::string complaint = told.value("complaint", "");
    if (complaint.empty()) complaint = fmt::format("mount on {}", command.directory);
    complaint += fmt::format(": {}", told.value("error", "?"));
    const Failure failure{.what = "mount", .where = command.url, .server = {}, .connecting = true};
    if (auto advice = hint(error, failure); !advice.empty())
        complaint += fmt::format("\n  {}", advice);
    return {false,
            error.code != Errc::connrefused && error.code != Errc::hostunreach &&
                error.code != Errc::timedout,
            std::move(complaint)};
}

int refuse(const Answer& answer) {
    complain(answer.complaint);
    return answer.reached ? exit_failed : exit_unreachable;
}

}  // namespace

std::string own_namespaces() {
    std::string out;
    for (const char* each : {"/proc/self/ns/user", "/proc/self/ns/mnt"}) {
        char text[64];
        ssize_t size = readlink(each, text, sizeof(text));
        out.append(text, size > 0 ? static_cast<size_t>(size) : 0);
    }
    return out;
}

std::string to_line(const MountCommand& command) {
    return json_line({{"url", command.url},
                      {"directory", command.directory},
                      {"options", command.common.mount_options},
                      {"namespaces", own_namespaces()}});
}

std::optional<MountCommand> from_line(std::string_view line) try {
    const auto told = json::parse(line);
    if (told.at("namespaces") != own_namespaces()) return std::nullopt;
    MountCommand command;
    command.url = told.at("url");
    command.directory = told.at("directory");
    command.common.mount_options = told.at("options");
    // Nothing is looked at by its path here: 0 stands for the device that came with the line.
    command.descriptor = 0;
    return command;
} catch (const json::exception&) {
    return std::nullopt;
}

int mount_by_agent(const MountPlan& plan, const MountCommand& command) {
    if (!plan.options.pid_file.empty() || !plan.options.log_file.empty()) {
        complain("pidfile= and logfile= are of a process of its own, which --agent does not start");
        return exit_usage;
    }
    const std::string folder = agent_folder();
    if (auto started = start_agent(folder); !started) {
        complain(fmt::format("cannot start the agent in {}: {} (see {}/agent.log)", folder,
                             errc_text(started.error().code), folder));
        return exit_failed;
    }
    // Before the kernel sends anybody there.
    if (Answer answer = ask(folder, "reach", command, -1); !answer.done) return refuse(answer);
    std::string complaint;
    fuse::Session session;
    auto mounted = session.mount(plan.request, {}, nullptr, complaint);
    auto device = mounted ? session.hand_over() : fail(mounted.error());
    if (!device) {
        tell_why_not_mounted(plan, complaint);
        return exit_failed;
    }
    Answer answer = ask(folder, "host", command, device->get());
    if (answer.done) return exit_ok;
    device->close();
    std::string why;
    (void)fuse::unmount(command.directory, true, why).has_value();
    return refuse(answer);
}

}  // namespace strait::tool
