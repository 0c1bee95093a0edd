// SPDX-License-Identifier: LGPL-2.1-or-later
// strait run: a program with mounts that only it and its children see.

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "preload/shim/way.h"
#include "tool/agent_control.h"
#include "tool/agent_folder.h"
#include "tool/agent_mounts.h"
#include "tool/run_traced.h"
#include "tool/verb.h"
#include "wire/shm/protocol.h"

namespace strait::tool {

namespace {

// As env(1) and timeout(1): our own failure, a program that cannot be run, one that is not there.
enum : int { exit_own = 125, exit_refused = 126, exit_missing = 127 };

struct Options {
    std::vector<std::string> mounts;
    std::string engine = "agent";
    bool trace = false;
    bool explain = false;
    std::string report;
    std::vector<std::string> command;
};

int complain(const std::string& text) {
    fmt::print(stderr, "strait: {}\n", text);
    return exit_own;
}

// Beside the program, or where an installation puts it.
std::string find_shim() {
    char self[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (size <= 0) return {};
    std::string folder(self, static_cast<size_t>(size));
    folder.resize(folder.rfind('/'));
    for (const char* place : {"/libstrait_preload.so", "/../lib/strait/libstrait_preload.so"}) {
        std::string path = folder + place;
        if (access(path.c_str(), R_OK) == 0) return path;
    }
    return {};
}

// The specification for the environment; the mounts around us stay, unless named again.
Result<std::string> joined_mounts(const std::vector<std::string>& given) {
    std::string text;
    for (const std::string& mount : given) {
        if (mount.find(';') != std::string::npos) return fail(Errc::inval);
        text += (text.empty() ? "" : ";") + mount;
    }
    if (!text.empty() && !parse_mounts(text)) return fail(Errc::inval);
    const char* around = getenv(shm::env_mounts);
    auto outer = around ? parse_mounts(around) : Result<std::vector<MountSpec>>(fail(Errc::noent));
    if (outer) {
        auto mine = parse_mounts(text).value_or(std::vector<MountSpec>());
        for (const MountSpec& spec : *outer) {
            bool again = std::ranges::any_of(
                mine, [&](const MountSpec& each) { return each.prefix == spec.prefix; });
            if (!again) text += (text.empty() ? "" : ";") + spec.prefix + "=" + spec.url;
        }
    }
    return text;
}

int check_mounts(const std::string& folder, const std::string& mounts) {
    auto answer = ask_agent(folder, "check " + mounts);
    if (!answer)
        return complain(fmt::format("the agent does not answer: {} (see {}/agent.log)",
                                    errc_text(answer.error().code), folder));
    auto told = nlohmann::json::parse(*answer, nullptr, false);
    if (told.value("ok", false)) return 0;
    return complain(
        fmt::format("{}: {}", told.value("complaint", mounts), told.value("error", "?")));
}

void prepend_preload(const std::string& shim) {
    const char* before = getenv("LD_PRELOAD");
    if (before && std::strstr(before, shim.c_str())) return;
    std::string list = before && *before ? shim + ":" + before : shim;
    setenv("LD_PRELOAD", list.c_str(), 1);
}

int execute(const std::vector<std::string>& command) {
    std::vector<char*> argv;
    for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    int error = errno;
    fmt::print(stderr, "strait: {}: {}\n", command[0], strerror(error));
    return error == ENOENT ? exit_missing : exit_refused;
}

// Where execvp(3) would find it; as it is where that finds nothing.
std::string found_in_path(const std::string& program) {
    const char* path = getenv("PATH");
    if (program.find('/') != std::string::npos || !path) return program;
    std::string_view rest = path;
    while (!rest.empty()) {
        std::string_view folder = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
        std::string candidate = fmt::format("{}/{}", folder, program);
        if (access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return program;
}

// The first program's way; the shim tells of those that it starts. One that sees none of the mounts
// is told of unasked.
void explain(const std::string& program, bool wanted) {
    std::string path = found_in_path(program);
    constexpr int most = 5;  // scripts that scripts may be run by (execve(2))
    for (int i = 0; i < most; i++) {
        char interpreter[256];
        const preload::Way way = preload::way_of(path.c_str(), interpreter, sizeof(interpreter));
        if (wanted || preload::untouched(way))
            fmt::print(stderr, "strait: {}: {}\n", path, preload::way_text(way));
        if (way != preload::Way::script) return;
        path = interpreter;
    }
}

int run(const Options& options) {
    if (options.engine != "agent")
        return complain(fmt::format("engine '{}' is not known: agent", options.engine));
    if (options.command.empty()) return complain("run: name a program to run");
    auto mounts = joined_mounts(options.mounts);
    if (!mounts) return complain("run: -m wants /prefix=URL, with an absolute prefix below /");
    if (mounts->empty()) return execute(options.command);
    std::string shim = find_shim();
    if (shim.empty()) return complain("libstrait_preload.so is not beside strait");
    std::string folder = agent_folder();
    if (auto started = start_agent(folder); !started)
        return complain(fmt::format("cannot start the agent in {}: {} (see {}/agent.log)", folder,
                                    errc_text(started.error().code), folder));
    if (int status = check_mounts(folder, *mounts)) return status;
    setenv(shm::env_mounts, mounts->c_str(), 1);
    setenv(shm::env_agent, folder.c_str(), 1);
    prepend_preload(shim);
    if (const char* report =
            options.report.empty() ? getenv(shm::env_report) : options.report.c_str();
        report && *report)  // programs may change directory before they write to it
        setenv(shm::env_report, std::filesystem::absolute(report).c_str(), 1);
    if (options.explain) setenv(shm::env_explain, "1", 1);
    explain(options.command[0], options.explain);
    auto go = [&options] { return execute(options.command); };
    return options.trace ? run_traced(folder, go) : go();
}

}  // namespace

std::vector<std::string> separate_command(std::vector<std::string> arguments) {
    if (arguments.empty() || arguments[0] != "run") return arguments;
    for (size_t at = 1; at < arguments.size(); ++at) {
        const std::string& word = arguments[at];
        if (word == "--") break;
        if (word == "-m" || word == "--mount" || word == "--engine" || word == "--report") {
            ++at;
        } else if (!word.starts_with('-') || word == "-") {
            arguments.insert(arguments.begin() + static_cast<ptrdiff_t>(at), "--");
            break;
        }
    }
    return arguments;
}

void declare_run(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* run_verb =
        tool.add_subcommand("run", "Run a program that sees network file systems as local folders");
    run_verb->add_option("-m,--mount", options->mounts, "/prefix=URL; repeatable")
        ->allow_extra_args(false)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    run_verb->add_option("--engine", options->engine, "agent: calls go to the user's agent");
    run_verb->add_flag("--trace", options->trace, "Tell each RPC of the agent on stderr");
    run_verb->add_flag("--explain", options->explain,
                       "Tell for each program executed which way it takes and why");
    run_verb->add_option("--report", options->report,
                         "Append to a local file, for each process: calls served, fallen through "
                         "and not covered, by name");
    run_verb->add_option("command", options->command, "The program and its arguments");
    run_verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace strait::tool
