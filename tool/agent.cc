// SPDX-License-Identifier: LGPL-2.1-or-later
// strait agent status | stop | serve

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "tool/agent_control.h"
#include "tool/agent_folder.h"
#include "tool/format.h"
#include "tool/verb.h"

namespace strait::tool {

namespace {

struct Options {
    bool json = false;
    int ready = -1;
    std::string folder;
};

int show_status(const Options& options) {
    auto answer = ask_agent(agent_folder(), "status");
    if (!answer) {
        if (options.json) {
            fmt::print("{{\"running\":false}}\n");
        } else {
            fmt::print("no agent runs for this user ({})\n", agent_folder());
        }
        return 3;
    }
    auto status = nlohmann::json::parse(*answer, nullptr, false);
    status["running"] = true;
    if (options.json) {
        fmt::print("{}\n", json_line(status));
    } else {
        fmt::print("agent {} in {}: up {} s, {} programs, {} open files\n", status.value("pid", 0),
                   status.value("folder", ""), status.value("up_s", 0), status.value("programs", 0),
                   status.value("open_files", 0));
        for (const auto& mount : status["mounts"])
            fmt::print("  {} on {}\n", mount.value("url", ""), mount.value("directory", ""));
    }
    return 0;
}

int stop(const Options& options) {
    auto answer = ask_agent(agent_folder(), "stop");
    if (options.json) {
        fmt::print("{{\"stopped\":{}}}\n", answer.has_value());
    } else if (!answer) {
        fmt::print("no agent runs for this user\n");
    }
    return 0;
}

// By the shim of a program whose agent has ended: anything may have been inherited from it.
int start_for_program(const Options& options) {
    for (int fd = 0; fd >= 0 && fd <= STDERR_FILENO;) fd = open("/dev/null", O_RDWR);
    for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    auto started = start_agent(options.folder.empty() ? agent_folder() : options.folder);
    return started ? 0 : 1;
}

}  // namespace

void declare_agent(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* agent = tool.add_subcommand("agent", "The user's agent, which strait run starts");
    agent->require_subcommand(1);
    CLI::App* status =
        agent->add_subcommand("status", "Whether it runs, and for whom (exit 3: not)");
    status->add_flag("--json", options->json);
    status->callback([options, &action] { action = [options] { return show_status(*options); }; });
    CLI::App* end = agent->add_subcommand("stop", "End it; programs that still use it get EIO");
    end->add_flag("--json", options->json);
    end->callback([options, &action] { action = [options] { return stop(*options); }; });
    CLI::App* start = agent->add_subcommand("start", "Start it, unless it runs")->group("");
    start->add_option("--folder", options->folder);
    start->callback(
        [options, &action] { action = [options] { return start_for_program(*options); }; });
    CLI::App* serve = agent->add_subcommand("serve", "Be the agent, in the foreground");
    serve->add_option("--folder", options->folder, "Its folder (default: the user's)");
    serve->add_option("--ready-fd", options->ready)->group("");
    serve->callback([options, &action] {
        action = [options] {
            return serve_agent(options->folder.empty() ? agent_folder() : options->folder,
                               options->ready);
        };
    });
}

}  // namespace strait::tool
