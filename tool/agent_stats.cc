// SPDX-License-Identifier: LGPL-2.1-or-later
// strait stats: what the agent has done for programs.

#include <fmt/format.h>

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
    bool reset = false;
};

void print_table(const nlohmann::json& stats) {
    for (const auto& [name, value] : stats.items()) {
        if (!value.is_object()) {
            fmt::print("{:<24} {}\n", name, value.dump());
            continue;
        }
        fmt::print("{}\n", name);
        for (const auto& [inner, number] : value.items())
            fmt::print("  {:<22} {}\n", inner, number.dump());
    }
}

int show(const Options& options) {
    auto answer = ask_agent(agent_folder(), "stats");
    if (!answer) {
        fmt::print(stderr, "strait: no agent runs for this user\n");
        return 3;
    }
    auto stats = nlohmann::json::parse(*answer, nullptr, false);
    if (options.json) {
        fmt::print("{}\n", json_line(stats));
    } else {
        print_table(stats);
    }
    if (options.reset && !ask_agent(agent_folder(), "reset")) return 3;
    return 0;
}

}  // namespace

void declare_stats(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* stats = tool.add_subcommand("stats", "RPCs and calls the agent has made and served");
    stats->add_flag("--json", options->json);
    stats->add_flag("--reset", options->reset, "Begin again at nought afterwards");
    stats->callback([options, &action] { action = [options] { return show(*options); }; });
}

}  // namespace strait::tool
