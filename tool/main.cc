// SPDX-License-Identifier: LGPL-2.1-or-later
// The program `strait`: a table of verbs, one file each.

#include <algorithm>

#include "tool/common_options.h"
#include "tool/mount_helper.h"
#include "tool/mount_verbs.h"
#include "tool/url_verbs.h"
#include "tool/verb.h"

namespace {

using namespace strait::tool;

constexpr DeclareVerb verbs[] = {
    // clang-format off: one verb a line
    declare_run,
    declare_agent,
    declare_stats,
    declare_ps,
    declare_mount,
    declare_umount,
    declare_ls,
    declare_cat,
    declare_cp,
    declare_rm,
    declare_mkdir,
    declare_stat,
    declare_df,
    declare_bench,
    declare_doctor,
    declare_completion,
    // clang-format on
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App tool("Strait: use network storage without mounting it.", "strait");
    tool.require_subcommand(1);
    tool.set_version_flag("--version", "strait " STRAIT_VERSION);
    Action action;
    for (DeclareVerb declare : verbs) declare(tool, action);
    std::vector<std::string> given(argv + 1, argv + argc);
    auto helper = helper_call(argv[0], given);
    if (helper && helper->fake) return exit_ok;
    auto arguments = separate_command(helper ? helper->arguments : given);
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants a vector
    try {
        tool.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        constexpr int run_own_failure = 125;  // as env(1): other numbers are the program's
        if (tool.exit(error) == 0) return exit_ok;
        if (helper) return helper_status(exit_usage);
        return tool.got_subcommand("run") ? run_own_failure : exit_usage;
    }
    return helper ? helper_status(action()) : action();
}
