// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/agent_hosted.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/log.h"
#include "client/policy.h"
#include "fuse/mountpoint.h"

namespace strait::tool {

namespace {

constexpr Duration connect_patience = 30s;

bool is_fuse_device(const Descriptor& device) {
    constexpr unsigned misc_major = 10, fuse_minor = 229;  // Documentation/admin-guide/devices.txt
    struct stat found;
    return device && fstat(device.get(), &found) == 0 && S_ISCHR(found.st_mode) &&
           found.st_rdev == makedev(misc_major, fuse_minor);
}

}  // namespace

HostedMounts::HostedMounts(Reactor& reactor, AgentMounts& mounts)
    : reactor_(reactor), mounts_(mounts) {}
HostedMounts::~HostedMounts() = default;

Task<std::unique_ptr<fuse::Bridge>> HostedMounts::bridge(MountPlan plan, std::string& complaint) {
    complaint = fmt::format("cannot mount {} on {}", plan.target.text, plan.request.directory);
    std::unique_ptr<vfs::Backend> backend;
    vfs::CredentialRef own;
    if (plan.target.kind == Target::Kind::memory) {
        backend = co_await mounts_.memory_volume(plan.target.text);
        own = client::process_credential();
    } else {
        backend = co_await mounts_.server(plan.target.url, plan.target.options);
    }
    auto made = co_await fuse::Bridge::create(reactor_, std::move(backend), std::move(own),
                                              std::move(plan.bridge));
    complaint.clear();
    co_return made;
}

Task<> HostedMounts::reach(const MountCommand& command, std::string& complaint) {
    complaint = fmt::format("{} cannot be mounted so", command.url);
    auto plan = plan_mount(command);
    if (!plan) co_await Errc::inval;
    auto making = bridge(std::move(*plan), complaint);
    auto made =
        co_await reactor_.with_deadline(std::move(making), MonoClock::now() + connect_patience);
    co_await made->close();
}

Task<> HostedMounts::host(MountCommand command, Descriptor device, std::string& complaint) {
    complaint = fmt::format("{}: what came with the request is no /dev/fuse", command.directory);
    if (!is_fuse_device(device)) co_await Errc::inval;
    command.descriptor = device.get();
    auto plan = plan_mount(command);
    if (!plan) co_await Errc::inval;
    const fuse::MountRequest request = plan->request;
    auto making = bridge(std::move(*plan), complaint);
    auto made =
        co_await reactor_.with_deadline(std::move(making), MonoClock::now() + connect_patience);
    if (!made->mount(request, complaint)) co_await Errc::io;
    (void)device.detach();  // the bridge's now
    Hosted& hosted = hosted_.emplace_back();
    hosted.mount = {command.directory, command.url};
    hosted.bridge = std::move(made);
    // It may have ended when we wake.
    auto greeted = hosted.greeted = std::make_shared<Event>();
    hosted.bridge->on_greeting([greeted] { greeted->set(); });
    serving_.spawn(serve(hosted));
    co_await greeted->wait();
}

// Ends with the mount; then waits for the server, for as long as it is away.
Task<> HostedMounts::serve(Hosted& hosted) {
    Scope scope{never, &hosted.stop};
    auto served = co_await hosted.bridge->serve().within(scope).result();
    (void)served;
    hosted.greeted->set();
    auto closed = co_await hosted.bridge->close().result();
    if (!closed) log_error("{}: {}", hosted.mount.directory, errc_text(closed.error().code));
    hosted_.remove_if([&hosted](const Hosted& each) { return &each == &hosted; });
}

std::vector<HostedMounts::Mount> HostedMounts::list() const {
    std::vector<Mount> out;
    for (const Hosted& each : hosted_) out.push_back(each.mount);
    return out;
}

Task<> HostedMounts::close() {
    const std::vector<Mount> mounts = list();
    co_await reactor_.run_blocking([&mounts] {
        for (const Mount& each : mounts) {
            auto mounted = fuse::mounted_at(each.directory);
            std::string why;
            if (mounted && mounted->ours())
                (void)fuse::unmount(each.directory, true, why).has_value();
        }
    });
    for (Hosted& each : hosted_) each.stop.request_stop();
    co_await serving_.close();
}

}  // namespace strait::tool
