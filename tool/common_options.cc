// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/common_options.h"

namespace strait::tool {

CLI::App* add_verb(CLI::App& tool, const std::string& name, const std::string& what,
                   const std::string& example, CommonOptions& options, Json json) {
    CLI::App* verb = tool.add_subcommand(name, what);
    verb->set_help_flag("--help", "Print this page");
    verb->footer(
        "Example:\n  " + example +
        "\n\nURLs: nfs://host[:port]/path?option=value, or host:/path. Exit status: 0 done,"
        "\n1 something failed, 2 usage, 3 no connection. More: docs/strait.md");
    if (json == Json::yes) verb->add_flag("--json", options.json, "One JSON object a line");
    verb->add_option("-o", options.mount_options, "Mount options for all URLs: vers=4.1,soft")
        ->type_name("OPT[,OPT...]")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    verb->add_option("--timeout", options.timeout_s,
                     "Give up when a server is silent for so many seconds")
        ->type_name("S")
        ->check(CLI::Range(0.1, 86400.0));
    verb->add_flag("--trace", options.trace, "Tell each RPC on standard error");
    verb->add_flag("--stats", options.stats, "Tell RPCs and round trips at the end");
    return verb;
}

}  // namespace strait::tool
