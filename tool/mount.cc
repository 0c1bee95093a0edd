// SPDX-License-Identifier: LGPL-2.1-or-later
// strait mount and strait umount.

#include <fmt/format.h>

#include <memory>

#include "fuse/mountpoint.h"
#include "tool/mount_hosted.h"
#include "tool/mount_serve.h"
#include "tool/mount_verbs.h"
#include "tool/report.h"

namespace strait::tool {

namespace {

int mount(MountCommand command) {
    command.directory = fuse::absolute_path(command.directory);
    auto plan = plan_mount(command);
    if (!plan) return exit_usage;
    if (command.by_agent) return mount_by_agent(*plan, command);
    Background background;
    if (!command.foreground) background = Background::begin();
    return serve_mount(std::move(*plan), std::move(background));
}

struct UmountCommand {
    std::string directory;
    bool force = false;
    bool lazy = false;
};

int umount(const UmountCommand& command) {
    const std::string directory = fuse::absolute_path(command.directory);
    auto mounted = fuse::mounted_at(directory);
    if (!mounted || !mounted->ours()) {
        complain(fmt::format("{} is no mount of strait's", directory));
        return exit_failed;
    }
    // Once the connection has ended nobody waits for it any more, and nobody is in the way.
    if (command.force) (void)fuse::abort_connection(*mounted).has_value();
    std::string why;
    auto done = fuse::unmount(directory, command.force || command.lazy, why);
    if (done) return exit_ok;
    // The process behind it may have unmounted it at its end.
    if (command.force && !fuse::mounted_at(directory)) return exit_ok;
    complain(fmt::format("umount {}: {}", directory, why));
    if (done.error() == Errc::busy)
        complain(
            "programs still use it: fuser -vm tells which; -l detaches it for later, -f cuts "
            "them off");
    return exit_failed;
}

}  // namespace

void declare_mount(CLI::App& tool, Action& action) {
    auto command = std::make_shared<MountCommand>();
    CLI::App* verb = tool.add_subcommand("mount", "Mount a URL on a directory, by FUSE");
    verb->set_help_flag("--help", "Print this page");
    verb->footer(
        "Example:\n  strait mount nas1:/data /mnt -o vers=4.2,allow_other"
        "\n\nGoes to the background and returns when the mount answers. More: "
        "docs/strait-mount.md");
    verb->add_option("url", command->url, "nfs://host[:port]/path, or host:/path")->required();
    verb->add_option("directory", command->directory, "Where")->required();
    verb->add_option(
            "-o", command->common.mount_options,
            "Options of NFS (docs/urls.md), of FUSE (allow_other, default_permissions, ro, "
            "suid ...), and pidfile=, logfile=, negative_timeout=")
        ->type_name("OPT[,OPT...]")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    auto* foreground =
        verb->add_flag("-f,--foreground", command->foreground, "Stay in the foreground");
    auto* descriptor = verb->add_option("--fuse-fd", command->descriptor,
                                        "/dev/fuse, opened and mounted by whoever starts this");
    descriptor->check(CLI::NonNegativeNumber);
    verb->add_flag("--agent", command->by_agent,
                   "The user's agent answers it, over the connections of strait run, and ends it "
                   "with itself")
        ->excludes(foreground, descriptor);
    verb->callback([command, &action] { action = [command] { return mount(*command); }; });
}

void declare_umount(CLI::App& tool, Action& action) {
    auto command = std::make_shared<UmountCommand>();
    CLI::App* verb = tool.add_subcommand("umount", "End a mount");
    verb->set_help_flag("--help", "Print this page");
    verb->footer("Example:\n  strait umount /mnt");
    verb->add_option("directory", command->directory, "Where")->required();
    verb->add_flag("-f,--force", command->force,
                   "Cut off whoever waits for it: works whatever the server does");
    verb->add_flag("-l,--lazy", command->lazy, "Also when programs use it; they may go on");
    verb->callback([command, &action] { action = [command] { return umount(*command); }; });
}

}  // namespace strait::tool
