// SPDX-License-Identifier: LGPL-2.1-or-later
// strait completion: a script for the user's shell, made from the verbs and options there are.
// Paths of URLs are completed by asking strait ls.

#include <fmt/format.h>

#include <memory>

#include "tool/common_options.h"
#include "tool/completion_script.h"
#include "tool/url_verbs.h"

namespace strait::tool {

namespace {

std::vector<VerbWords> words_of(const CLI::App& tool) {
    std::vector<VerbWords> verbs;
    for (const CLI::App* each : tool.get_subcommands({})) {
        VerbWords verb{each->get_name(), each->get_description(), {}};
        for (const CLI::Option* option : each->get_options()) {
            for (const std::string& name : option->get_lnames())
                verb.options.push_back("--" + name);
            for (const std::string& name : option->get_snames()) verb.options.push_back("-" + name);
        }
        for (const CLI::App* below : each->get_subcommands({}))
            verb.options.push_back(below->get_name());
        verbs.push_back(std::move(verb));
    }
    return verbs;
}

}  // namespace

void declare_completion(CLI::App& tool, Action& action) {
    auto shell = std::make_shared<std::string>();
    CLI::App* verb = tool.add_subcommand("completion", "Print a shell's completion script");
    verb->set_help_flag("--help", "Print this page");
    verb->footer("Example:\n  source <(strait completion bash)");
    verb->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    verb->callback([shell, &tool, &action] {
        action = [shell, &tool]() -> int {
            fmt::print("{}", completion_script(*shell, words_of(tool)));
            return exit_ok;
        };
    });
}

}  // namespace strait::tool
