// SPDX-License-Identifier: LGPL-2.1-or-later
// strait ps: the programs that the user's agent serves.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "tool/agent_control.h"
#include "tool/agent_folder.h"
#include "tool/agent_mounts.h"
#include "tool/format.h"
#include "tool/verb.h"
#include "wire/shm/protocol.h"

namespace strait::tool {

namespace {

using Json = nlohmann::json;

struct Options {
    bool json = false;
};

std::string read_all(int pid, const char* name) {
    std::ifstream file(fmt::format("/proc/{}/{}", pid, name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Empty when it has ended meanwhile.
std::string command_of(int pid) {
    std::string command = read_all(pid, "cmdline");
    while (!command.empty() && command.back() == 0) command.pop_back();
    std::ranges::replace(command, '\0', ' ');
    std::ranges::replace_if(command, [](unsigned char each) { return each < ' '; }, '?');
    return command;
}

// From the program's environment as it was started: "/n=nfs://host/export".
std::vector<std::string> mounts_of(int pid) {
    std::string environment = read_all(pid, "environ");
    std::string wanted = std::string(1, '\0') + shm::env_mounts + "=";
    size_t at = (std::string(1, '\0') + environment).find(wanted);
    if (at == std::string::npos) return {};
    auto specifications = parse_mounts(environment.c_str() + at + wanted.size() - 1);
    std::vector<std::string> mounts;
    if (specifications)
        for (const MountSpec& each : *specifications)
            mounts.push_back(each.prefix + "=" + each.url);
    return mounts;
}

void print_line(const Json& program) {
    std::string mounts;
    for (const Json& each : program["mounts"])
        mounts += (mounts.empty() ? "" : " ") + each.get<std::string>();
    fmt::print("{:>8} {:>6} {:>10}  {}  [{}]\n", program["pid"].get<int>(),
               program["open_files"].get<uint64_t>(), program["calls"].get<uint64_t>(),
               program["command"].get<std::string>(), mounts);
}

int show(const Options& options) {
    auto answer = ask_agent(agent_folder(), "programs");
    if (!answer) {
        fmt::print(stderr, "strait: no agent runs for this user\n");
        return 3;
    }
    auto programs = Json::parse(*answer, nullptr, false);
    for (Json& program : programs) {
        int pid = program.value("pid", 0);
        program["command"] = command_of(pid);
        program["mounts"] = mounts_of(pid);
    }
    if (options.json) {
        fmt::print("{}\n", json_line(programs));
        return 0;
    }
    fmt::print("{:>8} {:>6} {:>10}  COMMAND  [MOUNTS]\n", "PID", "OPEN", "CALLS");
    for (const Json& program : programs) print_line(program);
    return 0;
}

}  // namespace

void declare_ps(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* ps = tool.add_subcommand(
        "ps", "Programs the agent serves: command, mounts, open files, calls served");
    ps->add_flag("--json", options->json);
    ps->callback([options, &action] { action = [options] { return show(*options); }; });
}

}  // namespace strait::tool
