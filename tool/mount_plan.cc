// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/mount_plan.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "client/policy.h"
#include "fuse/mountpoint.h"
#include "reactor/descriptor.h"
#include "tool/report.h"

namespace strait::tool {

namespace {

fuse::BridgeOptions bridge_options(const client::MountOptions& options,
                                   const fuse::SortedOptions& sorted) {
    fuse::BridgeOptions out;
    const client::CacheOptions& cache = options.cache;
    // Only root can be somebody else at the server.
    out.per_caller = geteuid() == 0 && !options.uid && !options.gid;
    out.ids = fuse::IdMaps::own();
    using Local = client::LocalLock;
    out.server_locks = options.local_lock == Local::none || options.local_lock == Local::flock;
    out.server_flocks = options.local_lock == Local::none || options.local_lock == Local::posix;
    out.trust.names = cache.lookup != client::LookupCache::none && cache.attributes;
    out.trust.missing = sorted.missing_names;
    vfs::MountPolicy wishes;
    wishes.write_behind = 16u << 20;
    out.policy = client::policy_of(options, wishes);
    out.policy.read_only = options.read_only || sorted.read_only;
    return out;
}

// Where the words of mount(8) and /proc/mounts say it comes from; a comma would end an option.
std::string source_of(const Target& target) {
    if (target.kind != Target::Kind::nfs) return target.text;
    std::string host = target.url.host;
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    std::string source = fmt::format("{}:{}", host, target.url.path);
    std::ranges::replace(source, ',', '_');
    return source;
}

// What a mount needs, so that its lack has a sentence of its own.
bool can_mount(const std::string& directory) {
    // Without root it is fusermount3 that opens it.
    const int wanted = geteuid() == 0 ? O_RDWR : O_PATH;
    Descriptor device(open("/dev/fuse", wanted | O_CLOEXEC));
    if (!device) {
        complain(fmt::format(
            "/dev/fuse: {}: load the kernel's module (modprobe fuse), or give the container the "
            "device (--device /dev/fuse)",
            strerror(errno)));
        return false;
    }
    struct stat found;
    if (stat(directory.c_str(), &found) != 0) {
        complain(fmt::format("{}: {}", directory, strerror(errno)));
        return false;
    }
    if (S_ISDIR(found.st_mode)) return true;
    complain(fmt::format("{}: {}", directory, strerror(ENOTDIR)));
    return false;
}

// Whoever answered there was killed: the mount is only in the way.
void clear_away(const std::string& directory) {
    if (!fuse::is_stale(directory)) return;
    std::string why;
    if (!fuse::unmount(directory, true, why))
        complain(fmt::format("{} is a mount whose server process is gone: {}", directory, why));
}

}  // namespace

std::optional<MountPlan> plan_mount(const MountCommand& command) {
    std::string complaint;
    auto sorted = fuse::sort_options(command.common.mount_options, complaint);
    if (!sorted) {
        complain(complaint);
        return std::nullopt;
    }
    CommonOptions common = command.common;
    common.mount_options.clear();
    if (!sorted->protocol.empty()) common.mount_options.push_back(sorted->protocol);
    auto target = parse_target(command.url, common);
    if (!target || target->kind == Target::Kind::local) {
        complain(target ? fmt::format("'{}' is no URL: nfs://host/path, or host:/path", command.url)
                        : target.error().text);
        return std::nullopt;
    }
    MountPlan plan{std::move(*target), std::move(*sorted), {}, {}};
    plan.bridge = bridge_options(plan.target.options, plan.options);
    // In a user namespace of our own the server knows us by another number.
    client::MountOptions& own = plan.target.options;
    const fuse::IdMaps& ids = plan.bridge.ids;
    if (!own.uid && !ids.users.identity()) own.uid = ids.users.to_outside(geteuid());
    if (!own.gid && !ids.groups.identity()) own.gid = ids.groups.to_outside(getegid());
    fuse::MountRequest& request = plan.request;
    request.descriptor = command.descriptor;
    request.directory = command.directory;
    if (request.descriptor < 0) {
        clear_away(request.directory);
        if (!can_mount(request.directory)) return std::nullopt;
    }
    request.options = plan.options.fuse;
    request.options.push_back("subtype=strait");
    request.options.push_back("fsname=" + source_of(plan.target));
    if (plan.bridge.policy.read_only) request.options.emplace_back("ro");
    // Names that the kernel knows are not asked for again: among several users somebody has to
    // judge by the mode bits.
    const bool shared = plan.bridge.per_caller && plan.bridge.ids.users.identity();
    if (shared && !plan.options.no_default_permissions && !plan.options.default_permissions)
        request.options.emplace_back("default_permissions");
    return plan;
}

void tell_why_not_mounted(const MountPlan& plan, std::string complaint) {
    while (complaint.ends_with('\n')) complaint.pop_back();
    if (complaint.empty()) complaint = "the kernel or fusermount3 refused";
    complain(fmt::format("mount on {}: {}", plan.request.directory, complaint));
    if (geteuid() == 0 || !plan.options.allow_other) return;
    complain(
        "allow_other, for users other than root, needs the line user_allow_other in "
        "/etc/fuse.conf");
}

}  // namespace strait::tool
